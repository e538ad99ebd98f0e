/**
 * Generic expansions of softmax, the cross entropy loss and accuracy. The
 * loss of logits z and targets t, with t' = (1 - smoothing) t + smoothing / K,
 * is the batch's mean of `-sum t' log softmax(z)`; its gradient in z is
 * `(softmax(z) sum t' - t') / N`.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ExpansionContext, Expansions } from "../expansion.ts";
import * as tf from "../kernels.ts";
import { channelsOf, scalar } from "../operands.ts";

/** The targets with `smoothing` of their mass spread evenly over the classes. */
function smoothed(targets: Tensor, smoothing: number, context: ExpansionContext): Tensor {
  if (smoothing === 0) return targets;
  return tf.add(
    tf.multiply(targets, scalar(context, 1 - smoothing)),
    scalar(context, smoothing / channelsOf(targets)),
  );
}

/** The expansions of this file. */
export const LOSS = {
  softmax: (_, [x]) => [tf.softmax(x)],
  softmaxGrad: (_, [dy, y]) => {
    const along = tf.sum(tf.multiply(dy, y), [y.shape.length - 1], true);
    return [tf.multiply(y, tf.subtract(dy, along))];
  },
  softmaxCrossEntropy: ({ smoothing }, [logits, given], context) => {
    const targets = smoothed(given, smoothing, context);
    const below = tf.subtract(logits, tf.largest(logits, [1], true));
    const logOfSum = tf.logarithm(tf.sum(tf.exponential(below), [1], true));
    const losses = tf.sum(tf.multiply(targets, tf.subtract(logOfSum, below)), [1]);
    return [tf.mean(losses, [0])];
  },
  softmaxCrossEntropyGrad: ({ smoothing }, [dloss, logits, given], context) => {
    const targets = smoothed(given, smoothing, context);
    const mass = tf.sum(targets, [1], true);
    const scale = tf.multiply(dloss, scalar(context, 1 / (logits.shape[0] ?? 1)));
    return [tf.multiply(tf.subtract(tf.multiply(tf.softmax(logits), mass), targets), scale)];
  },
  accuracy: (_, [logits, targets]) => {
    const same = tf.runKernel("Equal", { a: tf.argMaxOfRows(logits), b: tf.argMaxOfRows(targets) });
    return [tf.mean(tf.runKernel("Cast", { x: same }, { dtype: "float32" }), [0])];
  },
} satisfies Partial<Expansions>;
