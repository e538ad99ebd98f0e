/**
 * Batch normalisation in training, and its gradient. What it costs is passes
 * over its map, so they are few, and each does all that it can.
 *
 * With `n = (x - m) / s`, a normalisation over P positions has the gradient
 * `dx = (dn - mean(dn) - n mean(dn n)) / s`; per channel that is
 * `dx = a dy + b x + c`.
 */
import type { Activation } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";
import { convolveBlocks, dotOfBlocks, meanOfBlocks } from "./blocks.ts";
import { channelSum, notBefore, positive, STEEP } from "./elementwise.ts";
import { channelAxis, type Emitter, type Expansions } from "./emitter.ts";
import { MICROSOFT } from "./model.ts";
import { float, type Value } from "./writer.ts";

/** Maps of at least this many pixels are worth a convolution per channel. */
const WORTH_A_CONVOLUTION = 256;

/** Whether a pass over a map, NCHW, is best done by an operator of the runtime's own. */
function isLarge(e: Emitter, { order, shape: [, , height = 1, width = 1] }: Value): boolean {
  return e.own && order === "map" && height * width >= WORTH_A_CONVOLUTION;
}

/** How many entries one channel has. */
function countOf(x: Value): number {
  return sizeOf(x.shape) / (x.shape[channelAxis(x)] ?? 1);
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
  /** What is done last; `step` is 1 above zero, else 0. */
  readonly activation?: Activation | "step";
}

/** The attributes of a convolution with an activation behind it. */
const FUSED = {
  none: {},
  relu: { activation: "Relu" },
  step: { activation: "HardSigmoid", activation_params: { kind: "floats", value: [STEEP, 0] } },
} as const;

/**
 * `activation(scale x + shift + more)`: for the runtime one convolution with a
 * 1x1 kernel for every channel of its own, in a single pass over the map.
 */
function affine(e: Emitter, { x, scale, shift, more, activation = "none" }: Affine): Value {
  const { shape, order } = x;
  const [, channels = 1] = shape;
  const attributes = { kernel_shape: [1, 1], group: channels, ...FUSED[activation] };
  const kernel = (): Value => e.reshape(scale, [channels, 1, 1, 1]);
  if (order === "blocked") {
    return convolveBlocks(e, { x, kernel: kernel(), bias: shift, more, shape, attributes });
  }
  const map = more === undefined ? undefined : e.inOrder(more, order);
  if (isLarge(e, x)) {
    const y = e.node("FusedConv", [x, kernel(), shift, map], shape, attributes, MICROSOFT);
    return { ...y, order };
  }
  const scaled = e.mul(x, scale);
  const moved = shift === undefined ? scaled : e.add(scaled, shift);
  const y = map === undefined ? moved : e.add(moved, map);
  return activation === "none" ? y : activation === "relu" ? e.unary("Relu", y) : positive(e, y);
}

/** The sum over each channel's entries of `a b`. */
function channelDot(e: Emitter, a: Value, b: Value): Value {
  const [n = 1, channels = 1, height = 1, width = 1] = a.shape;
  if (a.order === "blocked") return dotOfBlocks(e, a, b);
  if (!isLarge(e, a)) return channelSum(e, e.mul(a, b));
  const [left, right] = [a, b].map((map) => e.reshape(map, [n * channels, 1, height * width]));
  const shape = [n * channels, 1, 1];
  const dots = e.node("FusedMatMul", [left, right], shape, { transB: 1 }, MICROSOFT);
  return e.reduce("ReduceSum", e.reshape(dots, [n, channels]), [0]);
}

/** A map in blocks less the mean of each channel. */
function centred(e: Emitter, x: Value, mean: Value): Value {
  return affine(e, { x, scale: e.filled(mean.shape, 1), shift: e.unary("Neg", mean) });
}

/** The inverse of the standard deviation, and gamma times that. */
function slopeOf(
  e: Emitter,
  gamma: Value,
  variance: Value,
  epsilon: number,
): readonly [Value, Value] {
  const inverse = e.unary("Reciprocal", e.unary("Sqrt", e.add(variance, epsilon)));
  return [inverse, e.mul(gamma, inverse)];
}

/**
 * Zeros for each channel, twice. The runtime's operator may write over what it takes for running
 * statistics, and it and this writer bring together what is computed alike, so they are made of all
 * that tells one normalisation from another.
 */
function zerosOf(e: Emitter, x: Value, gamma: Value, beta: Value): readonly [Value, Value] {
  const row = e.reshape(x, [sizeOf(x.shape)]);
  const entries = e.node("Slice", [row, e.whole([0]), e.whole(gamma.shape)], gamma.shape);
  const own = e.add(e.add(entries, gamma), beta);
  return [e.sub(own, own), e.mul(own, 0)];
}

/** The expansions of this file. */
export const BATCH_NORM = {
  batchNormTrain: ({ e, op: { epsilon, activation } }, given, gamma, beta) => {
    if (given.order === "blocked") {
      // The mean, the map less the mean, its mean square, and a factor and a summand per channel.
      const mean = meanOfBlocks(e, given);
      const x = centred(e, given, mean);
      const variance = e.mul(channelDot(e, x, x), 1 / countOf(x));
      const [, scale] = slopeOf(e, gamma, variance, epsilon);
      return [affine(e, { x, scale, shift: beta, activation }), mean, variance];
    }
    const x = e.map(given);
    const inputs = [x, gamma, beta, ...zerosOf(e, x, gamma, beta)];
    const attributes = { training_mode: 1, momentum: float(0), epsilon: float(epsilon) };
    const node = { type: "BatchNormalization", inputs, attributes };
    const results = e.write(node, [x.shape, gamma.shape, gamma.shape]);
    const [y, mean, variance] = results as readonly [Value, Value, Value];
    const map: Value = { ...y, order: x.order };
    return [activation === "relu" ? e.unary("Relu", map) : map, mean, variance];
  },
  batchNormGrad: (
    { e, op: { epsilon, activation }, more },
    dresult,
    input,
    gamma,
    beta,
    mean,
    variance,
  ) => {
    // Of a map in blocks the forward pass has computed `x - mean`, whose own mean is zero.
    const blocked = input.order === "blocked";
    const x = blocked ? centred(e, input, mean) : e.map(input);
    const less = (sum: Value, share: Value): Value =>
      blocked ? sum : e.sub(sum, e.mul(share, mean));
    const given = e.inOrder(dresult, x.order);
    const [inverse, slope] = slopeOf(e, gamma, variance, epsilon);
    /** One where the result was above zero, else zero; not before the gradient is there. */
    const active = (): Value => {
      const shift = notBefore(e, less(beta, slope), given);
      return affine(e, { x, scale: slope, shift, activation: "step" });
    };
    const dy = activation === "relu" ? e.mul(given, active()) : given;
    const dbeta = channelSum(e, dy);
    const dgamma = e.mul(inverse, less(channelDot(e, dy, x), dbeta));
    // dx = slope dy + b x + c
    const share = e.mul(slope, -1 / countOf(x));
    const b = e.mul(share, e.mul(inverse, dgamma));
    const c = less(e.mul(share, dbeta), b);
    const rest = affine(e, { x, scale: b, shift: c, more });
    return [affine(e, { x: dy, scale: slope, more: rest }), dgamma, dbeta];
  },
} satisfies Partial<Expansions>;
