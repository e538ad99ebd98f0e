/**
 * Sums over the rows of channels. Kernels add up blocks of rows in single
 * precision, blocks are added in double precision: the sum of a large batch is
 * then no less exact than that of a block.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import { channelsOf } from "../operands.ts";
import { type Address, FLOAT, type Heap } from "./heap.ts";

const BLOCK = 256;

/** Adds the sums of some rows to what is at `sums`; `offset` is the bytes before the first of them. */
export type AddRows = (offset: number, rows: number, sums: readonly Address[]) => void;

/** `count` sums for each channel, over the rows of a tensor like `x`. */
export function sumsOfRows(
  heap: Heap,
  x: Tensor,
  { count, add }: { readonly count: number; readonly add: AddRows },
): readonly Float64Array[] {
  const channels = channelsOf(x);
  const rows = x.size / channels;
  const totals = Array.from({ length: count }, () => new Float64Array(channels));
  heap.borrow(count * channels, (room) => {
    const places = totals.map((_, i) => room + i * channels * FLOAT);
    const block = heap.floats(room, count * channels);
    for (let row = 0; row < rows; row += BLOCK) {
      block.fill(0);
      add(row * channels * FLOAT, Math.min(BLOCK, rows - row), places);
      totals.forEach((total, i) => {
        for (let c = 0; c < channels; c++) {
          total[c] = (total[c] ?? NaN) + (block[i * channels + c] ?? NaN);
        }
      });
    }
  });
  return totals;
}

/** A tensor of one number per channel. */
export function ofChannels(heap: Heap, numbers: Float64Array): Tensor {
  const made = heap.make([numbers.length]);
  heap.floats(heap.address(made), numbers.length).set(numbers);
  return made;
}

/** The sum of each channel. */
export function sumOfRows(heap: Heap, x: Tensor): Float64Array {
  const from = heap.address(x);
  const channels = channelsOf(x);
  const [total = new Float64Array(channels)] = sumsOfRows(heap, x, {
    count: 1,
    add: (offset, rows, [sum = 0]) => heap.kernels.sum(from + offset, sum, rows, channels),
  });
  return total;
}
