/**
 * The engine, as it is asked for: on a command line, in a run's
 * configuration, in a script. Names may come from a file, so they are checked
 * here. No engine is loaded by this.
 */
import { show } from "../problem/show.ts";
import type { Problem } from "../problem/problem.ts";
import { closest } from "../problem/suggest.ts";

/** The engines that can be asked for. */
export const ENGINES = ["auto", "tfjs", "onnx"] as const;

/** The backends of TensorFlow.js that can be asked for. */
export const BACKENDS = ["auto", "webgpu", "wasm", "cpu"] as const;

/** What `auto` takes the first of that works, `webgpu` only on a real graphics card. */
export const PREFERENCE = ["webgpu", "onnx", "wasm", "cpu"] as const;

/** The engine. */
export interface EngineChoice {
  /**
   * `tfjs` is TensorFlow.js, `onnx` is ONNX Runtime on the processor. `auto`,
   * which is the default, takes WebGPU on a real graphics card, else ONNX
   * Runtime, else TensorFlow.js on the processor.
   */
  readonly engine?: "auto" | "tfjs" | "onnx";
  /** The backend of TensorFlow.js, whose naming asks for that engine; `auto` by default. */
  readonly backend?: "auto" | "webgpu" | "wasm" | "cpu";
  /** Processor threads of ONNX Runtime and of wasm; as many as there are cores by default. */
  readonly threads?: number;
}

/** An {@link EngineChoice} as it stands in a file: the names may be anything. */
export interface EngineRequest {
  /** The engine's name; `auto` by default. */
  readonly engine?: string | undefined;
  /** The backend's name; `auto` by default. */
  readonly backend?: string | undefined;
  /** Threads. */
  readonly threads?: number | undefined;
}

/** An option that belongs to another engine or backend than the one that is asked for. */
export interface Clash {
  readonly option: "backend" | "threads";
  /** Whose it is. */
  readonly owners: readonly { readonly option: "engine" | "backend"; readonly name: string }[];
  /** What is asked for, and by what: `the engine is onnx`. */
  readonly asked: string;
}

/** The options that do not go with the engine that is asked for. */
export function clashes(
  { engine = "auto", backend = "auto", threads }: EngineRequest,
): readonly Clash[] {
  const ofTfjs = backend === "auto" || engine === "auto" || engine === "tfjs";
  const threaded = threads === undefined || engine === "onnx" || backend === "auto" ||
    backend === "wasm";
  return [
    ...ofTfjs ? [] : [
      {
        option: "backend",
        owners: [{ option: "engine", name: "tfjs" }],
        asked: `the engine is ${engine}`,
      } as const,
    ],
    ...threaded ? [] : [
      {
        option: "threads",
        owners: [{ option: "engine", name: "onnx" }, { option: "backend", name: "wasm" }],
        asked: `the backend is ${backend}`,
      } as const,
    ],
  ];
}

/** Everything that is wrong with a request. */
export function requestProblems(request: EngineRequest): readonly Problem[] {
  const { engine = "auto", backend = "auto", threads } = request;
  const names = [
    ...nameProblems("engine", engine, ENGINES),
    ...nameProblems("backend", backend, BACKENDS),
  ];
  const counted = threads === undefined || (Number.isSafeInteger(threads) && threads >= 1);
  const count = counted ? [] : [option("threads", {
    code: "invalid-threads",
    rule: "there is at least one thread",
    got: String(threads),
    wanted: "a whole number of at least 1",
    hint: "leave it out for as many as there are cores",
  })];
  const together = names.length > 0
    ? []
    : clashes(request).map(({ option: name, owners, asked }) => {
      const names = owners.map(({ option, name }) => `the ${option} ${name}`);
      return option(name, {
        code: "misplaced-option",
        rule: `${name} belongs to ${names.join(" and ")}`,
        got: asked,
        wanted: names.join(" or "),
        hint: `leave ${name} out, or use ${names.join(" or ")}`,
      });
    });
  return [...names, ...count, ...together];
}

function nameProblems(
  path: "engine" | "backend",
  name: string,
  known: readonly string[],
): readonly Problem[] {
  if (known.includes(name)) return [];
  return [option(path, {
    code: "unknown-name",
    rule: `there is no ${path} of this name`,
    got: show(name),
    wanted: known.join(", "),
    hint: closest(name, known, ""),
  })];
}

function option(path: string, texts: Omit<Problem, "path" | "layer">): Problem {
  return { path, layer: "option", ...texts };
}
