/** The backends that the suite loops over, and which of them this machine has. */
import type { Engine } from "../../dsl/engines/engine.ts";
import { type Backend, type BackendName, openBackend, testEach } from "./_backend.ts";

const NAMES: readonly BackendName[] = ["cpu", "wasm", "webgpu", "onnx"];

/** Every backend. */
export const BACKENDS: readonly Backend[] = await Promise.all(
  NAMES.map((name) => openBackend(name)),
);

/** Registers a test for each backend. */
export function testBackends(
  name: string,
  run: (engine: Engine, test: Deno.TestContext) => Promise<void>,
): void {
  testEach(BACKENDS, name, run);
}
