/**
 * Generic expansions of the normalisations and their gradients. With
 * `n = (x - m) / s`, a normalisation over P positions has the gradient
 * `dx = (dn - mean(dn) - n * mean(dn * n)) / s`.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Expansions } from "../expansion.ts";
import { averageOfMaps } from "./pooling.ts";
import * as tf from "../kernels.ts";
import { rowsByChannels, scalar } from "../operands.ts";

/** The centred maps and the inverse of their standard deviation, as `[n, 1, 1, c]`. */
function centre(
  x: Tensor,
  epsilon: Tensor,
): { readonly centred: Tensor; readonly inverse: Tensor } {
  const average = averageOfMaps(x);
  const centred = tf.subtract(x, average);
  const variance = averageOfMaps(tf.square(centred));
  return { centred, inverse: tf.inverseSquareRoot(tf.add(variance, epsilon)) };
}

/** `1 / sqrt(sum of squares + epsilon)` of each row of the last axis. */
function inverseLength(x: Tensor, epsilon: Tensor): Tensor {
  return tf.inverseSquareRoot(tf.add(tf.sum(tf.square(x), [x.shape.length - 1], true), epsilon));
}

/** The expansions of this file. */
export const NORMALIZATION = {
  batchNormTrain: ({ epsilon, activation }, [x, gamma, beta]) => {
    const rows = rowsByChannels(x);
    const average = tf.mean(rows, [0]);
    const variance = tf.mean(tf.squaredDifference(rows, average), [0]);
    const y = tf.normalize({ x, mean: average, variance, scale: gamma, offset: beta }, epsilon);
    return [activation === "relu" ? tf.relu(y) : y, average, variance];
  },
  batchNormGrad: ({ epsilon, activation }, inputs, context) => {
    const [given, x, gamma, beta, mean, variance] = inputs;
    const rows = rowsByChannels(x);
    const normal = tf.normalize({ x: rows, mean, variance }, epsilon);
    const dy = rowsByChannels(given);
    const past = activation === "relu"
      ? tf.multiply(dy, tf.step(tf.add(tf.multiply(normal, gamma), beta)))
      : dy;
    const dbeta = tf.sum(past, [0]);
    const dgamma = tf.sum(tf.multiply(past, normal), [0]);
    const share = scalar(context, 1 / (rows.shape[0] ?? 1));
    const slope = tf.multiply(
      gamma,
      tf.inverseSquareRoot(tf.add(variance, scalar(context, epsilon))),
    );
    const centred = tf.subtract(
      tf.subtract(past, tf.multiply(dbeta, share)),
      tf.multiply(normal, tf.multiply(dgamma, share)),
    );
    return [tf.reshape(tf.multiply(centred, slope), x.shape), dgamma, dbeta];
  },
  standardize: ({ epsilon }, [x], context) => {
    const { centred, inverse } = centre(x, scalar(context, epsilon));
    return [tf.multiply(centred, inverse)];
  },
  standardizeGrad: ({ epsilon }, [dy, x], context) => {
    const { centred, inverse } = centre(x, scalar(context, epsilon));
    const normal = tf.multiply(centred, inverse);
    const along = tf.multiply(normal, averageOfMaps(tf.multiply(dy, normal)));
    const rest = tf.subtract(tf.subtract(dy, averageOfMaps(dy)), along);
    return [tf.multiply(rest, inverse)];
  },
  l2Normalize: ({ epsilon }, [x], context) => {
    return [tf.multiply(x, inverseLength(x, scalar(context, epsilon)))];
  },
  l2NormalizeGrad: ({ epsilon }, [dy, x], context) => {
    const inverse = inverseLength(x, scalar(context, epsilon));
    const unit = tf.multiply(x, inverse);
    const along = tf.sum(tf.multiply(dy, unit), [x.shape.length - 1], true);
    return [tf.multiply(tf.subtract(dy, tf.multiply(unit, along)), inverse)];
  },
} satisfies Partial<Expansions>;
