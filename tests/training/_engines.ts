/** The engines on which runs must be the same: those on the processor, which every machine has. */
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { type Backend, openBackend, testEach } from "../engines/_backend.ts";

/** An engine of these tests, and the choice by which a run asks for one like it. */
export interface Subject extends Backend {
  readonly choice: EngineChoice;
}

const threads = 1;

/** The engines; one that is unavailable says why. */
export const ENGINES: readonly Subject[] = [
  { ...await openBackend("cpu"), choice: { backend: "cpu" } },
  { ...await openBackend("wasm"), choice: { backend: "wasm" } },
  { ...await openBackend("onnx", { threads }), choice: { engine: "onnx", threads } },
];

/** Registers a test for each engine. */
export function testEngines(
  name: string,
  run: (engine: Engine, test: Deno.TestContext) => Promise<void>,
): void {
  testEach(ENGINES, name, run);
}
