/** Names in little room, cut so that they still differ: those of classes, runs and arms. */
import { cutEnd, cutMiddle, displayWidth } from "../terminal/width.ts";

/** Names in at most `width` columns that differ from each other: with their numbers where cut ones would not. */
export function distinctNames(names: readonly string[], width: number): readonly string[] {
  const cut = names.map((name) => cutMiddle(name, width));
  return new Set(cut).size === names.length
    ? cut
    : names.map((name, i) => cutEnd(`${i} ${name}`, width));
}

/** How wide a column of text is in a picture, in em: letters of common sans-serif fonts. */
export const EM_PER_COLUMN = 0.58;

/** The size of a chart's letters, in pixels. */
const LETTERS = 12;

/** Names as labels of a chart, of so many pixels at most: as they are where all of them fit. */
export function labelsIn(
  names: readonly string[],
  pixels: number,
  fontSize: number = LETTERS,
): readonly string[] {
  const columns = Math.floor(pixels / (EM_PER_COLUMN * fontSize));
  const fit = names.every((name) => displayWidth(name) <= columns);
  return fit ? names : distinctNames(names, columns);
}
