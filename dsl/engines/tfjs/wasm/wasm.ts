/**
 * Expansions for the wasm backend: our own WebAssembly kernels, which work on
 * TensorFlow.js's memory. The library's backend lacks kernels that training
 * needs, and spends most of a step on transposing, broadcasting and repeated
 * passes. Where a case is not ours, or the machine has no vectors, the generic
 * expansion serves.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpName, OpOf } from "../../../graph/op.ts";
import type { Results } from "../../../graph/signature.ts";
import type { Expansion, Expansions } from "../expansion.ts";
import { allButLast } from "../generic/elementwise.ts";
import { GENERIC } from "../generic/generic.ts";
import { channelsOf } from "../operands.ts";
import { convolution, filterGradient } from "./convolution.ts";
import { adapt, channelRange, descend, joined, passOver, passOverChannels } from "./elementwise.ts";
import { type Ours, wasmHeap } from "./heap.ts";
import { inputGradient } from "./input_gradient.ts";
import type { KernelName } from "./kernels.ts";
import { product } from "./matmul.ts";
import { batchNorm, batchNormGradient } from "./normalization.ts";
import {
  largest,
  largestGradient,
  meanOfMaps,
  meanOfMapsGradient,
  repeated,
  resized,
  resizedGradient,
} from "./pooling.ts";
import { ofChannels, sumOfRows } from "./sums.ts";

/** A kernel that passes over entries. */
function entrywise<K extends OpName>(
  kernel: KernelName,
  given: (op: OpOf<K>) => readonly number[] = () => [],
): Ours<K> {
  return (heap, op, inputs) =>
    // Operations that make a tensor of none are not entrywise in this sense.
    passOver(heap, inputs as unknown as readonly [Tensor], { kernel, given: given(op) });
}

/** A kernel on two tensors of one shape, and one on a tensor and its channels' numbers. */
function combining<K extends "add" | "subtract" | "multiply">(
  kernel: KernelName,
  channels?: KernelName,
): Ours<K> {
  return (heap, _, [a, b]) => {
    if (a.rank === b.rank) return passOver(heap, [a, b], { kernel });
    if (b.rank === 0 || channels === undefined) return undefined;
    return passOverChannels(heap, channels, [a, b]);
  };
}

const OURS: { readonly [K in OpName]?: Ours<K> } = {
  conv2d: convolution,
  conv2dInputGrad: inputGradient,
  conv2dFilterGrad: filterGradient,
  matmul: product,
  add: combining("add", "addChannels"),
  subtract: combining("subtract"),
  multiply: combining("multiply", "multiplyChannels"),
  scale: entrywise("scale", ({ by }) => [by]),
  blend: entrywise("mix", ({ rate }) => [rate, 1 - rate]),
  rsqrt: entrywise("inverseRoot", ({ epsilon }) => [epsilon]),
  relu: entrywise("relu"),
  reluGrad: entrywise("reluGrad"),
  sigmoid: entrywise("sigmoid"),
  sigmoidGrad: entrywise("sigmoidGrad"),
  gelu: entrywise("gelu"),
  geluGrad: entrywise("geluGrad"),
  attend: entrywise("attend"),
  affine: (heap, { activation }, inputs) =>
    passOverChannels(heap, activation === "relu" ? "affineRelu" : "affine", inputs),
  batchNormTrain: batchNorm,
  batchNormGrad: batchNormGradient,
  sum: (heap, { axes }, [x]) =>
    allButLast(axes, x.shape) ? ofChannels(heap, sumOfRows(heap, x)) : undefined,
  concat: joined,
  slice: (heap, op, [x]) => channelRange(heap, x, op),
  pad: (heap, { axis, before, after }, [x]) =>
    channelRange(heap, x, { axis, start: -before, size: before + channelsOf(x) + after }),
  maxPool: largest,
  maxPoolGrad: largestGradient,
  broadcast: repeated,
  globalAverage: meanOfMaps,
  globalAverageGrad: meanOfMapsGradient,
  resizeBilinear: resized,
  resizeBilinearGrad: resizedGradient,
  sgd: descend,
  adamw: adapt,
};

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

/** The expansions that the wasm backend has of its own. */
export const WASM: Partial<Expansions> = Object.fromEntries(
  // `entries` forgets which name has which expansion.
  Object.entries(OURS).map(([name, ours]) => [name, orGeneric(name as OpName, ours as never)]),
);
