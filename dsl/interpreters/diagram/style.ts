/**
 * How diagrams look in every format: a form, a size and a colour for each kind
 * of box. Boxes are as wide as their maps are large, by the logarithm, and
 * never narrower than their text. Colours are light enough for black text,
 * with a darker line of the same hue. The hues are those of Okabe and
 * Ito, which people with any common colour blindness can tell apart; form and
 * words say the same again.
 */
import { mostOf } from "../../problem/monoid.ts";
import type { BoxKind, DiagramBox, DiagramGroup } from "./value.ts";

/** How a kind of box looks, and what the legend says of it. */
export interface BoxStyle {
  readonly fill: string;
  /** The colour of the line around. */
  readonly line: string;
  /** Its name in the legend; no entry when empty. */
  readonly legend: string;
}

/** How each kind of box looks. */
export const STYLES: Readonly<Record<BoxKind, BoxStyle>> = {
  end: { fill: "#ffffff", line: "#555555", legend: "" },
  unit: { fill: "#cfe6f5", line: "#0072b2", legend: "residual unit" },
  convolution: { fill: "#dff1fb", line: "#3a9bd0", legend: "convolution" },
  pool: { fill: "#fbdcc4", line: "#d55e00", legend: "pooling" },
  resize: { fill: "#c9eadf", line: "#009e73", legend: "interpolation" },
  activation: { fill: "#f6e3ee", line: "#b0578a", legend: "attention activation" },
  attention: { fill: "#eed3e3", line: "#8f3f6d", legend: "attention module" },
  merge: { fill: "#fff6c2", line: "#a08a00", legend: "merge" },
  normalization: { fill: "#f4f4f4", line: "#8c8c8c", legend: "norm, ReLU, dropout" },
  dense: { fill: "#fde9bd", line: "#c47f00", legend: "dense" },
  part: { fill: "#e9e9ee", line: "#5c5c70", legend: "part, folded" },
  other: { fill: "#ffffff", line: "#8c8c8c", legend: "other layer" },
};

/** How the parts that are drawn open look. */
export const GROUPS: Readonly<Record<DiagramGroup["role"], Omit<BoxStyle, "legend">>> = {
  part: { fill: "#fafafc", line: "#b9b9c6" },
  unit: { fill: "#f5fafd", line: "#9cc6e0" },
  attention: { fill: "#fdf8fb", line: "#c79ab4" },
  trunk: { fill: "#f3f9fd", line: "#9cc6e0" },
  mask: { fill: "#fbf1f7", line: "#c79ab4" },
};

/** The forms of boxes; pools narrow and resizings widen on their way down. */
export type BoxForm = "box" | "end" | "narrowing" | "widening" | "circle" | "ellipse";

/** The form of a box. */
export function formOf({ kind, label }: DiagramBox): BoxForm {
  switch (kind) {
    case "end":
      return "end";
    case "pool":
      return "narrowing";
    case "resize":
      return "widening";
    case "merge":
      return label.length === 1 ? "circle" : "ellipse";
    default:
      return "box";
  }
}

/** A width and a height, in points. */
export interface Size {
  readonly width: number;
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
  const most = (sign: number) => mostOf(boxes, ({ size }) => sign * Math.log2(size), -Infinity);
  return { least: -most(-1), most: most(1) };
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
  if (formOf(box) === "circle") return { width: 24, height: 24 };
  const lines = [before, label, after].filter((line) => line !== "").length;
  const text = Math.max(textWidth(titleOf(box)), 4.9 * Math.max(before.length, after.length));
  const height = 12 + LINE * lines;
  if (kind === "merge") return { width: text + 30, height: height + 6 };
  if (kind === "end") return { width: text + 24, height };
  const share = most === least ? 0.5 : (Math.log2(size) - least) / (most - least);
  const slanted = kind === "pool" || kind === "resize" ? 42 : 16;
  return { width: Math.max(NARROWEST + share * (WIDEST - NARROWEST), text + slanted), height };
}
