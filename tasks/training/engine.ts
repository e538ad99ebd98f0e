/** The engine of a task: the one that it was given, or one of its own choice. */
import type { EngineRequest } from "../../dsl/engines/choice.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { openEngine } from "../../dsl/engines/open.ts";
import { orThrow } from "../../dsl/problem/throw.ts";

/** Where a task's engine comes from. */
export interface EngineSource {
  /** Who is to compute. */
  readonly choice: EngineRequest;
  /** An engine that is there already. */
  readonly given?: Engine | undefined;
  /** Is told when another engine computes than the one that is preferred; `console.warn` by default. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Works with an engine of its own, which is disposed of at the end, or with
 * the one that is given, which is not.
 *
 * @throws {ProblemError} When the engine cannot be had.
 */
export async function withEngine<A>(
  { choice, given, onWarning = console.warn }: EngineSource,
  work: (engine: Engine) => Promise<A>,
): Promise<A> {
  if (given !== undefined) return await work(given);
  const engine = orThrow(await openEngine(choice, { onNote: onWarning }));
  try {
    return await work(engine);
  } finally {
    engine.dispose();
  }
}
