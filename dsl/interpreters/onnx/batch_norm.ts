/**
 * Batch normalisation in training, and its gradient. What it costs is passes
 * over its map, so they are few, and each does all that it can.
 *
 * With `n = (x - m) / s`, a normalisation over P positions has the gradient
 * `dx = (dn - mean(dn) - n mean(dn n)) / s`; per channel that is
 * `dx = a dy + b x + c`.
 */
import { sizeOf } from "../../net/shape.ts";
import { dotOfBlocks, meanOfBlocks } from "./blocks.ts";
import { channelSum, notBefore, together } from "./elementwise.ts";
import { type Emitter, float, type Value } from "./emitter.ts";
import { type Expansion, type ExpansionContext, mapOperand, operand } from "./expansion.ts";
import { affine, WORTH_A_CONVOLUTION } from "./per_channel.ts";

/** How many entries one channel has. */
function countOf({ shape, order }: Value): number {
  const channels = order === "map" || order === "blocked" ? shape[1] : shape.at(-1);
  return sizeOf(shape) / (channels ?? 1);
}

/** The sum over each channel's entries of `a b`. */
function channelDot({ emitter, own }: ExpansionContext, a: Value, b: Value): Value {
  const [n = 1, channels = 1, height = 1, width = 1] = a.shape;
  if (a.order === "blocked") return dotOfBlocks(emitter, a, b);
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
 * The expansion of a batch norm in training.
 *
 * The runtime's operator may write over what it takes for running statistics,
 * so every node gets zeros that nothing else reads.
 */
export const batchNormTrain: Expansion<"batchNormTrain"> = (op, inputs, context) => {
  const { emitter } = context;
  if (operand(inputs, 0).order === "blocked") return blockedNorm(op, inputs, context);
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

/** Where a batch norm keeps its input less the mean for its gradient. */
const centredOf = (mean: Value): string => `centred by ${mean.name}`;

/** On a map in blocks: the mean, the map less the mean, its mean square, and a factor and a summand per channel. */
const blockedNorm: Expansion<"batchNormTrain"> = (op, inputs, context) => {
  const { emitter, kept } = context;
  const [x, gamma, beta] = [0, 1, 2].map((i) => operand(inputs, i)) as [Value, Value, Value];
  const mean = meanOfBlocks(emitter, x);
  const one = emitter.floats(gamma.shape, new Float32Array(sizeOf(gamma.shape)).fill(1));
  const centred = affine(context, { x, scale: one, shift: emitter.unary("Neg", mean) });
  kept.set(centredOf(mean), centred);
  const squares = channelDot(context, centred, centred);
  const variance = emitter.binary("Mul", squares, emitter.scalar(1 / countOf(x)));
  const { slope } = slopeOf(emitter, gamma, variance, op.epsilon);
  const y = affine(context, { x: centred, scale: slope, shift: beta, activation: op.activation });
  return [y, mean, variance];
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

/**
 * The expansion of a batch norm's gradients. Of a map in blocks the forward
 * pass left `x - mean`, whose own mean is zero.
 */
export const batchNormGrad: Expansion<"batchNormGrad"> = (op, inputs, context) => {
  const { emitter, kept } = context;
  const [gamma, beta, mean, variance] = [2, 3, 4, 5].map((i) => operand(inputs, i)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const on = (type: string, a: Value, b: Value): Value => emitter.binary(type, a, b);
  const centred = kept.get(centredOf(mean));
  const x = centred ?? mapOperand(emitter, inputs, 1);
  const less = (sum: Value, share: Value): Value =>
    centred === undefined ? on("Sub", sum, on("Mul", share, mean)) : sum;
  const given = emitter.inOrder(operand(inputs, 0), x.order);
  const { inverse, slope } = slopeOf(emitter, gamma, variance, op.epsilon);
  const dy = op.activation === "relu"
    ? together(
      emitter,
      "Mul",
      given,
      active(context, { x, given, slope, shift: less(beta, slope) }),
    )
    : given;
  const dbeta = channelSum(emitter, dy);
  const dgamma = on("Mul", inverse, less(channelDot(context, dy, x), dbeta));
  // dx = slope dy + b x + c
  const share = on("Mul", slope, emitter.scalar(-1 / countOf(x)));
  const b = on("Mul", share, on("Mul", inverse, dgamma));
  const c = less(on("Mul", share, dbeta), b);
  const rest = affine(context, { x, scale: b, shift: c, more: context.more });
  return [affine(context, { x: dy, scale: slope, more: rest }), dgamma, dbeta];
};

/** One where the batch norm's result is above zero, else zero; not before the gradient is there. */
function active(
  context: ExpansionContext,
  { x, given, slope, shift }: {
    readonly x: Value;
    readonly given: Value;
    readonly slope: Value;
    readonly shift: Value;
  },
): Value {
  const waiting = notBefore(context.emitter, shift, given);
  return affine(context, { x, scale: slope, shift: waiting, activation: "step" });
}
