/**
 * The arms of a study side by side: a bar for the mean test error, a line for
 * its spread, a dot for each seed, a diamond for the paper's figure. Shapes
 * tell them apart, so that a print in grey can be read.
 */
import type { Result } from "../fp.ts";
import { COLORS, renderSvg, themed } from "./_vega.ts";

export interface ComparedArm {
  readonly title: string;
  readonly errors: readonly number[];
  readonly mean?: number;
  readonly deviation?: number;
  /** The paper's figure, in percent. */
  readonly paper?: number | undefined;
}

export interface ChartWords {
  readonly title: string;
  /** Lines below it: the scale, and what is not as in the paper. */
  readonly subtitle: readonly string[];
}

const KEY = "bar: mean of the seeds; line: one standard deviation; dot: a seed";

/**
 * Draws a comparison. Arms without an error yet are named and left empty.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow } from "../../dsl/problem/throw.ts";
 * import { comparisonSvg } from "./comparison_chart.ts";
 *
 * const arms = [{ title: "mixed", errors: [60, 62], mean: 61, deviation: 1.4, paper: 5.52 }];
 * const svg = await comparisonSvg(arms, { title: "Activation", subtitle: ["tiny scale"] });
 * assertStringIncludes(orThrow(svg), "mixed");
 * ```
 */
export function comparisonSvg(
  arms: readonly ComparedArm[],
  { title, subtitle }: ChartWords,
): Promise<Result<string>> {
  const order = arms.map((arm) => arm.title);
  const y = {
    field: "title",
    type: "ordinal",
    scale: { domain: order, padding: 0.35 },
    axis: { title: null, labelLimit: 260, labelFontSize: 12, ticks: false, domain: false },
  } as const;
  const x = (field: string) =>
    ({
      field,
      type: "quantitative",
      scale: { zero: true, nice: true },
      axis: { title: "test error, %", grid: true, tickCount: 8 },
    }) as const;
  const papers = arms.some(({ paper }) => paper !== undefined);
  const rows = arms.map(({ title, mean, deviation, paper }) => ({
    title,
    mean: mean ?? null,
    ...(mean === undefined || deviation === undefined
      ? { low: null, high: null }
      : { low: mean - deviation, high: mean + deviation }),
    paper: paper ?? null,
    label: mean?.toFixed(2) ?? "",
  }));
  const seeds = arms.flatMap(({ title, errors }) => errors.map((error) => ({ title, error })));
  return renderSvg({
    title: {
      text: title,
      subtitle: [...subtitle, `${KEY}${papers ? "; diamond: the paper" : ""}`],
    },
    width: 520,
    height: { step: 34 },
    data: { values: rows },
    encoding: { y },
    layer: [
      {
        mark: { type: "bar", height: 18, color: COLORS.blue, opacity: 0.55 },
        encoding: { x: { ...x("mean"), stack: null } },
      },
      {
        mark: { type: "rule", color: themed("lines"), strokeWidth: 1.6 },
        encoding: { x: x("low"), x2: { field: "high" } },
      },
      {
        data: { values: seeds },
        mark: { type: "point", filled: true, size: 26, opacity: 0.9, color: themed("marks") },
        encoding: { x: x("error") },
      },
      {
        transform: [{ filter: "isValid(datum.paper)" }],
        mark: {
          type: "point",
          filled: true,
          size: 110,
          shape: "diamond",
          color: COLORS.vermillion,
          opacity: 1,
        },
        encoding: { x: x("paper") },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", dx: 6, dy: -11, fontSize: 10 },
        encoding: {
          x: x("mean"),
          text: { field: "label", type: "nominal" },
          color: { value: themed("marks") },
        },
      },
    ],
  });
}
