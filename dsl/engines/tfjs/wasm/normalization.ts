/**
 * Batch normalisation and its gradient by our own wasm kernels: three passes
 * over the maps forwards and two backwards, the rectifier among them.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import { channelsOf } from "../operands.ts";
import { overRows } from "./elementwise.ts";
import type { Heap, Ours } from "./heap.ts";
import { ofChannels, sumOfRows, sumsOfRows } from "./sums.ts";

/** A number of an array that is known to be there. */
const at = (numbers: Float32Array | Float64Array, i: number): number => numbers[i] ?? NaN;

/** `1 / sqrt(variance + epsilon)` and `gamma / sqrt(variance + epsilon)`. */
function scales(
  { floats, address }: Heap,
  [gamma, variance]: readonly [Tensor, Tensor],
  epsilon: number,
): { readonly inverse: Float64Array; readonly slope: Float64Array } {
  const inverse = Float64Array.from(
    floats(address(variance), variance.size),
    (v) => 1 / Math.sqrt(v + epsilon),
  );
  const factors = floats(address(gamma), gamma.size);
  return { inverse, slope: inverse.map((s, c) => s * at(factors, c)) };
}

/** `[y, mean, variance]`. */
export const batchNorm: Ours<"batchNormTrain"> = (heap, op, [x, gamma, beta]) => {
  const { epsilon, activation } = op;
  const { address } = heap;
  const channels = channelsOf(x);
  const rows = x.size / channels;
  const y = heap.make(x.shape);
  const mean = ofChannels(heap, sumOfRows(heap, x).map((sum) => sum / rows));
  const [squares = new Float64Array(channels)] = sumsOfRows(heap, x, {
    count: 1,
    add: (kernels, { offset, count }, [sum = 0]) =>
      kernels.sumSquares(address(x) + offset, address(mean), sum, count, channels),
  });
  const variance = ofChannels(heap, squares.map((sum) => sum / rows));
  const slope = ofChannels(heap, scales(heap, [gamma, variance], epsilon).slope);
  overRows(heap, activation === "relu" ? "normalizeRelu" : "normalize", {
    maps: [x, y],
    given: [mean, slope, beta],
  });
  return [y, mean, variance];
};

/**
 * `[dx, dgamma, dbeta]`. With s the deviation and `slope = gamma / s`:
 * `dgamma = sum(dy * (x - mean)) / s`, `dbeta = sum(dy)` and, over P rows,
 * `dx = slope * dy - (x - mean) * slope / s * dgamma / P - slope * dbeta / P`.
 */
export const batchNormGradient: Ours<"batchNormGrad"> = (heap, op, inputs) => {
  const { epsilon, activation } = op;
  const [dy, x, gamma, beta, mean, variance] = inputs;
  const { address } = heap;
  const channels = channelsOf(x);
  const rows = x.size / channels;
  const relu = activation === "relu";
  const { inverse, slope } = scales(heap, [gamma, variance], epsilon);
  const given = [mean, ofChannels(heap, slope), beta];
  const places = given.map(address);
  const sums = relu ? "normalizeReluSums" : "normalizeSums";
  const [total = slope, along = slope] = sumsOfRows(heap, x, {
    count: 2,
    add: (kernels, { offset, count }, to) =>
      kernels[sums](
        ...[address(dy) + offset, address(x) + offset],
        ...[...places, ...to, count, channels],
      ),
  });
  const dgamma = along.map((sum, c) => sum * at(inverse, c));
  const tilt = dgamma.map((sum, c) => -at(slope, c) * at(inverse, c) * sum / rows);
  const level = total.map((sum, c) => -at(slope, c) * sum / rows);
  const dx = heap.make(x.shape);
  overRows(heap, relu ? "normalizeReluGrad" : "normalizeGrad", {
    maps: [dy, x, dx],
    given: [...given, ...[tilt, level].map((numbers) => ofChannels(heap, numbers))],
  });
  return [dx, ofChannels(heap, dgamma), ofChannels(heap, total)];
};
