/**
 * How diagrams look: a colour for each kind of box, light enough for black
 * text, with a darker line of the same hue. The hues are those of Okabe and
 * Ito, which people with any common colour blindness can tell apart; form and
 * words say the same again.
 */
import type { BoxKind, DiagramGroup } from "./value.ts";

/** How a kind of box looks, and what the legend says of it. */
export interface BoxStyle {
  /** The colour inside. */
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
