/** Long networks in columns: parts that follow each other, broken where that makes the picture compact. */

/** What is put into columns. */
interface Extent {
  /** How far it reaches to the left of its axis. */
  readonly left: number;
  /** How far it reaches to the right. */
  readonly right: number;
  /** How tall it is. */
  readonly height: number;
}

/** How tall a picture may be, by its width, before it is broken into more columns. */
const TALL = 1;

/** A picture of at most this height is left in one column. */
const SHORT = 1500;

/** The parts in columns, as few as keep the picture from being tall and narrow. */
export function columnsOf<A extends Extent>(
  parts: readonly A[],
  gap: number,
): readonly (readonly A[])[] {
  for (let count = 1; count < parts.length; count++) {
    const columns = broken(parts, count, gap);
    const height = columns.reduce((most, column) => Math.max(most, total(column, gap)), 0);
    const width = columns.reduce((sum, column) => sum + widest(column) + gap, 0);
    if (height <= Math.max(SHORT, TALL * width)) return columns;
  }
  return parts.map((part) => [part]);
}

/** The parts in at most that many columns, the tallest as short as can be. */
function broken<A extends Extent>(
  parts: readonly A[],
  count: number,
  gap: number,
): readonly (readonly A[])[] {
  const tallest = parts.reduce((most, { height }) => Math.max(most, height), 0);
  let [low, high] = [tallest, total(parts, gap)];
  while (high - low > 1) {
    const limit = (low + high) / 2;
    if (filled(parts, limit, gap).length <= count) high = limit;
    else low = limit;
  }
  return filled(parts, high, gap);
}

function filled<A extends Extent>(
  parts: readonly A[],
  limit: number,
  gap: number,
): readonly (readonly A[])[] {
  const columns: A[][] = [];
  let height = Infinity;
  for (const part of parts) {
    const last = columns.at(-1);
    if (last !== undefined && height + gap + part.height <= limit) {
      last.push(part);
      height += gap + part.height;
    } else {
      columns.push([part]);
      height = part.height;
    }
  }
  return columns;
}

function total(parts: readonly Extent[], gap: number): number {
  return parts.reduce((sum, { height }) => sum + height + gap, -gap);
}

function widest(parts: readonly Extent[]): number {
  const left = parts.reduce((most, part) => Math.max(most, part.left), 0);
  return left + parts.reduce((most, part) => Math.max(most, part.right), 0);
}
