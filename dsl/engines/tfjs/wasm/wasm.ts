/**
 * Expansions for the wasm backend: our own WebAssembly kernels, which work on
 * TensorFlow.js's memory. The library's backend lacks kernels that training
 * needs, and spends most of a step on transposing, broadcasting and repeated
 * passes. Where a case is not ours, or the machine has no vectors, the generic
 * expansion serves.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { EntrywiseName, OpName, OpOf } from "../../../graph/op.ts";
import type { Results } from "../../../graph/signature.ts";
import type { Expansion, Expansions } from "../expansion.ts";
import { allButLast } from "../generic/elementwise.ts";
import { GENERIC } from "../generic/generic.ts";
import { channelsOf } from "../operands.ts";
import { convolution, filterGradient } from "./convolution.ts";
import {
  adapt,
  channelRange,
  combine,
  descend,
  joined,
  passOver,
  passOverChannels,
} from "./elementwise.ts";
import { type Heap, wasmHeap } from "./heap.ts";
import { inputGradient } from "./input_gradient.ts";
import type { KernelName } from "./kernels.ts";
import { product } from "./matmul.ts";
import { batchNorm, batchNormGradient } from "./normalization.ts";
import {
  hasNoEmptyWindow,
  largest,
  largestGradient,
  meanOfMaps,
  meanOfMapsGradient,
  resized,
  resizedGradient,
} from "./pooling.ts";
import { ofChannels, sumOfRows } from "./sums.ts";

/** An expansion by our own kernels; undefined where the case is not theirs. */
type Ours<K extends OpName> = (
  heap: Heap,
  ...args: Parameters<Expansion<K>>
) => Tensor | readonly Tensor[] | undefined;

/** Ours if it can, else the generic expansion. */
function orGeneric<K extends OpName>(name: K, ours: Ours<K>): Expansion<K> {
  return (...args) => {
    const heap = wasmHeap();
    const results = heap === undefined ? undefined : ours(heap, ...args);
    if (results === undefined) return GENERIC[name](...args);
    // Whoever gives a lone tensor stands for an operation with one result.
    return (Array.isArray(results) ? results : [results]) as unknown as Results<K, Tensor>;
  };
}

/** Whether an axis is that of the channels. */
const isLast = (axis: number, { shape }: Tensor): boolean => axis === shape.length - 1;

/** A kernel that passes over entries. */
function entrywise<K extends EntrywiseName>(
  name: K,
  kernel: KernelName,
  given: (op: OpOf<K>) => readonly number[] = () => [],
): Expansion<K> {
  return orGeneric(
    name,
    (heap, op, inputs) => passOver(heap, inputs, { kernel, given: given(op) }),
  );
}

/** A kernel on two tensors of one shape, and one on a tensor and its channels' numbers. */
function combining<K extends "add" | "subtract" | "multiply">(
  name: K,
  channels?: KernelName,
): Expansion<K> {
  return orGeneric(name, (heap, _, inputs) => combine(heap, inputs, { same: name, channels }));
}

/** The expansions that the wasm backend has of its own. */
export const WASM: Partial<Expansions> = {
  conv2d: orGeneric(
    "conv2d",
    (heap, op, inputs, { resultShapes: [shape = []] }) => convolution(heap, op, inputs, shape),
  ),
  conv2dInputGrad: orGeneric(
    "conv2dInputGrad",
    (heap, op, inputs) => inputGradient(heap, op, [inputs[0], inputs[1]]),
  ),
  conv2dFilterGrad: orGeneric(
    "conv2dFilterGrad",
    (heap, op, inputs) => filterGradient(heap, op, [inputs[0], inputs[1]]),
  ),
  matmul: orGeneric("matmul", product),
  add: combining("add", "addChannels"),
  subtract: combining("subtract"),
  multiply: combining("multiply", "multiplyChannels"),
  scale: entrywise("scale", "scale", ({ by }) => [by]),
  blend: entrywise("blend", "mix", ({ rate }) => [rate, 1 - rate]),
  rsqrt: entrywise("rsqrt", "inverseRoot", ({ epsilon }) => [epsilon]),
  relu: entrywise("relu", "relu"),
  reluGrad: entrywise("reluGrad", "reluGrad"),
  sigmoidGrad: entrywise("sigmoidGrad", "sigmoidGrad"),
  attend: entrywise("attend", "attend"),
  affine: orGeneric(
    "affine",
    (heap, { activation }, inputs) =>
      passOverChannels(heap, activation === "relu" ? "affineRelu" : "affine", inputs),
  ),
  batchNormTrain: orGeneric("batchNormTrain", batchNorm),
  batchNormGrad: orGeneric("batchNormGrad", batchNormGradient),
  sum: orGeneric(
    "sum",
    (heap, { axes }, [x]) =>
      allButLast(axes, x.shape) ? ofChannels(heap, sumOfRows(heap, x)) : undefined,
  ),
  concat: orGeneric(
    "concat",
    (heap, { axis }, inputs) => isLast(axis, inputs[0]) ? joined(heap, inputs) : undefined,
  ),
  slice: orGeneric(
    "slice",
    (heap, op, [x]) => isLast(op.axis, x) ? channelRange(heap, x, op) : undefined,
  ),
  pad: orGeneric("pad", (heap, { axis, before, after }, [x]) => {
    const size = before + channelsOf(x) + after;
    return isLast(axis, x) ? channelRange(heap, x, { start: -before, size }) : undefined;
  }),
  maxPool: orGeneric("maxPool", (heap, op, inputs, { resultShapes: [shape = []] }) => {
    const x = inputs[0];
    return hasNoEmptyWindow(op, x.shape, shape) ? largest(heap, op, x, shape) : undefined;
  }),
  maxPoolGrad: orGeneric("maxPoolGrad", (heap, op, inputs) => {
    const [dy, x, y] = [inputs[0], inputs[1], inputs[2]];
    return hasNoEmptyWindow(op, x.shape, y.shape)
      ? largestGradient(heap, op, [dy, x, y])
      : undefined;
  }),
  globalAverage: orGeneric("globalAverage", (heap, _, inputs) => meanOfMaps(heap, inputs[0])),
  globalAverageGrad: orGeneric(
    "globalAverageGrad",
    (heap, { inputShape }, inputs) => meanOfMapsGradient(heap, inputs[0], inputShape),
  ),
  resizeBilinear: orGeneric(
    "resizeBilinear",
    (heap, { size }, inputs) => resized(heap, inputs[0], size),
  ),
  resizeBilinearGrad: orGeneric(
    "resizeBilinearGrad",
    (heap, { inputShape }, inputs) => resizedGradient(heap, inputs[0], inputShape),
  ),
  sgd: orGeneric("sgd", descend),
  adamw: orGeneric("adamw", adapt),
};
