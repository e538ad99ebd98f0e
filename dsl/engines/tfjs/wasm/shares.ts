/**
 * How work is divided among threads: into a few pieces for each, so that none
 * waits long for the others, and not into so small ones that it is not worth it.
 */
import { range } from "./assembler.ts";
import type { Heap } from "./heap.ts";

/** Pieces for each thread. */
const EACH = 8;

/** Into how many parts each of `whole` equal pieces is divided, `most` at most; 1 for one thread. */
export function partsOf(
  heap: Heap,
  { whole, most }: { readonly whole: number; readonly most: number },
): number {
  const threads = heap.threads();
  return threads === 1 ? 1 : Math.max(1, Math.min(most, Math.ceil(EACH * threads / whole)));
}

/** One of the parts of the numbers from 0 to before `count`: its first, and the one after its last. */
export function rangeOf(count: number, part: number, parts: number): readonly [number, number] {
  return [Math.floor(count * part / parts), Math.floor(count * (part + 1) / parts)];
}

/** Neighbouring columns of a matrix. */
export interface Strip {
  /** The group to which they belong. */
  readonly group: number;
  /** The first. */
  readonly from: number;
  /** How many they are. */
  readonly width: number;
}

/** Columns that are dealt with together. */
const PANEL = 8;

/**
 * Columns of a matrix, dealt out: for each piece of work its strips. Whoever
 * has one reads all that the matrix is made of, so pieces are as few as can be.
 */
export function stripsOf(
  heap: Heap,
  { groups, width }: { readonly groups: number; readonly width: number },
): readonly (readonly Strip[])[] {
  const threads = heap.threads();
  const panels = groups > 1 ? groups : Math.ceil(width / PANEL);
  const most = panels < 4 * threads ? threads : 2 * threads;
  const pieces = threads === 1 ? 1 : Math.min(panels, most);
  return range(pieces).map((piece) => {
    const [first, end] = rangeOf(panels, piece, pieces);
    if (groups === 1) {
      const from = first * PANEL;
      return [{ group: 0, from, width: Math.min(width, end * PANEL) - from }];
    }
    return range(end - first).map((i) => ({ group: first + i, from: (first + i) * width, width }));
  });
}
