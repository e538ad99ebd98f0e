/**
 * The engine of a task: one that the caller has opened, and disposes of, or one
 * that the task opens for itself and disposes of at its end.
 */
import type { EngineChoice, EngineRequest } from "../../dsl/engines/choice.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { openEngine } from "../../dsl/engines/open.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow, type Problem, problemAt, ProblemError } from "../fp.ts";

/** An engine by name with its options, or one that is open. */
export interface EngineUse extends Omit<EngineChoice, "engine"> {
  /** An engine by name, or one that the caller has opened and disposes of; `auto` by default. */
  readonly engine?: EngineChoice["engine"] | Engine;
}

/** What a task runs on. */
export interface EngineOptions extends EngineUse {
  /** Called when `auto` has to take another engine than the one it prefers; `console.warn` by default. */
  readonly onWarning?: (text: string) => void;
}

/** {@link EngineOptions} as they may stand in a file: the names may be anything. */
export interface EngineSource extends Omit<EngineRequest, "engine"> {
  readonly engine?: string | Engine | undefined;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Works with the engine that is given, or with one that is opened for this.
 *
 * @throws {ProblemError} When the engine is unavailable, or is none.
 */
export async function withEngine<A>(
  { engine: given, onWarning = console.warn, ...options }: EngineSource,
  work: (engine: Engine) => Promise<A>,
): Promise<A> {
  if (given !== undefined && typeof given !== "string") {
    const problems = givenProblems(given, options);
    if (problems.length > 0) throw new ProblemError(problems);
    return await work(given);
  }
  const { backend, threads } = options;
  const request = { engine: given, backend, threads };
  const engine = orThrow(await openEngine(request, { onNote: onWarning }));
  try {
    return await work(engine);
  } finally {
    engine.dispose();
  }
}

/** The engine by name, as a run records it; an open one is none of those. */
export function namedEngine({ engine, backend, threads }: EngineUse): EngineChoice {
  return defined({ engine: typeof engine === "string" ? engine : undefined, backend, threads });
}

/** What keeps a value from being the engine: it is none, or options beside it would have no effect. */
function givenProblems(given: Engine, { backend, threads }: EngineRequest): readonly Problem[] {
  const isEngine = typeof given === "object" && given !== null &&
    [given.load, given.upload, given.free].every((method) => typeof method === "function");
  if (!isEngine) {
    return [problemAt({ path: "engine", layer: "option", code: "invalid-engine" }, {
      rule: "an engine is one of netfold's by name, or one that is open",
      got: given === null ? "null" : typeof given,
      wanted: '"auto", "tfjs", "onnx", or what tfjsEngine() or onnxEngine() gave',
      hint: "leave it out for the best engine of this machine",
    })];
  }
  return Object.entries({ backend, threads }).filter(([, value]) => value !== undefined)
    .map(([path, value]) =>
      problemAt({ path, layer: "option", code: "misplaced-option" }, {
        rule: `${path} belongs to an engine that is yet to be opened`,
        got: `${value}, and an engine that is open`,
        wanted: "one of the two",
        hint: `leave ${path} out, or name the engine`,
      })
    );
}
