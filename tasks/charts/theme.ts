/** The colours of charts and of sheets of pictures, on light pages and on dark ones. */
import { COLORS } from "./colors.ts";

/** The colours of what is no data, and those that take their place on a dark page. */
const THEME = {
  background: ["#ffffff", "#16181d"],
  text: ["#000000", "#e3e6ea"],
  words: ["#555555", "#a9b0ba"],
  marks: ["#333333", "#c9ced6"],
  lines: ["#111111", "#f2f4f6"],
  grid: ["#e6e6e6", "#2e323a"],
  axis: ["#888888", "#7d8590"],
  blue: [COLORS.blue, "#4aa3df"],
} as const;

/** The colour of a part of every chart, on a light page. */
export function themed(part: keyof typeof THEME): string {
  return THEME[part][0];
}

const DARK = Object.values(THEME).flatMap(([light, dark]) =>
  ["fill", "stroke"].map((name) => `[${name}="${light}"]{${name}:${dark}}`)
).join("");

/** What makes the light colours of an SVG dark ones where its reader's pages are dark. */
export const DARK_STYLE = `<style>@media (prefers-color-scheme:dark){${DARK}}</style>`;
