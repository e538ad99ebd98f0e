/**
 * Correlation of maps with a packed kernel, on which a convolution and its
 * input gradient both rest: every result is the weighted sum of what lies
 * under the kernel's taps.
 *
 * Maps are read where they lie. Where the taps reach over the edge, one image
 * at a time is copied into a zero frame, which stays in the cache and costs no
 * memory to speak of; an unfolded copy ("im2col") is never made.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Padding, Pair } from "../../../graph/op.ts";
import { axes } from "../operands.ts";
import { type Address, FLOAT, type Heap } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Pieces } from "./pool.ts";
import { partsOf, rangeOf } from "./shares.ts";

/** Maps in memory, channels last. */
export interface Maps {
  /** The first number. */
  readonly address: Address;
  /** Images, height, width and channels. */
  readonly shape: readonly [number, number, number, number];
}

/** A tensor as maps. */
export const mapsOf = (heap: Heap, x: Tensor): Maps => ({
  address: heap.address(x),
  shape: axes(x.shape),
});

/** Where results go; distances in floats. */
export interface Results {
  /** The first result. */
  readonly address: Address;
  /** Rows and columns of results. */
  readonly size: Pair;
  /** From one image to the next. */
  readonly image: number;
  /** From one row to the next. */
  readonly row: number;
  /** From one column to the next. */
  readonly column: number;
}

/** Which pixels of its source each result is made of. */
interface Sight {
  readonly source: Maps;
  /** The source's pixel under the first tap of the first result; may lie outside. */
  readonly start: Pair;
  /** Source pixels between neighbouring results. */
  readonly move: Pair;
  /** Rows and columns of taps. */
  readonly taps: Pair;
  /** Source pixels between neighbouring taps. */
  readonly spread: Pair;
}

/** A correlation. */
interface Correlation extends Sight {
  readonly groups: number;
  /** The kernel, packed for `innerProduct`, group after group. */
  readonly kernel: Address;
  /** Results' channels of one group. */
  readonly width: number;
  readonly target: Results;
  /** One number per channel of the results, to begin with. */
  readonly bias: Address;
  /** The least result. */
  readonly floor: number;
}

/** How far the taps reach over the source's edges: above, below, left, right. */
export function reach({ source, start, move, taps, spread }: Sight, size: Pair): Padding {
  const along = (axis: 0 | 1): readonly [number, number] => {
    const last = start[axis] + (size[axis] - 1) * move[axis] + (taps[axis] - 1) * spread[axis];
    const end = source.shape[axis + 1] ?? 1;
    return [Math.max(0, -start[axis]), Math.max(0, last + 1 - end)];
  };
  return [...along(0), ...along(1)];
}

/** Images, each inside a frame of zeros. */
export interface Framed {
  /** Floats of room that a frame takes, all zero at first; none where images stay where they are. */
  readonly room: number;
  /** Bytes from one row of an image to the next. */
  readonly row: number;
  /** Puts rows of an image, from the first to before the last, into the frame; where its first pixel is. */
  readonly put: (
    place: { readonly kernels: Kernels; readonly room: Address },
    image: number,
    rows: Pair,
  ) => Address;
}

/** Images inside frames of that width. */
export function framed(
  { address, shape: [, height, width, channels] }: Maps,
  [top, bottom, left, right]: Padding,
): Framed {
  const row = width * channels * FLOAT;
  if (top + bottom + left + right === 0) {
    return { room: 0, row, put: (_, image) => address + image * height * row };
  }
  const framedRow = (left + width + right) * channels;
  return {
    room: (top + height + bottom) * framedRow,
    row: framedRow * FLOAT,
    put: ({ kernels, room }, image, [from, to]) => {
      const corner = room + (top * framedRow + left * channels) * FLOAT;
      const first = Math.max(0, from);
      const rows = Math.min(height, to) - first;
      if (rows > 0) {
        kernels.copyRows(
          corner + first * framedRow * FLOAT,
          framedRow * FLOAT,
          address + (image * height + first) * row,
          row,
          rows,
          width * channels,
        );
      }
      return corner;
    },
  };
}

/** Results handled at once, so that what they read stays in the cache; a multiple of the tile's height. */
const STRETCH = 96;

/** Maps of which every pixel gives one result in the same place: a single row. */
function asOneRow(c: Correlation): Correlation {
  const { source, target, taps, move, start } = c;
  const [images, height, width, channels] = source.shape;
  const plain = [taps, move].every(([y, x]) => y === 1 && x === 1) &&
    start[0] === 0 && start[1] === 0 &&
    target.size[0] === height && target.size[1] === width &&
    target.row === width * target.column &&
    target.image === height * target.row;
  if (!plain) return c;
  const pixels = images * height * width;
  return {
    ...c,
    source: { ...source, shape: [1, 1, pixels, channels] },
    target: { ...target, size: [1, pixels] },
  };
}

/** Computes a correlation. */
export function correlate(heap: Heap, correlation: Correlation): void {
  const c = asOneRow(correlation);
  const { source, target, taps, move, spread } = c;
  const [rows, columns] = target.size;
  const pixel = source.shape[3] * FLOAT;
  const depth = source.shape[3] / c.groups;
  // Neighbouring pixels are one long pixel where nothing lies between them.
  const joined = c.groups === 1 && spread[1] === 1;
  const across = joined ? 1 : taps[1];
  const length = joined ? taps[1] * depth : depth;
  // Rows of 4 or 8 are cut evenly by 4: 1.5 times as fast as by 6 and the rest.
  const inner = columns === 4 || columns === 8 ? "innerProductBy4" : "innerProduct";
  const kernelSize = taps[0] * taps[1] * depth * c.width;
  const { room, row, put } = framed(source, reach(c, target.size));
  const [images] = source.shape;
  const perRow = Math.ceil(columns / STRETCH);
  const stretches = rows * perRow;
  const parts = partsOf(heap, { whole: images, most: stretches });
  const each: Pieces["each"] = (piece, kernels, room) => {
    const image = Math.floor(piece / parts);
    const [from, to] = rangeOf(stretches, piece % parts, parts);
    const first = c.start[0] + Math.floor(from / perRow) * move[0];
    const last = c.start[0] + Math.floor((to - 1) / perRow) * move[0] + (taps[0] - 1) * spread[0];
    const corner = put({ kernels, room }, image, [first, last + 1]);
    for (let i = from; i < to; i++) {
      const y = Math.floor(i / perRow);
      const x = i % perRow * STRETCH;
      const line = corner + (c.start[0] + y * move[0]) * row + c.start[1] * pixel;
      const out = target.address + (image * target.image + y * target.row) * FLOAT;
      for (let g = 0; g < c.groups; g++) {
        kernels[inner](
          line + x * move[1] * pixel + g * depth * FLOAT,
          move[1] * pixel,
          taps[0],
          spread[0] * row,
          across,
          spread[1] * pixel,
          length,
          c.kernel + g * kernelSize * FLOAT,
          out + (x * target.column + g * c.width) * FLOAT,
          target.column * FLOAT,
          Math.min(STRETCH, columns - x),
          c.width,
          c.bias + g * c.width * FLOAT,
          c.floor,
        );
      }
    }
  };
  heap.share({ count: images * parts, room, each });
}
