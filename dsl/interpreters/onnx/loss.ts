/**
 * Softmax, the cross entropy loss and accuracy. The loss of logits z and
 * targets t, with t' = (1 - smoothing) t + smoothing / K, is the batch's mean
 * of `-sum t' log softmax(z)`; its gradient in z is
 * `(softmax(z) sum t' - t') / N`.
 */
import type { Emitter, Value } from "./emitter.ts";
import { channelAxis, type Expansions, mapOperand, operand } from "./expansion.ts";
import { together } from "./elementwise.ts";

/** The targets with `smoothing` of their mass spread evenly over the classes. */
function smoothed(emitter: Emitter, targets: Value, smoothing: number): Value {
  if (smoothing === 0) return targets;
  const kept = emitter.binary("Mul", targets, emitter.scalar(1 - smoothing));
  return emitter.binary("Add", kept, emitter.scalar(smoothing / (targets.shape[1] ?? 1)));
}

function sumAlong(emitter: Emitter, x: Value, axis: number): Value {
  const sum = emitter.node("ReduceSum", [x, emitter.whole(axis)], x.shape.with(axis, 1), {
    keepdims: 1,
  });
  return { ...sum, order: x.order };
}

/** The place of each row's largest entry. */
function largest(emitter: Emitter, x: Value): Value {
  return emitter.node("ArgMax", [x], [x.shape[0] ?? 1], { axis: 1, keepdims: 0 });
}

/** The expansions of this file. */
export const LOSS: Expansions<
  "softmax" | "softmaxGrad" | "softmaxCrossEntropy" | "softmaxCrossEntropyGrad" | "accuracy"
> = {
  softmax: (_, inputs, { emitter }) => {
    const x = mapOperand(emitter, inputs, 0);
    return [emitter.unary("Softmax", x, { axis: channelAxis(x) })];
  },
  softmaxGrad: (_, inputs, { emitter }) => {
    const dy = mapOperand(emitter, inputs, 0);
    const y = mapOperand(emitter, inputs, 1);
    const along = sumAlong(emitter, emitter.binary("Mul", dy, y), channelAxis(y));
    return [together(emitter, "Mul", y, emitter.binary("Sub", dy, along))];
  },
  softmaxCrossEntropy: ({ smoothing }, inputs, { emitter }) => {
    const logs = emitter.unary("LogSoftmax", operand(inputs, 0), { axis: 1 });
    const targets = smoothed(emitter, operand(inputs, 1), smoothing);
    const each = emitter.binary("Mul", targets, logs);
    const rows = emitter.node("ReduceSum", [each, emitter.whole(1)], [each.shape[0] ?? 1], {
      keepdims: 0,
    });
    const mean = emitter.node("ReduceMean", [rows], [], { axes: [0], keepdims: 0 });
    return [emitter.unary("Neg", mean)];
  },
  softmaxCrossEntropyGrad: ({ smoothing }, inputs, { emitter }) => {
    const logits = operand(inputs, 1);
    const targets = smoothed(emitter, operand(inputs, 2), smoothing);
    const chances = emitter.unary("Softmax", logits, { axis: 1 });
    const wanted = emitter.binary("Mul", chances, sumAlong(emitter, targets, 1));
    const share = emitter.scalar(1 / (logits.shape[0] ?? 1));
    const scale = emitter.binary("Mul", operand(inputs, 0), share);
    return [emitter.binary("Mul", emitter.binary("Sub", wanted, targets), scale)];
  },
  accuracy: (_, inputs, { emitter }) => {
    const [logits, targets] = [operand(inputs, 0), operand(inputs, 1)];
    const same = emitter.binary("Equal", largest(emitter, logits), largest(emitter, targets));
    const ones = emitter.unary("Cast", same, { to: 1 });
    return [emitter.node("ReduceMean", [ones], [], { axes: [0], keepdims: 0 })];
  },
};
