/**
 * A learning rate range test as a picture: the loss against the rate, on a logarithmic axis, pale
 * as it was and bold as it is smoothed, with the rates that it speaks for marked.
 */
import type { Result } from "../fp.ts";
import { renderSvg } from "./_vega.ts";
import { themed } from "./theme.ts";
import { COLORS } from "./colors.ts";
import { WIDTHS } from "./width.ts";

/** A step of the test. */
export interface RatePoint {
  readonly rate: number;
  readonly loss: number;
  readonly smoothed: number;
}

export interface RateWords {
  readonly title: string;
  /** Lines below it. */
  readonly subtitle: readonly string[];
  /** Rates that are marked, with what they are. */
  readonly marks: readonly { readonly rate: number; readonly label: string }[];
}

/** By what part of the fall of the loss the picture reaches above where it began, and below its end. */
const [ABOVE, BELOW] = [0.4, 0.15];

/**
 * Draws a test. What lies far above the first loss is cut off: the loss explodes by powers of ten.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow } from "../../dsl/problem/throw.ts";
 * import { ratesSvg } from "./rate_chart.ts";
 *
 * const points = [1, 2, 3].map((i) => ({ rate: 10 ** -i, loss: 2, smoothed: 2 }));
 * const words = { title: "cifar/attention-8", subtitle: [], marks: [] };
 * assertStringIncludes(orThrow(await ratesSvg(points, words)), "learning rate");
 * ```
 */
export function ratesSvg(
  points: readonly RatePoint[],
  { title, subtitle, marks }: RateWords,
): Promise<Result<string>> {
  const [least, most] = frameOf(points);
  const [first, last] = [points[0]?.rate ?? 1, points.at(-1)?.rate ?? 1];
  const domain = (from: number, to: number): number[] => [from, to];
  const x = {
    field: "rate",
    type: "quantitative",
    scale: { type: "log", domain: domain(first, last), nice: false },
    axis: { title: "learning rate", grid: true, format: "~g", values: powersBetween(first, last) },
  } as const;
  const y = (field: "loss" | "smoothed") =>
    ({
      field,
      type: "quantitative",
      scale: { domain: domain(least, most), nice: true, zero: false },
      axis: { title: "training loss", format: "~g" },
    }) as const;
  return renderSvg({
    title: { text: title, subtitle: [...subtitle, "pale: the loss of each step; bold: smoothed"] },
    width: WIDTHS.wide,
    height: 300,
    layer: [
      {
        data: { values: [...points] },
        mark: { type: "line", strokeWidth: 1, strokeOpacity: 0.3, clip: true, color: COLORS.blue },
        encoding: { x, y: y("loss") },
      },
      {
        data: { values: [...points] },
        mark: { type: "line", strokeWidth: 2, clip: true, color: COLORS.blue },
        encoding: { x, y: y("smoothed") },
      },
      {
        data: { values: [...marks] },
        mark: { type: "rule", strokeDash: [4, 3], color: COLORS.vermillion },
        encoding: { x },
      },
      {
        data: { values: marks.map((mark, i) => ({ ...mark, line: 8 + 16 * i })) },
        mark: { type: "text", align: "right", dx: -5, fontSize: 12, color: themed("text") },
        encoding: {
          x,
          y: { field: "line", type: "quantitative", scale: null },
          text: { field: "label", type: "nominal" },
        },
      },
    ],
  });
}

/** The losses between which the picture is drawn. */
export function frameOf(points: readonly RatePoint[]): readonly [number, number] {
  const lines = points.map(({ smoothed }) => smoothed);
  const least = Math.min(...lines);
  const before = lines.slice(0, lines.indexOf(least) + 1);
  const begun = Math.max(...before);
  const fall = begun - least || 1;
  return [least - BELOW * fall, begun + ABOVE * fall];
}

function powersBetween(first: number, last: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(first) - 1e-9), Math.floor(Math.log10(last) + 1e-9)];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => Number(`1e${from + i}`));
}
