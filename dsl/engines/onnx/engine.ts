/**
 * The ONNX Runtime engine's front door. Importing this loads nothing of the
 * runtime; asking for an engine does.
 */
import type { Result } from "../../result.ts";
import type { Engine } from "../engine.ts";

/** How the runtime works. */
export interface OnnxOptions {
  /** Threads within an operation; as many as the runtime finds cores when left out. */
  readonly threads?: number;
}

/**
 * An engine on ONNX Runtime. Before it is handed over it has computed a small
 * convolution and its gradients, and the numbers were right. It fails when the
 * runtime is missing or does not load.
 */
export function onnxEngine(_options: OnnxOptions = {}): Promise<Result<Engine>> {
  throw new Error("being written");
}
