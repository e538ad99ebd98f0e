/**
 * Generic expansions of the normalisations and their gradients. With
 * `n = (x - m) / s`, a normalisation over P positions has the gradient
 * `dx = (dn - mean(dn) - n * mean(dn * n)) / s`.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Expansions } from "../expansion.ts";
import { averageOfMaps } from "./pooling.ts";
import {
  add,
  inverseSquareRoot,
  mean,
  multiply,
  normalize,
  relu,
  reshape,
  square,
  squaredDifference,
  step,
  subtract,
  sum,
} from "../kernels.ts";
import { rowsByChannels, scalar } from "../operands.ts";

/** The centred maps and the inverse of their standard deviation, as `[n, 1, 1, c]`. */
function centre(
  x: Tensor,
  epsilon: Tensor,
): { readonly centred: Tensor; readonly inverse: Tensor } {
  const average = averageOfMaps(x);
  const centred = subtract(x, average);
  const variance = averageOfMaps(square(centred));
  return { centred, inverse: inverseSquareRoot(add(variance, epsilon)) };
}

/** `1 / sqrt(sum of squares + epsilon)` of each row of the last axis. */
function inverseLength(x: Tensor, epsilon: Tensor): Tensor {
  return inverseSquareRoot(add(sum(square(x), [x.shape.length - 1], true), epsilon));
}

/** The expansions of this file. */
export const NORMALIZATION = {
  batchNormTrain: ({ epsilon, activation }, [x, gamma, beta]) => {
    const rows = rowsByChannels(x);
    const average = mean(rows, [0]);
    const variance = mean(squaredDifference(rows, average), [0]);
    const y = normalize({ x, mean: average, variance, scale: gamma, offset: beta }, epsilon);
    return [activation === "relu" ? relu(y) : y, average, variance];
  },
  batchNormGrad: ({ epsilon, activation }, inputs, context) => {
    const [given, x, gamma, beta, mean, variance] = inputs;
    const rows = rowsByChannels(x);
    const normal = normalize({ x: rows, mean, variance }, epsilon);
    const dy = rowsByChannels(given);
    const past = activation === "relu"
      ? multiply(dy, step(add(multiply(normal, gamma), beta)))
      : dy;
    const dbeta = sum(past, [0]);
    const dgamma = sum(multiply(past, normal), [0]);
    const share = scalar(context, 1 / (rows.shape[0] ?? 1));
    const slope = multiply(gamma, inverseSquareRoot(add(variance, scalar(context, epsilon))));
    const centred = subtract(
      subtract(past, multiply(dbeta, share)),
      multiply(normal, multiply(dgamma, share)),
    );
    return [reshape(multiply(centred, slope), x.shape), dgamma, dbeta];
  },
  standardize: ({ epsilon }, [x], context) => {
    const { centred, inverse } = centre(x, scalar(context, epsilon));
    return [multiply(centred, inverse)];
  },
  standardizeGrad: ({ epsilon }, [dy, x], context) => {
    const { centred, inverse } = centre(x, scalar(context, epsilon));
    const normal = multiply(centred, inverse);
    const along = multiply(normal, averageOfMaps(multiply(dy, normal)));
    const rest = subtract(subtract(dy, averageOfMaps(dy)), along);
    return [multiply(rest, inverse)];
  },
  l2Normalize: ({ epsilon }, [x], context) => {
    return [multiply(x, inverseLength(x, scalar(context, epsilon)))];
  },
  l2NormalizeGrad: ({ epsilon }, [dy, x], context) => {
    const inverse = inverseLength(x, scalar(context, epsilon));
    const unit = multiply(x, inverse);
    const along = sum(multiply(dy, unit), [x.shape.length - 1], true);
    return [multiply(subtract(dy, multiply(unit, along)), inverse)];
  },
} satisfies Partial<Expansions>;
