/**
 * Sums over the rows of channels. Kernels add up blocks of rows in single
 * precision, blocks are added in double precision: the sum of a large batch is
 * then no less exact than that of a block.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import { channelsOf } from "../operands.ts";
import { type Address, FLOAT, type Heap } from "./heap.ts";
import type { Kernels } from "./kernels.ts";

const BLOCK = 256;

/** Adds the sums of some rows to what is at `sums`; `offset` is the bytes before the first of them. */
export type AddRows = (
  kernels: Kernels,
  rows: { readonly offset: number; readonly count: number },
  sums: readonly Address[],
) => void;

/** `count` sums for each channel, over the rows of a tensor like `x`. */
export function sumsOfRows(
  heap: Heap,
  x: Tensor,
  { count, add }: { readonly count: number; readonly add: AddRows },
): readonly Float64Array[] {
  const channels = channelsOf(x);
  const rows = x.size / channels;
  const blocks = Math.ceil(rows / BLOCK);
  const totals = Array.from({ length: count }, () => new Float64Array(channels));
  heap.borrow(blocks * count * channels, (room) => {
    const place = (block: number, i: number): Address =>
      room + (block * count + i) * channels * FLOAT;
    heap.share({
      count: blocks,
      each: (block, kernels) => {
        const row = block * BLOCK;
        const some = { offset: row * channels * FLOAT, count: Math.min(BLOCK, rows - row) };
        add(kernels, some, totals.map((_, i) => place(block, i)));
      },
    });
    const sums = heap.floats(room, blocks * count * channels);
    for (let block = 0; block < blocks; block++) {
      totals.forEach((total, i) => {
        const first = (block * count + i) * channels;
        for (let c = 0; c < channels; c++) {
          total[c] = (total[c] ?? NaN) + (sums[first + c] ?? NaN);
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
    add: (kernels, { offset, count }, [sum = 0]) =>
      kernels.sum(from + offset, sum, count, channels),
  });
  return total;
}
