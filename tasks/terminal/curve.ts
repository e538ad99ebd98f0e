/**
 * A curve in a terminal, drawn with the dots of braille letters, two across and
 * four down in each column of text. A trace keeps a long run in little memory:
 * when it is full, neighbours are averaged.
 */
import { pad } from "./width.ts";

export interface CurveSize {
  /** Terminal columns, the labels of the axis among them. */
  readonly columns: number;
  readonly rows: number;
}

/** Numbers that come one after the other, averaged so that they never become too many. */
export class Trace {
  readonly #most: number;
  #values: number[] = [];
  #each = 1;
  #sum = 0;
  #count = 0;

  /** A trace of at most `most` points, an even number. */
  constructor(most: number) {
    this.#most = Math.max(2, most - most % 2);
  }

  /** Adds a number; one that is not finite is left out. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#sum += value;
    if (++this.#count < this.#each) return;
    this.#values.push(this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
    if (this.#values.length < this.#most) return;
    // An even number of points, so that each of the new ones stands for as many numbers.
    this.#values = Array.from(
      { length: this.#values.length / 2 },
      (_, i) => ((this.#values[2 * i] ?? 0) + (this.#values[2 * i + 1] ?? 0)) / 2,
    );
    this.#each *= 2;
  }

  get values(): readonly number[] {
    return this.#values;
  }
}

/** The bits of a braille letter's dots, by column and row from the top. */
const DOTS = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]] as const;
const NARROWEST = 8;
const EMPTY = 0x2800;

/**
 * Draws points as lines of text, the largest and the smallest number beside
 * them; nothing of fewer than two points or where there is no room.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { curveText } from "./curve.ts";
 *
 * assertEquals(curveText([4, 0], { columns: 10, rows: 2 }), ["4 ⠉⠓⠦⣄⡀⠀⠀⠀", "0 ⠀⠀⠀⠀⠉⠓⠦⣄"]);
 * ```
 */
export function curveText(
  values: readonly number[],
  { columns, rows }: CurveSize,
): readonly string[] {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const labels = [most, least].map((value) => `${Number(value.toPrecision(3))}`);
  const gutter = Math.max(...labels.map((label) => label.length)) + 1;
  const width = columns - gutter;
  if (values.length < 2 || width < NARROWEST || rows < 2) return [];
  const letters = dotsOf(values, { width, rows, least, most });
  return Array.from({ length: rows }, (_, row) => {
    const label = row === 0 ? labels[0] : row === rows - 1 ? labels[1] : "";
    const line = letters.subarray(row * width, (row + 1) * width);
    return `${pad(label ?? "", gutter - 1, "right")} ${String.fromCharCode(...line)}`;
  });
}

function dotsOf(
  values: readonly number[],
  { width, rows, least, most }: {
    readonly width: number;
    readonly rows: number;
    readonly least: number;
    readonly most: number;
  },
): Uint16Array {
  const letters = new Uint16Array(width * rows).fill(EMPTY);
  const [across, down] = [width * 2, rows * 4];
  const put = (x: number, y: number): void => {
    const letter = (y >> 2) * width + (x >> 1);
    letters[letter] = (letters[letter] ?? EMPTY) |
      (DOTS[(x & 1) as 0 | 1][(y & 3) as 0 | 1 | 2 | 3]);
  };
  let before: number | undefined;
  for (let x = 0; x < across; x++) {
    const at = x / (across - 1) * (values.length - 1);
    const [low, part] = [Math.floor(at), at % 1];
    const first = values[low] ?? 0;
    const value = first + ((values[low + 1] ?? first) - first) * part;
    const y = Math.round((most - value) / (most - least || 1) * (down - 1));
    const from = before ?? y;
    // From the height before to this one, so that a steep curve has no gaps.
    for (let step = Math.min(from, y); step <= Math.max(from, y); step++) put(x, step);
    before = y;
  }
  return letters;
}
