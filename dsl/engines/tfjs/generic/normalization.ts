/**
 * Generic expansions of the normalisations and their gradients. With
 * `n = (x - m) / s`, a normalisation over P positions has the gradient
 * `dx = (dn - mean(dn) - n * mean(dn * n)) / s`.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Expansion } from "../expansion.ts";
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

const batchNormTrain: Expansion<"batchNormTrain"> = ({ epsilon, activation }, inputs) => {
  const x = inputs[0];
  const rows = rowsByChannels(x);
  const average = mean(rows, [0]);
  const variance = mean(squaredDifference(rows, average), [0]);
  const y = normalize({ x, mean: average, variance, scale: inputs[1], offset: inputs[2] }, epsilon);
  return [activation === "relu" ? relu(y) : y, average, variance];
};

const batchNormGrad: Expansion<"batchNormGrad"> = ({ epsilon, activation }, inputs, context) => {
  const x = inputs[1];
  const gamma = inputs[2];
  const beta = inputs[3];
  const statistics = { mean: inputs[4], variance: inputs[5] };
  const rows = rowsByChannels(x);
  const normal = normalize({ x: rows, ...statistics }, epsilon);
  const given = rowsByChannels(inputs[0]);
  const dy = activation === "relu"
    ? multiply(given, step(add(multiply(normal, gamma), beta)))
    : given;
  const dbeta = sum(dy, [0]);
  const dgamma = sum(multiply(dy, normal), [0]);
  const share = scalar(context, 1 / (rows.shape[0] ?? 1));
  const slope = multiply(
    gamma,
    inverseSquareRoot(add(statistics.variance, scalar(context, epsilon))),
  );
  const centred = subtract(
    subtract(dy, multiply(dbeta, share)),
    multiply(normal, multiply(dgamma, share)),
  );
  return [reshape(multiply(centred, slope), x.shape), dgamma, dbeta];
};

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

const standardizeGrad: Expansion<"standardizeGrad"> = ({ epsilon }, inputs, context) => {
  const dy = inputs[0];
  const { centred, inverse } = centre(inputs[1], scalar(context, epsilon));
  const normal = multiply(centred, inverse);
  const along = multiply(normal, averageOfMaps(multiply(dy, normal)));
  const rest = subtract(subtract(dy, averageOfMaps(dy)), along);
  return [multiply(rest, inverse)];
};

/** `1 / sqrt(sum of squares + epsilon)` of each row of the last axis. */
function inverseLength(x: Tensor, epsilon: Tensor): Tensor {
  return inverseSquareRoot(add(sum(square(x), [x.shape.length - 1], true), epsilon));
}

const l2NormalizeGrad: Expansion<"l2NormalizeGrad"> = ({ epsilon }, inputs, context) => {
  const dy = inputs[0];
  const x = inputs[1];
  const inverse = inverseLength(x, scalar(context, epsilon));
  const unit = multiply(x, inverse);
  const along = sum(multiply(dy, unit), [x.shape.length - 1], true);
  return [multiply(subtract(dy, multiply(unit, along)), inverse)];
};

/** The expansions of this file. */
export const NORMALIZATION: {
  readonly batchNormTrain: Expansion<"batchNormTrain">;
  readonly batchNormGrad: Expansion<"batchNormGrad">;
  readonly standardize: Expansion<"standardize">;
  readonly standardizeGrad: Expansion<"standardizeGrad">;
  readonly l2Normalize: Expansion<"l2Normalize">;
  readonly l2NormalizeGrad: Expansion<"l2NormalizeGrad">;
} = {
  batchNormTrain,
  batchNormGrad,
  standardize: ({ epsilon }, inputs, context) => {
    const { centred, inverse } = centre(inputs[0], scalar(context, epsilon));
    return [multiply(centred, inverse)];
  },
  standardizeGrad,
  l2Normalize: ({ epsilon }, inputs, context) => {
    const x = inputs[0];
    return [multiply(x, inverseLength(x, scalar(context, epsilon)))];
  },
  l2NormalizeGrad,
};
