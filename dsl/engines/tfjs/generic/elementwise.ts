/**
 * Generic expansions of the operations that work entry by entry, and of those
 * that move entries or add them up.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ExpansionContext, Expansions } from "../expansion.ts";
import * as tf from "../kernels.ts";
import { channelsOf, perChannel, rowsByChannels, scalar } from "../operands.ts";

/** Twice the share of a normal distribution that lies below a value. */
const twiceBelow = (context: ExpansionContext, x: Tensor): Tensor =>
  tf.add(
    tf.runKernel("Erf", { x: tf.multiply(x, scalar(context, Math.SQRT1_2)) }),
    scalar(context, 1),
  );

/** The expansions of this file. */
export const ELEMENTWISE = {
  constant: ({ value, shape }) => [tf.fill(shape, value)],
  add: (_, [a, b]) => [tf.add(a, b)],
  subtract: (_, [a, b]) => [tf.subtract(a, b)],
  multiply: (_, [a, b]) => [tf.multiply(a, b)],
  divide: (_, [a, b]) => [tf.divide(a, b)],
  maximum: (_, [a, b]) => [tf.larger(a, b)],
  minimum: (_, [a, b]) => [tf.smaller(a, b)],
  greater: (_, [a, b]) => [tf.greater(a, b)],
  scale: ({ by }, [x], context) => [tf.multiply(x, scalar(context, by))],
  blend: ({ rate }, [a, b], context) => [
    tf.add(tf.multiply(a, scalar(context, rate)), tf.multiply(b, scalar(context, 1 - rate))),
  ],
  exp: (_, [x]) => [tf.exponential(x)],
  log: (_, [x]) => [tf.logarithm(x)],
  sqrt: (_, [x]) => [tf.squareRoot(x)],
  rsqrt: ({ epsilon }, [x], context) => [tf.inverseSquareRoot(tf.add(x, scalar(context, epsilon)))],
  abs: (_, [x]) => [tf.runKernel("Abs", { x })],
  sign: (_, [x]) => [tf.runKernel("Sign", { x })],
  tanh: (_, [x]) => [tf.runKernel("Tanh", { x })],
  erf: (_, [x]) => [tf.runKernel("Erf", { x })],
  relu: (_, [x]) => [tf.relu(x)],
  reluGrad: (_, [dy, y]) => [tf.multiply(dy, tf.step(y))],
  sigmoid: (_, [x]) => [tf.sigmoid(x)],
  sigmoidGrad: (_, [dy, y]) => [tf.multiply(dy, tf.subtract(y, tf.multiply(y, y)))],
  gelu: (_, [x], context) => [
    tf.multiply(tf.multiply(x, scalar(context, 0.5)), twiceBelow(context, x)),
  ],
  geluGrad: (_, [dy, x], context) => {
    const bell = tf.exponential(tf.multiply(tf.square(x), scalar(context, -0.5)));
    const density = tf.multiply(bell, scalar(context, 1 / Math.sqrt(2 * Math.PI)));
    const below = tf.multiply(twiceBelow(context, x), scalar(context, 0.5));
    return [tf.multiply(dy, tf.add(below, tf.multiply(x, density)))];
  },
  attend: (_, [trunk, mask]) => [tf.add(trunk, tf.multiply(trunk, mask))],
  affine: ({ activation }, [x, scale, offset], context) => {
    const mean = perChannel(context, channelsOf(x), 0);
    const variance = perChannel(context, channelsOf(x), 1);
    const y = tf.normalize({ x, mean, variance, scale, offset }, 0);
    return [activation === "relu" ? tf.relu(y) : y];
  },
  sum: (
    { axes },
    [x],
  ) => [allButLast(axes, x.shape) ? tf.sum(rowsByChannels(x), [0]) : tf.sum(x, axes)],
  max: ({ axes }, [x]) => [tf.largest(x, axes)],
  broadcast: ({ shape }, [x]) => {
    const reps = shape.map((size, axis) => size / (x.shape[axis] ?? 1));
    return [
      reps.every((rep) => rep === 1) ? tf.identity(x) : tf.runKernel("Tile", { x }, { reps }),
    ];
  },
  transpose: ({ axes }, [x]) => [tf.transpose(x, axes)],
  concat: (
    { axis },
    inputs,
  ) => [inputs.length === 1 ? tf.identity(inputs[0]) : tf.concat(inputs, axis)],
  slice: ({ axis, start, size }, [x]) => [
    tf.slice(x, x.shape.map((_, i) => i === axis ? start : 0), x.shape.with(axis, size)),
  ],
  pad: ({ axis, before, after }, [x]) => [
    tf.pad(x, x.shape.map((_, i) => i === axis ? [before, after] : [0, 0])),
  ],
  reshape: ({ shape }, [x]) => [tf.reshape(x, shape)],
} satisfies Partial<Expansions>;

/** Whether a sum is over every axis but that of the channels, which backends do fastest. */
export function allButLast(axes: readonly number[], shape: readonly number[]): boolean {
  const last = shape.length - 1;
  return axes.length === last && !axes.includes(last);
}
