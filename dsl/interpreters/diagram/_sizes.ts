/**
 * How large boxes are: as wide as their maps are large, by the logarithm, and
 * never narrower than their text.
 */
import type { DiagramBox, DiagramGroup } from "./value.ts";

/** A width and a height, in points. */
export interface Size {
  /** The width. */
  readonly width: number;
  /** The height. */
  readonly height: number;
}

/** The smallest and the largest map of a diagram, which its widths range between. */
export interface Sizes {
  /** The logarithm of the smallest map's side. */
  readonly least: number;
  /** The logarithm of the largest map's side. */
  readonly most: number;
}

/** The room that a shape beside a line takes. */
export const labelWidth = 62;

const NARROWEST = 96;
const WIDEST = 216;
const LINE = 14;

/** The range of the maps in some boxes. */
export function sizesOf(boxes: readonly DiagramBox[]): Sizes {
  const logarithms = boxes.map(({ size }) => Math.log2(size));
  return {
    least: logarithms.reduce((a, b) => Math.min(a, b), Infinity),
    most: logarithms.reduce((a, b) => Math.max(a, b), -Infinity),
  };
}

/** The width of bold text of 11 points, roughly. */
export function textWidth(text: string): number {
  return 6.2 * text.length;
}

/** The main words of a box or a group, with its number when it stands for several. */
export function titleOf({ label, times }: DiagramBox | DiagramGroup): string {
  return times === 1 ? label : `${label} × ${times}`.trim();
}

/** The size of a box. */
export function boxSize(box: DiagramBox, { least, most }: Sizes): Size {
  const { kind, label, before, after, size } = box;
  if (kind === "merge" && label.length === 1) return { width: 24, height: 24 };
  const lines = [before, label, after].filter((line) => line !== "").length;
  const text = Math.max(textWidth(titleOf(box)), 4.9 * Math.max(before.length, after.length));
  const height = 12 + LINE * lines;
  if (kind === "merge") return { width: text + 30, height: height + 6 };
  if (kind === "end") return { width: text + 24, height };
  const share = most === least ? 0.5 : (Math.log2(size) - least) / (most - least);
  const slanted = kind === "pool" || kind === "resize" ? 42 : 16;
  return { width: Math.max(NARROWEST + share * (WIDEST - NARROWEST), text + slanted), height };
}
