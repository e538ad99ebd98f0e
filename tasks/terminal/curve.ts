/**
 * A curve in a terminal, drawn with the dots of braille letters, two across and
 * four down in each column of text.
 */
import { pad } from "./width.ts";

export interface CurveSize {
  /** Terminal columns, the labels of the axis among them. */
  readonly columns: number;
  readonly rows: number;
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
