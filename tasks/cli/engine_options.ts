/** The options that say who computes. Several tasks have them. */
import { message, type Parser } from "@optique/core";
import {
  BACKENDS,
  clashes,
  type EngineChoice,
  type EngineRequest,
  ENGINES,
} from "../../dsl/engines/choice.ts";
import { optional, usageError } from "./command_line.ts";
import { Exit } from "./exit.ts";
import { oneOf, whole } from "./reader.ts";

/** What stands on the command line. */
export interface EngineArguments {
  /** `--engine`. */
  readonly engine: typeof ENGINES[number] | undefined;
  /** `--backend`. */
  readonly backend: typeof BACKENDS[number] | undefined;
  /** `--threads`. */
  readonly threads: number | undefined;
}

/** The options by the names of what they give. */
export function engineOptions(): {
  readonly [name in keyof EngineArguments]: Parser<"sync", EngineArguments[name], unknown>;
} {
  return {
    engine: optional("--engine", oneOf(ENGINES, "NAME"), {
      description:
        message`Who computes: tfjs (TensorFlow.js) or onnx (ONNX Runtime, on the processor); auto takes WebGPU on a graphics card, else onnx, else wasm.`,
      otherwise: "auto",
    }),
    backend: optional("--backend", oneOf(BACKENDS, "NAME"), {
      description: message`The backend of tfjs: webgpu, wasm or cpu.`,
      otherwise: "auto",
    }),
    threads: optional("--threads", whole(1), {
      description: message`Processor threads of onnx.`,
      otherwise: "as many as there are cores",
    }),
  };
}

/** The choice on the command line, without what was left out. */
export function engineChoice({ engine, backend, threads }: EngineArguments): EngineChoice {
  return {
    ...(engine === undefined ? {} : { engine }),
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/**
 * What does not go together, as a sentence; nothing when all does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { engineMistake } from "./engine_options.ts";
 *
 * const given = { engine: "onnx", backend: "wasm", threads: undefined } as const;
 * assertEquals(engineMistake(given), "--backend belongs to --engine tfjs, and the engine is onnx");
 * ```
 */
export function engineMistake(given: EngineRequest): string | undefined {
  const [first] = clashes(given);
  return first && `--${first.option} belongs to --engine ${first.owner}, and ${first.asked}`;
}

/**
 * The arguments of a task as they are.
 *
 * @throws {Exit} After what does not go together has been named.
 */
export function withoutMistake<A extends EngineRequest>(task: string, given: A): A {
  const mistake = engineMistake(given);
  if (mistake === undefined) return given;
  throw new Exit(usageError(task, mistake));
}
