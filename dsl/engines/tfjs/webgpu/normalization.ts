/**
 * Batch normalisation and channel sums in few shaders.
 *
 * The statistics are taken in one pass over the map: each chunk sums `x - k`
 * and `(x - k)²` about a value k of its own (its first entry), which keeps the
 * difference of squares exact enough when the mean is far from zero; the
 * chunks are then merged by their means (Chan, Golub and LeVeque, 1979).
 */
import type { Expansions } from "../expansion.ts";
import { allButLast } from "../generic/elementwise.ts";
import { GENERIC } from "../generic/generic.ts";
import { perColumn, sumChunks, totalOf } from "./columns.ts";
import { mostOperands, pointwise } from "./program.ts";

/** For each chunk: its number of rows, its mean and the squares about that mean. */
const CHUNK = `
  let start = chunk * uniforms.chunkRows;
  let count = f32(min(start + uniforms.chunkRows, uniforms.rows) - start);
  let s1 = sums[chunk * uniforms.channels + column];
  let s2 = sums[(uniforms.chunks + chunk) * uniforms.channels + column];
  let chunkMean = x[start * uniforms.channels + column] + s1 / count;
  let squares = max(s2 - s1 * s1 / count, 0.0);`;

/** The normalised entry, and the gradient past the activation. */
const PAST_ACTIVATION = {
  none: "let n = (x - mean) * inverseSqrt(variance + epsilon); let d = dy;",
  relu: `
    let n = (x - mean) * inverseSqrt(variance + epsilon);
    let d = select(T(0.0), dy, gamma * n + beta > T(0.0));`,
} as const;

/** The expansions of this file. */
export const WEBGPU_NORMALIZATION = {
  batchNormTrain: ({ epsilon, activation }, [x, gamma, beta]) => {
    const chunkSums = sumChunks({
      key: "moments",
      entries: { x },
      prologue: "let k = xBuffer[first];",
      statements: "let d = x - k;",
      terms: ["d", "d * d"],
    });
    const mean = perColumn(
      "mean of chunks",
      `for (var chunk = 0; chunk < uniforms.chunks; chunk++) {
       ${CHUNK}
       total += chunkMean * (count / f32(uniforms.rows));
     }`,
      { operands: { x }, chunkSums },
    );
    const variance = perColumn(
      "variance of chunks",
      `for (var chunk = 0; chunk < uniforms.chunks; chunk++) {
       ${CHUNK}
       let off = chunkMean - mean[column];
       total += (squares + count * off * off) / f32(uniforms.rows);
     }`,
      { operands: { x, mean }, chunkSums },
    );
    const y = pointwise({
      key: `batch norm ${activation}`,
      operands: { x, gamma, beta, mean, variance },
      statements: "let y = gamma * inverseSqrt(variance + epsilon) * (x - mean) + beta;",
      expression: activation === "relu" ? "max(y, T(0.0))" : "y",
      numbers: { epsilon },
    });
    return [y, mean, variance];
  },
  batchNormGrad: (op, inputs, context) => {
    if (mostOperands() < 8) return GENERIC.batchNormGrad(op, inputs, context);
    const { epsilon, activation } = op;
    const [dy, x, gamma, beta, mean, variance] = inputs;
    const perChannel = { gamma, beta, mean, variance };
    const chunkSums = sumChunks({
      key: `batch norm gradient sums ${activation}`,
      entries: { dy, x },
      channels: perChannel,
      statements: PAST_ACTIVATION[activation].replaceAll("T(0.0)", "0.0"),
      terms: ["d", "d * n"],
      numbers: { epsilon },
    });
    const dbeta = totalOf(chunkSums, 0);
    const dgamma = totalOf(chunkSums, 1);
    const dx = pointwise({
      key: `batch norm gradient ${activation}`,
      operands: { dy, x, ...perChannel, dgamma, dbeta },
      statements: PAST_ACTIVATION[activation],
      expression:
        "gamma * inverseSqrt(variance + epsilon) * (d - share * dbeta - n * (share * dgamma))",
      numbers: { epsilon, share: 1 / chunkSums.rows },
    });
    return [dx, dgamma, dbeta];
  },
  sum: (op, inputs, context) => {
    const [x] = inputs;
    return allButLast(op.axes, x.shape)
      ? [totalOf(sumChunks({ key: "channel sum", entries: { x }, terms: ["x"] }), 0)]
      : GENERIC.sum(op, inputs, context);
  },
} satisfies Partial<Expansions>;
