/** Tensors on the host: what crosses the border between a script and an engine. */
import { sizeOf } from "../net/shape.ts";
import { expected, hasFields, misfit, SHAPE, TENSORS } from "../problem/expect.ts";
import { show } from "../problem/show.ts";
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

/**
 * Makes sure that tensors hold as many numbers as their shapes say.
 *
 * @throws {ProblemError} That names the tensor.
 */
export function checkTensors(tensors: Tensors): void {
  checkArgument(tensors, "tensors", "upload");
}

/** Makes sure of tensors that are an argument, for what is done with them. */
export function checkArgument(tensors: Tensors, path: string, doing: string): void {
  for (const [name, tensor] of expected(tensors, TENSORS, path)) checkTensor(name, tensor, doing);
}

/**
 * Makes sure that a tensor holds as many numbers as its shape says.
 *
 * @throws {ProblemError} That names the tensor.
 */
export function checkTensor(name: string, tensor: HostTensor, doing = "take"): void {
  const isTensor = hasFields(tensor, ["shape", "data"]) && SHAPE.fits(tensor.shape);
  const [shape, data]: readonly [TensorShape, unknown] = isTensor
    ? [tensor.shape, tensor.data]
    : [[], tensor];
  const isList = data instanceof Float32Array;
  if (isTensor && isList && data.length === sizeOf(shape)) return;
  const got = isList ? `${data.length} numbers` : show(data);
  const wanted = isTensor
    ? `${sizeOf(shape)} of shape [${shape.join(", ")}]`
    : "{ shape, data }, the data a Float32Array";
  const rule = `Cannot ${doing} ${JSON.stringify(name)}: it has ${got}, wanted ${wanted}`;
  throw misfit(rule, got, wanted, "data is a Float32Array of as many numbers as the shape has");
}
