/**
 * How wide text is on a terminal, and how to make it fit: a Chinese character
 * or an emoji takes two columns, an accent or a colour code none.
 */
import { stripAnsiCode } from "@std/fmt/colors.js";

const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\ufe0f\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const HALFWIDTH = /[\uff61-\uffdc]/u;
const NO_WIDTH = /^[\p{Control}\p{Format}\p{Mark}]+$/u;

/**
 * The number of terminal columns that a line of text takes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { displayWidth } from "./width.ts";
 *
 * assertEquals(displayWidth("stage1"), 6);
 * assertEquals(displayWidth("\u732b"), 2);
 * ```
 */
export function displayWidth(text: string): number {
  const plain: string = stripAnsiCode(text);
  return graphemes(plain).reduce((sum, one) => sum + widthOf(one), 0);
}

/** `text`, padded with spaces on the right or the left to `width` columns. */
export function pad(text: string, width: number, align: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/** The start of `text` that fits in `width` columns, without a mark where it is cut. */
export function takeStart(text: string, width: number): string {
  return take(graphemes(text), width);
}

/** `text` without colours in at most `width` columns; what does not fit is cut from its end. */
export function cutEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const room = width - ELLIPSIS.length;
  return room < 0 ? "" : takeStart(text, room) + ELLIPSIS;
}

/** `text` without colours in at most `width` columns; what does not fit is cut from its middle. */
export function cutMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const room = width - ELLIPSIS.length;
  if (room < 2) return cutEnd(text, width);
  const parts = graphemes(text);
  const head = take(parts, Math.floor(room / 2));
  const tail = take(parts.toReversed(), room - displayWidth(head), true);
  return head + ELLIPSIS + tail;
}

const ELLIPSIS = "…";

function graphemes(text: string): readonly string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

function widthOf(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) && !HALFWIDTH.test(grapheme) ? 2 : 1;
}

/** As many of the parts as fit, from the front; `backwards` when the parts come in reverse. */
function take(parts: readonly string[], width: number, backwards = false): string {
  let text = "";
  let room = width;
  for (const part of parts) {
    room -= widthOf(part);
    if (room < 0) break;
    text = backwards ? part + text : text + part;
  }
  return text;
}
