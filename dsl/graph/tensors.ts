/** Tensors on the host: what crosses the border between a script and an engine. */
import type { TensorShape } from "./op.ts";

/** A tensor on the host: its shape, and its numbers in row-major order. */
export interface HostTensor {
  /** The shape; `[]` is a scalar. */
  readonly shape: TensorShape;
  /** The numbers. */
  readonly data: Float32Array;
}

/** Host tensors by name. */
export type Tensors = ReadonlyMap<string, HostTensor>;
