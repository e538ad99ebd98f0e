/**
 * Normalisations and their gradients. What a batch norm costs is passes over
 * its map, so a product and a sum per channel, with the rectifier behind them,
 * are written as one convolution with a 1x1 kernel for every channel of its
 * own: ONNX Runtime does that in a single pass.
 *
 * With `n = (x - m) / s`, a normalisation over P positions has the gradient
 * `dx = (dn - mean(dn) - n mean(dn n)) / s`; per channel that is
 * `dx = a dy + b x + c`.
 */
import type { Activation } from "../../graph/op.ts";
import { channelSum, notBefore, positive, STEEP, together } from "./elementwise.ts";
import { type Emitter, float, type Value } from "./emitter.ts";
import {
  type Expansion,
  type ExpansionContext,
  type Expansions,
  mapOperand,
  operand,
} from "./expansion.ts";
import { sizeOf } from "../../shape.ts";

/** Maps of at least this many pixels are worth a convolution per channel. */
const WORTH_A_CONVOLUTION = 256;

/** How many entries one channel has. */
function countOf({ shape, order }: Value): number {
  const channels = order === "map" ? shape[1] : shape.at(-1);
  return sizeOf(shape) / (channels ?? 1);
}

/** What is done to a map per channel. */
interface Affine {
  /** The map. */
  readonly x: Value;
  /** A factor for each channel. */
  readonly scale: Value;
  /** A summand for each channel. */
  readonly shift?: Value;
  /** A map to add; it may be written over. */
  readonly more?: Value | undefined;
  /** What is done last. */
  readonly activation?: Activation | "step";
}

/** `activation(scale x + shift + more)`; `step` is 1 above zero, else 0. */
export function affine(context: ExpansionContext, what: Affine): Value {
  const { emitter, own } = context;
  const { x, scale, shift, more, activation = "none" } = what;
  const [, channels = 1, height = 1, width = 1] = x.shape;
  if (own && x.order === "map" && height * width >= WORTH_A_CONVOLUTION) {
    const kernel = emitter.reshape(scale, [channels, 1, 1, 1]);
    const y = emitter.microsoft("FusedConv", [x, kernel, shift, more], x.shape, {
      kernel_shape: [1, 1],
      group: channels,
      ...FUSED[activation],
    });
    return { ...y, order: "map" };
  }
  const scaled = together(emitter, "Mul", x, scale);
  const moved = shift === undefined ? scaled : together(emitter, "Add", scaled, shift);
  const y = more === undefined ? moved : together(emitter, "Add", moved, more);
  switch (activation) {
    case "relu":
      return emitter.unary("Relu", y);
    case "step":
      return positive(emitter, y);
    case "none":
      return y;
  }
}

/** The attributes of a convolution with an activation behind it. */
const FUSED = {
  none: {},
  relu: { activation: "Relu" },
  step: { activation: "HardSigmoid", activation_params: { kind: "floats", value: [STEEP, 0] } },
} as const;

/** The sum over each channel's entries of `a b`. */
function channelDot({ emitter, own }: ExpansionContext, a: Value, b: Value): Value {
  const [n = 1, channels = 1, height = 1, width = 1] = a.shape;
  if (own && a.order === "map" && height * width >= WORTH_A_CONVOLUTION) {
    const rows = [n * channels, 1, height * width];
    const dots = emitter.microsoft(
      "FusedMatMul",
      [emitter.reshape(a, rows), emitter.reshape(b, rows)],
      [n * channels, 1, 1],
      { transB: 1 },
    );
    const perMap = emitter.reshape(dots, [n, channels]);
    return emitter.node("ReduceSum", [perMap, emitter.whole(0)], [channels], { keepdims: 0 });
  }
  return channelSum(emitter, emitter.binary("Mul", a, b));
}

/**
 * The runtime's operator may write over what it takes for running statistics,
 * so every node gets zeros that nothing else reads.
 */
const batchNormTrain: Expansion<"batchNormTrain"> = (op, inputs, { emitter }) => {
  const x = mapOperand(emitter, inputs, 0);
  const [gamma, beta] = [operand(inputs, 1), operand(inputs, 2)];
  const zeros = emitter.binary("Sub", gamma, gamma);
  const alsoZeros = emitter.binary("Sub", beta, beta);
  const [y, mean, variance] = emitter.write(
    "BatchNormalization",
    [x, gamma, beta, zeros, alsoZeros],
    [x.shape, gamma.shape, gamma.shape],
    { training_mode: 1, momentum: float(0), epsilon: float(op.epsilon) },
  ) as [Value, Value, Value];
  const map: Value = { ...y, order: x.order };
  return [op.activation === "relu" ? emitter.unary("Relu", map) : map, mean, variance];
};

/** The inverse of the standard deviation, and gamma times that. */
function slopeOf(
  emitter: Emitter,
  gamma: Value,
  variance: Value,
  epsilon: number,
): { readonly inverse: Value; readonly slope: Value } {
  const spread = emitter.unary(
    "Sqrt",
    emitter.binary("Add", variance, emitter.scalar(epsilon)),
  );
  const inverse = emitter.unary("Reciprocal", spread);
  return { inverse, slope: emitter.binary("Mul", gamma, inverse) };
}

const batchNormGrad: Expansion<"batchNormGrad"> = (op, inputs, context) => {
  const { emitter } = context;
  const given = mapOperand(emitter, inputs, 0);
  const x = mapOperand(emitter, inputs, 1);
  const [gamma, beta, mean, variance] = [2, 3, 4, 5].map((i) => operand(inputs, i)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const on = (type: string, a: Value, b: Value): Value => emitter.binary(type, a, b);
  const { inverse, slope } = slopeOf(emitter, gamma, variance, op.epsilon);
  const dy = op.activation === "relu"
    ? together(emitter, "Mul", given, active(context, { x, given, slope, beta, mean }))
    : given;
  const dbeta = channelSum(emitter, dy);
  const dgamma = on(
    "Mul",
    inverse,
    on("Sub", channelDot(context, dy, x), on("Mul", mean, dbeta)),
  );
  // dx = slope dy + b x + c
  const share = on("Mul", slope, emitter.scalar(-1 / countOf(x)));
  const b = on("Mul", share, on("Mul", inverse, dgamma));
  const c = on("Sub", on("Mul", share, dbeta), on("Mul", b, mean));
  const rest = affine(context, { x, scale: b, shift: c, more: context.more });
  return [affine(context, { x: dy, scale: slope, more: rest }), dgamma, dbeta];
};

/** One where the batch norm's result is above zero, else zero. */
function active(
  context: ExpansionContext,
  { x, given, slope, beta, mean }: {
    readonly x: Value;
    readonly given: Value;
    readonly slope: Value;
    readonly beta: Value;
    readonly mean: Value;
  },
): Value {
  const { emitter } = context;
  const shift = emitter.binary("Sub", beta, emitter.binary("Mul", slope, mean));
  const waiting = notBefore(emitter, shift, given);
  return affine(context, { x, scale: slope, shift: waiting, activation: "step" });
}

/** The mean over each map, as `[n, c, 1, 1]`. */
function meanOfMaps(emitter: Emitter, x: Value): Value {
  const [n = 1, c = 1] = x.shape;
  const y = emitter.node("ReduceMean", [x], [n, c, 1, 1], { axes: [2, 3], keepdims: 1 });
  return { ...y, order: x.order };
}

/** The maps with mean zero, and the inverse of their standard deviation. */
function centre(
  emitter: Emitter,
  x: Value,
  epsilon: number,
): { readonly normal: Value; readonly inverse: Value } {
  const centred = emitter.binary("Sub", x, meanOfMaps(emitter, x));
  const variance = meanOfMaps(emitter, emitter.binary("Mul", centred, centred));
  const spread = emitter.unary("Sqrt", emitter.binary("Add", variance, emitter.scalar(epsilon)));
  const inverse = emitter.unary("Reciprocal", spread);
  return { normal: emitter.binary("Mul", centred, inverse), inverse };
}

/** The axis of the channels. */
function lastAxis({ shape, order }: Value): number {
  return order === "map" ? 1 : shape.length - 1;
}

/** The sum over the channels, that axis kept with size 1. */
function sumOfChannels(emitter: Emitter, x: Value): Value {
  const axis = lastAxis(x);
  const y = emitter.node("ReduceSum", [x, emitter.whole(axis)], x.shape.with(axis, 1), {
    keepdims: 1,
  });
  return { ...y, order: x.order };
}

/** The vectors of length one, and the inverse of their length. */
function unit(
  emitter: Emitter,
  x: Value,
  epsilon: number,
): { readonly normal: Value; readonly inverse: Value } {
  const squares = sumOfChannels(emitter, emitter.binary("Mul", x, x));
  const length = emitter.unary("Sqrt", emitter.binary("Add", squares, emitter.scalar(epsilon)));
  const inverse = emitter.unary("Reciprocal", length);
  return { normal: emitter.binary("Mul", x, inverse), inverse };
}

/** The expansions of this file. */
export const NORMALIZATION: Expansions<
  | "batchNormTrain"
  | "batchNormGrad"
  | "standardize"
  | "standardizeGrad"
  | "l2Normalize"
  | "l2NormalizeGrad"
> = {
  batchNormTrain,
  batchNormGrad,
  standardize: ({ epsilon }, inputs, { emitter }) => [
    centre(emitter, mapOperand(emitter, inputs, 0), epsilon).normal,
  ],
  standardizeGrad: ({ epsilon }, inputs, { emitter }) => {
    const dy = mapOperand(emitter, inputs, 0);
    const { normal, inverse } = centre(emitter, mapOperand(emitter, inputs, 1), epsilon);
    const along = emitter.binary(
      "Mul",
      normal,
      meanOfMaps(emitter, emitter.binary("Mul", dy, normal)),
    );
    const even = emitter.binary("Sub", dy, meanOfMaps(emitter, dy));
    return [emitter.binary("Mul", emitter.binary("Sub", even, along), inverse)];
  },
  l2Normalize: ({ epsilon }, inputs, { emitter }) => [
    unit(emitter, mapOperand(emitter, inputs, 0), epsilon).normal,
  ],
  l2NormalizeGrad: ({ epsilon }, inputs, { emitter }) => {
    const dy = mapOperand(emitter, inputs, 0);
    const { normal, inverse } = unit(emitter, mapOperand(emitter, inputs, 1), epsilon);
    const along = emitter.binary(
      "Mul",
      normal,
      sumOfChannels(emitter, emitter.binary("Mul", dy, normal)),
    );
    return [emitter.binary("Mul", emitter.binary("Sub", dy, along), inverse)];
  },
};
