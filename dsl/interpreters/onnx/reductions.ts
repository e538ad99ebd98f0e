/**
 * Normalisations of single samples, softmax, the cross entropy loss and
 * accuracy, with their gradients. The loss of logits z and targets t, with
 * t' = (1 - smoothing) t + smoothing / K, is the batch's mean of
 * `-sum t' log softmax(z)`; its gradient in z is `(softmax(z) sum t' - t') / N`.
 */
import { channelAxis, type Emitter, type Expansions } from "./emitter.ts";
import type { Value } from "./writer.ts";

/** The targets with `smoothing` of their mass spread evenly over the classes. */
function smoothed(e: Emitter, targets: Value, smoothing: number): Value {
  if (smoothing === 0) return targets;
  return e.add(e.mul(targets, 1 - smoothing), smoothing / (targets.shape[1] ?? 1));
}

/** The sum over the channels, that axis kept with size 1. */
function sumOfChannels(e: Emitter, x: Value): Value {
  return e.reduce("ReduceSum", x, [channelAxis(x)], { keep: true });
}

/** The mean over each map, as `[n, c, 1, 1]`. */
function meanOfMaps(e: Emitter, x: Value): Value {
  return e.reduce("ReduceMean", x, [2, 3], { keep: true });
}

/** A value of size one, and the inverse of the size that it had. */
interface Unit {
  readonly normal: Value;
  readonly inverse: Value;
}

function divided(e: Emitter, x: Value, squares: Value, epsilon: number): Unit {
  const inverse = e.unary("Reciprocal", e.unary("Sqrt", e.add(squares, epsilon)));
  return { normal: e.mul(x, inverse), inverse };
}

/** The maps with mean zero and variance one. */
function standard(e: Emitter, x: Value, epsilon: number): Unit {
  const centred = e.sub(x, meanOfMaps(e, x));
  return divided(e, centred, meanOfMaps(e, e.mul(centred, centred)), epsilon);
}

/** The vectors of length one. */
function direction(e: Emitter, x: Value, epsilon: number): Unit {
  return divided(e, x, sumOfChannels(e, e.mul(x, x)), epsilon);
}

/** The place of each row's largest entry. */
function largest(e: Emitter, x: Value): Value {
  return e.node("ArgMax", [x], [x.shape[0] ?? 1], { axis: 1, keepdims: 0 });
}

/** The expansions of this file. */
export const REDUCTIONS = {
  standardize: ({ e, op }, x) => [standard(e, e.map(x), op.epsilon).normal],
  standardizeGrad: ({ e, op }, given, x) => {
    const dy = e.map(given);
    const { normal, inverse } = standard(e, e.map(x), op.epsilon);
    const along = e.mul(normal, meanOfMaps(e, e.mul(dy, normal)));
    return [e.mul(e.sub(e.sub(dy, meanOfMaps(e, dy)), along), inverse)];
  },
  l2Normalize: ({ e, op }, x) => [direction(e, e.map(x), op.epsilon).normal],
  l2NormalizeGrad: ({ e, op }, given, x) => {
    const dy = e.map(given);
    const { normal, inverse } = direction(e, e.map(x), op.epsilon);
    const along = e.mul(normal, sumOfChannels(e, e.mul(dy, normal)));
    return [e.mul(e.sub(dy, along), inverse)];
  },
  softmax: ({ e }, operand) => {
    const x = e.map(operand);
    return [e.unary("Softmax", x, { axis: channelAxis(x) })];
  },
  softmaxGrad: ({ e }, given, result) => {
    const [dy, y] = [e.map(given), e.map(result)];
    return [e.mul(y, e.sub(dy, sumOfChannels(e, e.mul(dy, y))))];
  },
  softmaxCrossEntropy: ({ e, op }, logits, targets) => {
    const logs = e.unary("LogSoftmax", logits, { axis: 1 });
    const rows = e.reduce("ReduceSum", e.mul(smoothed(e, targets, op.smoothing), logs), [1]);
    return [e.unary("Neg", e.reduce("ReduceMean", rows, [0]))];
  },
  softmaxCrossEntropyGrad: ({ e, op }, dloss, logits, given) => {
    const targets = smoothed(e, given, op.smoothing);
    const wanted = e.mul(e.unary("Softmax", logits, { axis: 1 }), sumOfChannels(e, targets));
    return [e.mul(e.sub(wanted, targets), e.mul(dloss, 1 / (logits.shape[0] ?? 1)))];
  },
  accuracy: ({ e }, logits, targets) => {
    const same = e.binary("Equal", largest(e, logits), largest(e, targets));
    return [e.reduce("ReduceMean", e.unary("Cast", same, { to: 1 }), [0])];
  },
} satisfies Partial<Expansions>;
