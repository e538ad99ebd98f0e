/**
 * Batch normalisation and its gradient by our own wasm kernels: three passes
 * over the maps forwards and two backwards, the rectifier among them.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpOf } from "../../graph/op.ts";
import { channelsOf, operand } from "./operands.ts";
import type { Heap } from "./wasm_heap.ts";
import { ofChannels, sumOfRows, sumsOfRows } from "./wasm_sums.ts";

/** A number of an array that is known to be there. */
const at = (numbers: Float32Array | Float64Array, i: number): number => numbers[i] ?? NaN;

/** `gamma / sqrt(variance + epsilon)`. */
function slopes(
  heap: Heap,
  [gamma, variance]: readonly [Tensor, Tensor],
  epsilon: number,
): Float64Array {
  const scales = heap.floats(heap.address(gamma), gamma.size);
  const variances = heap.floats(heap.address(variance), gamma.size);
  return Float64Array.from(
    scales,
    (scale, c) => scale / Math.sqrt(at(variances, c) + epsilon),
  );
}

/** `[y, mean, variance]`. */
export function batchNorm(
  heap: Heap,
  { epsilon, activation }: OpOf<"batchNormTrain">,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const { kernels, address } = heap;
  const [x, gamma, beta] = [0, 1, 2].map((i) => operand(inputs, i)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const channels = channelsOf(x);
  const rows = x.size / channels;
  const y = heap.make(x.shape);
  const mean = ofChannels(heap, sumOfRows(heap, x).map((sum) => sum / rows));
  const [squares = new Float64Array(channels)] = sumsOfRows(heap, x, {
    count: 1,
    add: (offset, block, [sum = 0]) =>
      kernels.sumSquares(address(x) + offset, address(mean), sum, block, channels),
  });
  const variance = ofChannels(heap, squares.map((sum) => sum / rows));
  const slope = ofChannels(heap, slopes(heap, [gamma, variance], epsilon));
  const pass = activation === "relu" ? kernels.normalizeRelu : kernels.normalize;
  pass(...[x, y, mean, slope, beta].map(address), rows, channels);
  return [y, mean, variance];
}

/**
 * `[dx, dgamma, dbeta]`. With s the deviation and `slope = gamma / s`:
 * `dgamma = sum(dy * (x - mean)) / s`, `dbeta = sum(dy)` and, over P rows,
 * `dx = slope * dy - (x - mean) * slope / s * dgamma / P - slope * dbeta / P`.
 */
export function batchNormGradient(
  heap: Heap,
  { epsilon, activation }: OpOf<"batchNormGrad">,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const { kernels, address } = heap;
  const [dy, x, gamma, beta, mean, variance] = [0, 1, 2, 3, 4, 5].map((i) =>
    operand(inputs, i)
  ) as [
    ...[Tensor, Tensor, Tensor],
    ...[Tensor, Tensor, Tensor],
  ];
  const channels = channelsOf(x);
  const rows = x.size / channels;
  const relu = activation === "relu";
  const steepness = slopes(heap, [gamma, variance], epsilon);
  const slope = ofChannels(heap, steepness);
  const given = [mean, slope, beta].map(address);
  const addRows = relu ? kernels.normalizeReluSums : kernels.normalizeSums;
  const [total = steepness, along = steepness] = sumsOfRows(heap, x, {
    count: 2,
    add: (offset, block, sums) =>
      addRows(address(dy) + offset, address(x) + offset, ...given, ...sums, block, channels),
  });
  const variances = heap.floats(address(variance), channels);
  const inverse = (c: number): number => 1 / Math.sqrt(at(variances, c) + epsilon);
  const dgamma = along.map((sum, c) => sum * inverse(c));
  const tilt = steepness.map((s, c) => -s * inverse(c) * at(dgamma, c) / rows);
  const level = steepness.map((s, c) => -s * at(total, c) / rows);
  const dx = heap.make(x.shape);
  const pass = relu ? kernels.normalizeReluGrad : kernels.normalizeGrad;
  const lines = [tilt, level].map((numbers) => address(ofChannels(heap, numbers)));
  pass(...[dy, x, dx].map(address), ...given, ...lines, rows, channels);
  return [dx, ofChannels(heap, dgamma), ofChannels(heap, total)];
}
