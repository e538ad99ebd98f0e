/**
 * Generic expansions of softmax, the cross entropy loss and accuracy. The
 * loss of logits z and targets t, with t' = (1 - smoothing) t + smoothing / K,
 * is the batch's mean of `-sum t' log softmax(z)`; its gradient in z is
 * `(softmax(z) sum t' - t') / N`.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ExpansionContext, Expansions } from "../expansion.ts";
import {
  add,
  argMaxOfRows,
  exponential,
  largest,
  logarithm,
  mean,
  multiply,
  runKernel,
  softmax,
  subtract,
  sum,
} from "../kernels.ts";
import { channelsOf, scalar } from "../operands.ts";

/** The targets with `smoothing` of their mass spread evenly over the classes. */
function smoothed(targets: Tensor, smoothing: number, context: ExpansionContext): Tensor {
  if (smoothing === 0) return targets;
  return add(
    multiply(targets, scalar(context, 1 - smoothing)),
    scalar(context, smoothing / channelsOf(targets)),
  );
}

/** The expansions of this file. */
export const LOSS = {
  softmax: (_, [x]) => [softmax(x)],
  softmaxGrad: (_, [dy, y]) => {
    const along = sum(multiply(dy, y), [y.shape.length - 1], true);
    return [multiply(y, subtract(dy, along))];
  },
  softmaxCrossEntropy: ({ smoothing }, [logits, given], context) => {
    const targets = smoothed(given, smoothing, context);
    const below = subtract(logits, largest(logits, [1], true));
    const logOfSum = logarithm(sum(exponential(below), [1], true));
    const losses = sum(multiply(targets, subtract(logOfSum, below)), [1]);
    return [mean(losses, [0])];
  },
  softmaxCrossEntropyGrad: ({ smoothing }, [dloss, logits, given], context) => {
    const targets = smoothed(given, smoothing, context);
    const mass = sum(targets, [1], true);
    const scale = multiply(dloss, scalar(context, 1 / (logits.shape[0] ?? 1)));
    return [multiply(subtract(multiply(softmax(logits), mass), targets), scale)];
  },
  accuracy: (_, [logits, targets]) => {
    const same = runKernel("Equal", { a: argMaxOfRows(logits), b: argMaxOfRows(targets) });
    return [mean(runKernel("Cast", { x: same }, { dtype: "float32" }), [0])];
  },
} satisfies Partial<Expansions>;
