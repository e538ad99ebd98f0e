/**
 * TensorFlow.js kernels as plain functions. Expansions call these and not the
 * library's operations, which check and convert their arguments anew on every
 * call. Kernel names and attributes are those of tfjs-core's `kernel_names`.
 */
import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { Padding, Pair, TensorShape } from "../../graph/op.ts";

/** Runs a kernel that has one result. */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Readonly<Record<string, unknown>> = {},
): Tensor {
  // The attribute type is a closed union that leaves out nested arrays such as paddings.
  return engine().runKernel(name, inputs as NamedTensorMap, attributes as NamedAttrMap);
}

/** Whether the backend in use has a kernel. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/**
 * A stand-in for an operand of which a kernel reads the shape alone: it has
 * the data of `like` under another shape.
 */
export function shapeOnly(like: Tensor, shape: TensorShape): Tensor {
  const info: TensorInfo = { dataId: like.dataId, shape: [...shape], dtype: like.dtype };
  // Kernels take TensorInfo; only the engine's signature asks for a Tensor.
  return info as Tensor;
}

/** The number of entries of a shape. */
export function sizeOf(shape: TensorShape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Padding in the form that convolution and pooling kernels take. */
export function explicitPadding([top, bottom, left, right]: Padding): number[][] {
  return [[0, 0], [top, bottom], [left, right], [0, 0]];
}

const unary = (kernel: string) => (x: Tensor): Tensor => runKernel(kernel, { x });
const binary = (kernel: string) => (a: Tensor, b: Tensor): Tensor => runKernel(kernel, { a, b });

// Entry by entry; those of two tensors broadcast.
export const add = binary("Add");
export const subtract = binary("Sub");
export const multiply = binary("Multiply");
export const divide = binary("RealDiv");
export const power = binary("Pow");
export const squaredDifference = binary("SquaredDifference");
export const larger = binary("Maximum");
export const smaller = binary("Minimum");
export const square = unary("Square");
export const squareRoot = unary("Sqrt");
export const inverseSquareRoot = unary("Rsqrt");
export const exponential = unary("Exp");
export const logarithm = unary("Log");
export const relu = unary("Relu");
export const sigmoid = unary("Sigmoid");
/** Another handle on the same numbers. */
export const identity = unary("Identity");

/** 1 where `a > b`, else 0, with broadcasting. */
export const greater = (a: Tensor, b: Tensor): Tensor =>
  runKernel("Cast", { x: runKernel("Greater", { a, b }) }, { dtype: "float32" });

/** 1 where `x > 0`, else 0. */
export const step = (x: Tensor): Tensor => runKernel("Step", { x }, { alpha: 0 });

/** The same numbers under another shape. */
export const reshape = (x: Tensor, shape: TensorShape): Tensor =>
  runKernel("Reshape", { x }, { shape: [...shape] });

/** The axes in another order. */
export const transpose = (x: Tensor, perm: readonly number[]): Tensor =>
  runKernel("Transpose", { x }, { perm: [...perm] });

/** A tensor of one number. */
export const fill = (shape: TensorShape, value: number): Tensor =>
  runKernel("Fill", {}, { shape: [...shape], value, dtype: "float32" });

/** The part of `size` from `begin`. */
export const slice = (x: Tensor, begin: readonly number[], size: readonly number[]): Tensor =>
  runKernel("Slice", { x }, { begin: [...begin], size: [...size] });

/** Every `strides`-th entry from `begin` to before `end`. */
export const stridedSlice = (
  x: Tensor,
  [begin, end, strides]: readonly (readonly number[])[],
): Tensor =>
  runKernel("StridedSlice", { x }, {
    begin,
    end,
    strides,
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 0,
  });

/** Zeros around: before and after, for each axis. */
export const pad = (x: Tensor, paddings: readonly (readonly [number, number])[]): Tensor =>
  runKernel("PadV2", { x }, { paddings: paddings.map((p) => [...p]), constantValue: 0 });

/** Tensors joined along an axis. */
export const concat = (tensors: readonly Tensor[], axis: number): Tensor =>
  // The kernel takes its operands by position; their names are their indices.
  runKernel("Concat", tensors as unknown as Record<string, Tensor>, { axis });

/** The sum over axes. */
export const sum = (x: Tensor, axis: readonly number[], keepDims = false): Tensor =>
  runKernel("Sum", { x }, { axis: [...axis], keepDims });

/** The mean over axes. */
export const mean = (x: Tensor, axis: readonly number[], keepDims = false): Tensor =>
  runKernel("Mean", { x }, { axis: [...axis], keepDims });

/** The largest entries over axes. */
export const largest = (x: Tensor, axes: readonly number[], keepDims = false): Tensor =>
  runKernel("Max", { x }, { reductionIndices: [...axes], keepDims });

/** The positions of the largest entries along the last axis. */
export const argMaxOfRows = (x: Tensor): Tensor =>
  runKernel("ArgMax", { x }, { axis: x.shape.length - 1 });

/** Softmax along the last axis. */
export const softmax = (logits: Tensor): Tensor =>
  runKernel("Softmax", { logits }, { dim: logits.shape.length - 1 });

/** A product of matrices. */
export const matmul = (
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: {
    readonly transposeA?: boolean;
    readonly transposeB?: boolean;
  } = {},
): Tensor => runKernel("BatchMatMul", { a, b }, { transposeA, transposeB });

/** `scale * (x - mean) / sqrt(variance + epsilon) + offset`; every operand but `x` per channel. */
export const normalize = (
  inputs: {
    readonly x: Tensor;
    readonly mean: Tensor;
    readonly variance: Tensor;
    readonly scale?: Tensor;
    readonly offset?: Tensor;
  },
  varianceEpsilon: number,
): Tensor => runKernel("FusedBatchNorm", inputs, { varianceEpsilon });

/** Attributes of a pooling kernel. */
export const poolAttributes = (
  { window, stride, padding }: {
    readonly window: Pair;
    readonly stride: Pair;
    readonly padding: Padding;
  },
): Readonly<Record<string, unknown>> => ({
  filterSize: [...window],
  strides: [...stride],
  pad: explicitPadding(padding),
});
