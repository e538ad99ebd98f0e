/**
 * Packing of kernels for `innerProduct`: the columns of a matrix in panels as
 * wide as a tile, each panel's rows one after the other.
 */
import type { Maps } from "./correlation.ts";
import { type Address, FLOAT, type Heap } from "./heap.ts";
import { PANELS } from "./products.ts";

/** Calls with the start and the width of each panel of that many columns. */
function eachPanel(columns: number, use: (start: number, width: number) => void): void {
  let start = 0;
  for (const width of PANELS) {
    for (; columns - start >= width; start += width) use(start, width);
  }
}

/** Packs the columns `first` to `first + width` of a matrix with `rows` rows of `row` floats. */
export function packColumns(
  heap: Heap,
  { matrix, rows, row, width, room }: {
    readonly matrix: Address;
    readonly rows: number;
    readonly row: number;
    readonly width: number;
    readonly room: Address;
  },
): void {
  eachPanel(width, (start, size) => {
    heap.kernels.copyRows(
      room + start * rows * FLOAT,
      size * FLOAT,
      matrix + start * FLOAT,
      row * FLOAT,
      rows,
      size,
    );
  });
}

/** Packs a kernel with its inputs as columns: of these rows and columns of taps, in this order. */
export function packTransposed(
  heap: Heap,
  { kernel, groups, room, y, x }: {
    readonly kernel: Maps;
    readonly groups: number;
    readonly room: Address;
    readonly y: readonly number[];
    readonly x: readonly number[];
  },
): void {
  const [, tapColumns, width, out] = kernel.shape;
  const depth = out / groups;
  let to = room;
  for (let g = 0; g < groups; g++) {
    eachPanel(width, (start, size) => {
      for (const row of y) {
        for (const column of x) {
          const tap = row * tapColumns + column;
          heap.kernels.transpose(
            to,
            kernel.address + ((tap * width + start) * out + g * depth) * FLOAT,
            out * FLOAT,
            size,
            depth,
          );
          to += size * depth * FLOAT;
        }
      }
    });
  }
}
