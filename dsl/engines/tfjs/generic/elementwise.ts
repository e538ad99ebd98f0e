/**
 * Generic expansions of the operations that work entry by entry, and of the
 * moves of whole channels.
 */
import type { OpName } from "../../../graph/op.ts";
import type { Expansion } from "../expansion.ts";
import {
  add,
  concat,
  fill,
  identity,
  inverseSquareRoot,
  multiply,
  normalize,
  pad,
  relu,
  reshape,
  sigmoid,
  slice,
  step,
  subtract,
  sum,
} from "../kernels.ts";
import { channelsOf, operand, perChannel, rowsByChannels, scalar } from "../operands.ts";

type Elementwise =
  | "constant"
  | "add"
  | "subtract"
  | "multiply"
  | "scale"
  | "blend"
  | "rsqrt"
  | "relu"
  | "reluGrad"
  | "sigmoid"
  | "sigmoidGrad"
  | "attend"
  | "affine"
  | "concat"
  | "slice"
  | "pad"
  | "reshape"
  | "channelSum";

/** The expansions of this file. */
export const ELEMENTWISE: {
  readonly [K in Extract<OpName, Elementwise>]: Expansion<K>;
} = {
  constant: ({ value, shape }) => [fill(shape, value)],
  add: (_, inputs) => [add(operand(inputs, 0), operand(inputs, 1))],
  subtract: (_, inputs) => [subtract(operand(inputs, 0), operand(inputs, 1))],
  multiply: (_, inputs) => [multiply(operand(inputs, 0), operand(inputs, 1))],
  scale: (
    { by },
    inputs,
    context,
  ) => [multiply(operand(inputs, 0), scalar(context, by))],
  blend: ({ rate }, inputs, context) => [
    add(
      multiply(operand(inputs, 0), scalar(context, rate)),
      multiply(operand(inputs, 1), scalar(context, 1 - rate)),
    ),
  ],
  rsqrt: ({ epsilon }, inputs, context) => [
    inverseSquareRoot(add(operand(inputs, 0), scalar(context, epsilon))),
  ],
  relu: (_, inputs) => [relu(operand(inputs, 0))],
  reluGrad: (
    _,
    inputs,
  ) => [multiply(operand(inputs, 0), step(operand(inputs, 1)))],
  sigmoid: (_, inputs) => [sigmoid(operand(inputs, 0))],
  sigmoidGrad: (_, inputs) => {
    const y = operand(inputs, 1);
    return [multiply(operand(inputs, 0), subtract(y, multiply(y, y)))];
  },
  attend: (_, inputs) => {
    const trunk = operand(inputs, 0);
    return [add(trunk, multiply(trunk, operand(inputs, 1)))];
  },
  affine: ({ activation }, inputs, context) => {
    const x = operand(inputs, 0);
    const y = normalize({
      x,
      mean: perChannel(context, channelsOf(x), 0),
      variance: perChannel(context, channelsOf(x), 1),
      scale: operand(inputs, 1),
      offset: operand(inputs, 2),
    }, 0);
    return [activation === "relu" ? relu(y) : y];
  },
  concat: (_, inputs) => [
    inputs.length === 1
      ? identity(operand(inputs, 0))
      : concat(inputs, operand(inputs, 0).shape.length - 1),
  ],
  slice: ({ start, size }, inputs) => {
    const x = operand(inputs, 0);
    const outer = x.shape.slice(0, -1);
    return [slice(x, [...outer.map(() => 0), start], [...outer, size])];
  },
  pad: ({ before, after }, inputs) => {
    const x = operand(inputs, 0);
    const outer = x.shape.slice(0, -1).map((): [number, number] => [0, 0]);
    return [pad(x, [...outer, [before, after]])];
  },
  reshape: ({ shape }, inputs) => [reshape(operand(inputs, 0), shape)],
  channelSum: (_, inputs) => [sum(rowsByChannels(operand(inputs, 0)), [0])],
};
