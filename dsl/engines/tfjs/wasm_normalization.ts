/**
 * Batch normalisation and its gradient by our own wasm kernels: three passes
 * over the maps forwards and two backwards, the rectifier among them.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpOf } from "../../graph/op.ts";
import { channelsOf, operand } from "./operands.ts";
import type { Heap } from "./wasm_heap.ts";

const FLOAT = 4;

/** A float of an array that is known to be there. */
const at = (numbers: Float32Array, i: number): number => numbers[i] ?? NaN;

/** A tensor of zeros of one number per channel. */
function zeros(heap: Heap, channels: number): Tensor {
  const made = heap.make([channels]);
  heap.floats(heap.address(made), channels).fill(0);
  return made;
}

/** `[y, mean, variance]`. */
export function batchNorm(
  heap: Heap,
  { epsilon, activation }: OpOf<"batchNormTrain">,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const { kernels, address, floats } = heap;
  const [x, gamma, beta] = [0, 1, 2].map((i) => operand(inputs, i)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const channels = channelsOf(x);
  const rows = x.size / channels;
  const y = heap.make(x.shape);
  const [mean, variance] = [zeros(heap, channels), zeros(heap, channels)];
  const divide = (sums: Tensor): void => {
    const numbers = floats(address(sums), channels);
    numbers.forEach((sum, c) => numbers[c] = sum / rows);
  };
  kernels.sum(address(x), address(mean), rows, channels);
  divide(mean);
  kernels.sumSquares(
    ...[address(x), address(mean), address(variance), rows, channels],
  );
  divide(variance);
  heap.borrow(channels, (slope) => {
    const slopes = floats(slope, channels);
    const variances = floats(address(variance), channels);
    floats(address(gamma), channels).forEach((g, c) => {
      slopes[c] = g / Math.sqrt(at(variances, c) + epsilon);
    });
    const pass = activation === "relu" ? kernels.normalizeRelu : kernels.normalize;
    pass(
      ...[address(x), address(y), address(mean), slope, address(beta)],
      ...[rows, channels],
    );
  });
  return [y, mean, variance];
}

/**
 * `[dx, dgamma, dbeta]`. With `slope = gamma / s`, `s` the deviation,
 * `dx = slope * (dy - mean(dy)) - (x - mean) * slope / s * mean(dy * (x - mean) / s)`.
 */
export function batchNormGradient(
  heap: Heap,
  { epsilon, activation }: OpOf<"batchNormGrad">,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const { kernels, floats } = heap;
  const address = (i: number): number => heap.address(operand(inputs, i));
  const [dy, x, gamma, beta, mean, variance] = [0, 1, 2, 3, 4, 5].map(
    address,
  ) as [number, number, number, number, number, number];
  const channels = channelsOf(operand(inputs, 1));
  const rows = operand(inputs, 1).size / channels;
  const dx = heap.make(operand(inputs, 1).shape);
  const [dgamma, dbeta] = [zeros(heap, channels), zeros(heap, channels)];
  const [along, total] = [heap.address(dgamma), heap.address(dbeta)];
  const relu = activation === "relu";
  heap.borrow(3 * channels, (slope) => {
    const [tilt, level] = [1, 2].map((i) => slope + i * channels * FLOAT) as [
      number,
      number,
    ];
    const [slopes, tilts, levels] = [slope, tilt, level].map((each) => floats(each, channels)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const variances = floats(variance, channels);
    floats(gamma, channels).forEach((g, c) => {
      slopes[c] = g / Math.sqrt(at(variances, c) + epsilon);
    });
    const sums = relu ? kernels.normalizeReluSums : kernels.normalizeSums;
    sums(dy, x, mean, slope, beta, total, along, rows, channels);
    const totals = floats(total, channels);
    const products = floats(along, channels);
    for (let c = 0; c < channels; c++) {
      const inverse = 1 / Math.sqrt(at(variances, c) + epsilon);
      const share = at(products, c) * inverse;
      products[c] = share;
      tilts[c] = -at(slopes, c) * inverse * share / rows;
      levels[c] = -at(slopes, c) * at(totals, c) / rows;
    }
    const pass = relu ? kernels.normalizeReluGrad : kernels.normalizeGrad;
    pass(
      ...[dy, x, heap.address(dx), mean, slope, beta, tilt, level],
      ...[rows, channels],
    );
  });
  return [dx, dgamma, dbeta];
}
