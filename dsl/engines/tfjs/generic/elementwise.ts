/**
 * Generic expansions of the operations that work entry by entry, and of those
 * that move entries or add them up.
 */
import type { Expansions } from "../expansion.ts";
import {
  add,
  concat,
  divide,
  exponential,
  fill,
  greater,
  identity,
  inverseSquareRoot,
  larger,
  largest,
  logarithm,
  multiply,
  normalize,
  pad,
  relu,
  reshape,
  runKernel,
  sigmoid,
  slice,
  smaller,
  squareRoot,
  step,
  subtract,
  sum,
  transpose,
} from "../kernels.ts";
import { channelsOf, perChannel, rowsByChannels, scalar } from "../operands.ts";

/** The expansions of this file. */
export const ELEMENTWISE = {
  constant: ({ value, shape }) => [fill(shape, value)],
  add: (_, [a, b]) => [add(a, b)],
  subtract: (_, [a, b]) => [subtract(a, b)],
  multiply: (_, [a, b]) => [multiply(a, b)],
  divide: (_, [a, b]) => [divide(a, b)],
  maximum: (_, [a, b]) => [larger(a, b)],
  minimum: (_, [a, b]) => [smaller(a, b)],
  greater: (_, [a, b]) => [greater(a, b)],
  scale: ({ by }, [x], context) => [multiply(x, scalar(context, by))],
  blend: ({ rate }, [a, b], context) => [
    add(multiply(a, scalar(context, rate)), multiply(b, scalar(context, 1 - rate))),
  ],
  exp: (_, [x]) => [exponential(x)],
  log: (_, [x]) => [logarithm(x)],
  sqrt: (_, [x]) => [squareRoot(x)],
  rsqrt: ({ epsilon }, [x], context) => [inverseSquareRoot(add(x, scalar(context, epsilon)))],
  abs: (_, [x]) => [runKernel("Abs", { x })],
  sign: (_, [x]) => [runKernel("Sign", { x })],
  tanh: (_, [x]) => [runKernel("Tanh", { x })],
  erf: (_, [x]) => [runKernel("Erf", { x })],
  relu: (_, [x]) => [relu(x)],
  reluGrad: (_, [dy, y]) => [multiply(dy, step(y))],
  sigmoid: (_, [x]) => [sigmoid(x)],
  sigmoidGrad: (_, [dy, y]) => [multiply(dy, subtract(y, multiply(y, y)))],
  attend: (_, [trunk, mask]) => [add(trunk, multiply(trunk, mask))],
  affine: ({ activation }, [x, scale, offset], context) => {
    const mean = perChannel(context, channelsOf(x), 0);
    const variance = perChannel(context, channelsOf(x), 1);
    const y = normalize({ x, mean, variance, scale, offset }, 0);
    return [activation === "relu" ? relu(y) : y];
  },
  sum: ({ axes }, [x]) => [allButLast(axes, x.shape) ? sum(rowsByChannels(x), [0]) : sum(x, axes)],
  max: ({ axes }, [x]) => [largest(x, axes)],
  broadcast: ({ shape }, [x]) => {
    const reps = shape.map((size, axis) => size / (x.shape[axis] ?? 1));
    return [reps.every((rep) => rep === 1) ? identity(x) : runKernel("Tile", { x }, { reps })];
  },
  transpose: ({ axes }, [x]) => [transpose(x, axes)],
  concat: ({ axis }, inputs) => [inputs.length === 1 ? identity(inputs[0]) : concat(inputs, axis)],
  slice: ({ axis, start, size }, [x]) => [
    slice(x, x.shape.map((_, i) => i === axis ? start : 0), x.shape.with(axis, size)),
  ],
  pad: ({ axis, before, after }, [x]) => [
    pad(x, x.shape.map((_, i) => i === axis ? [before, after] : [0, 0])),
  ],
  reshape: ({ shape }, [x]) => [reshape(x, shape)],
} satisfies Partial<Expansions>;

/** Whether a sum is over every axis but that of the channels, which backends do fastest. */
export function allButLast(axes: readonly number[], shape: readonly number[]): boolean {
  const last = shape.length - 1;
  return axes.length === last && !axes.includes(last);
}
