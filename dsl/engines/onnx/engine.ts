/**
 * The ONNX Runtime engine's front door. Importing this loads nothing of the
 * runtime; asking for an engine does.
 */
import { COUNT, expected, optionsOf } from "../../problem/expect.ts";
import { attempt } from "../../problem/throw.ts";
import type { Result } from "../../problem/result.ts";
import type { Engine } from "../engine.ts";
import { coreCount } from "../cores.ts";

/** How the runtime works. */
export interface OnnxOptions {
  /** Threads within an operation; as many as there are cores when left out. */
  readonly threads?: number;
}

/**
 * An engine on ONNX Runtime. Before it is handed over it has computed a small
 * convolution and its gradients, and the numbers were right. It fails when the
 * runtime is missing or does not load, and when it cannot compute that.
 *
 * @example
 * ```ts
 * import { onnxEngine } from "@netfold/netfold/onnx";
 * import { orThrow } from "@netfold/netfold";
 * import { assertEquals } from "@std/assert";
 *
 * const engine = orThrow(await onnxEngine({ threads: 1 }));
 * assertEquals(engine.backend, "onnx");
 * engine.dispose();
 * ```
 */
export async function onnxEngine(options: OnnxOptions = {}): Promise<Result<Engine>> {
  const { threads } = optionsOf(options, { threads: coreCount() });
  expected(threads, COUNT, "threads");
  const { loadRuntime } = await import("./runtime.ts");
  const runtime = await loadRuntime();
  if (runtime._tag === "Left") return runtime;
  const { examined, OnnxEngine } = await import("./_engine.ts");
  const { blockSize } = await import("./block_size.ts");
  const block = await attempt(() => blockSize({ runtime: runtime.right, threads }));
  if (block._tag === "Left") return block;
  return await examined(new OnnxEngine(runtime.right, threads, block.right));
}
