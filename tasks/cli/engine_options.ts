/** The options that choose an engine. Several tasks have them. */
import type { EngineChoice, EngineRequest } from "../../dsl/engines/choice.ts";
import { BACKENDS, clashes, ENGINES } from "../../dsl/engines/choice.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { oneOf, whole } from "./reader.ts";
import { option, type Valued } from "./term.ts";

export const engineOptions: {
  readonly engine: Valued<typeof ENGINES[number], "option?">;
  readonly backend: Valued<typeof BACKENDS[number], "option?">;
  readonly threads: Valued<number, "option?">;
} = {
  engine: option(oneOf(ENGINES, "NAME"), {
    description:
      "The engine: tfjs (TensorFlow.js) or onnx (ONNX Runtime, on the processor); auto takes WebGPU on a graphics card, else onnx, else wasm.",
    otherwise: "auto",
  }),
  backend: option(oneOf(BACKENDS, "NAME"), {
    description: "The backend of tfjs: webgpu, wasm or cpu.",
    otherwise: "auto",
  }),
  threads: option(whole(1), {
    description: "Processor threads of onnx and of wasm.",
    otherwise: "as many as there are cores",
  }),
};

/** The engine that is chosen, of all that was given. */
export function engineChoice({ engine, backend, threads }: EngineChoice): EngineChoice {
  return defined({ engine, backend, threads });
}

/**
 * What does not go together, as a sentence; nothing when all does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { engineMistake } from "./engine_options.ts";
 *
 * const given = { engine: "onnx", backend: "wasm" };
 * assertEquals(engineMistake(given), "--backend belongs to --engine tfjs, and the engine is onnx");
 * ```
 */
export function engineMistake(given: EngineRequest): string | undefined {
  const [first] = clashes(given);
  if (first === undefined) return undefined;
  const owners = first.owners.map(({ option, name }) => `--${option} ${name}`).join(" and ");
  return `--${first.option} belongs to ${owners}, and ${first.asked}`;
}
