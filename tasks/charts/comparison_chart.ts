/**
 * The arms of a study side by side: a bar across for the mean test error, a line for its spread, a
 * dot for each seed, a diamond for the paper's figure. Shapes tell them apart, so that a print in
 * grey can be read. Figures of training that is not to be compared with the arms' have a panel and
 * an axis of their own.
 */
import type { TopLevelSpec } from "vega-lite";
import type { Result } from "../fp.ts";
import { renderSvg } from "./_vega.ts";
import { labelsIn } from "./labels.ts";
import { themed } from "./theme.ts";
import { COLORS } from "./colors.ts";

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
  /** Lines below it: the data, the scale, and what is not as in the paper. */
  readonly subtitle: readonly string[];
  /** Whether the paper's figures are of longer training, so that they have an axis of their own. */
  readonly apart?: boolean;
}

/** What is drawn in one frame. */
type Frame = Extract<TopLevelSpec, { hconcat: unknown }>["hconcat"][number];
type Layers = Extract<Frame, { layer: unknown }>["layer"];

const KEY = "bar: mean of the seeds; line: one standard deviation; dot: a seed";
const [WIDTH, BESIDE, STEP] = [440, 170, 30];

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
 * const words = { title: "Activation", subtitle: ["tiny scale"], apart: true };
 * assertStringIncludes(orThrow(await comparisonSvg(arms, words)), "mixed");
 * ```
 */
export function comparisonSvg(
  given: readonly ComparedArm[],
  { title, subtitle, apart = false }: ChartWords,
): Promise<Result<string>> {
  const labels = labelsIn(given.map((arm) => arm.title), 260);
  const arms = given.map((arm, i) => ({ ...arm, title: labels[i] ?? "" }));
  const papers = arms.some(({ paper }) => paper !== undefined);
  const order = arms.map((arm) => arm.title);
  const own = [
    ...runLayers(arms),
    ...(papers && !apart ? [paperLayer(arms, "test error, %")] : []),
  ];
  const beside = papers && apart
    ? [
      frame([paperLayer(arms, "the paper's test error, %")], {
        order,
        width: BESIDE,
        named: false,
      }),
    ]
    : [];
  return renderSvg({
    title: {
      text: title,
      subtitle: [...subtitle, `${KEY}${papers ? "; diamond: the paper" : ""}`],
    },
    spacing: 24,
    hconcat: [frame(own, { order, width: WIDTH, named: true }), ...beside],
  });
}

/** Layers over the arms, whose names stand beside the first frame. */
function frame(
  layer: Layers,
  { order, width, named }: {
    readonly order: readonly string[];
    readonly width: number;
    readonly named: boolean;
  },
): Frame {
  const names = { title: null, labelLimit: 0, labelFontSize: 12, ticks: false, domain: false };
  return {
    width,
    height: { step: STEP },
    encoding: {
      y: {
        field: "title",
        type: "ordinal",
        scale: { type: "band", domain: [...order], padding: 0.35 },
        axis: { ...names, grid: true, labels: named },
      },
    },
    layer,
  };
}

/** An axis of errors that ends with them, for what is drawn is no bar from zero. */
function across(field: string, title: string) {
  return {
    field,
    type: "quantitative",
    scale: { zero: false, nice: true, padding: 10 },
    axis: { title, grid: true, tickCount: 6 },
  } as const;
}

/** What the runs came to. */
function runLayers(arms: readonly ComparedArm[]): Layers {
  const x = (field: string) => across(field, "test error, %");
  const rows = arms.map(({ title, mean, deviation }) => ({
    title,
    mean: mean ?? null,
    ...(mean === undefined || deviation === undefined
      ? { low: null, high: null }
      : { low: mean - deviation, high: mean + deviation }),
    label: mean?.toFixed(2) ?? "",
  }));
  const seeds = arms.flatMap(({ title, errors }) => errors.map((error) => ({ title, error })));
  return [
    {
      data: { values: rows },
      mark: { type: "rule", color: themed("lines"), strokeWidth: 1.4 },
      encoding: { x: x("low"), x2: { field: "high" } },
    },
    {
      data: { values: seeds },
      mark: { type: "point", filled: true, size: 30, opacity: 0.8, color: themed("marks") },
      encoding: { x: x("error") },
    },
    {
      data: { values: rows },
      mark: { type: "tick", thickness: 4, size: 16, opacity: 1, color: COLORS.blue },
      encoding: { x: x("mean") },
    },
    {
      data: { values: rows },
      mark: { type: "text", align: "center", baseline: "bottom", dy: -8, fontSize: 10 },
      encoding: {
        x: x("mean"),
        text: { field: "label", type: "nominal" },
        color: { value: themed("marks") },
      },
    },
  ];
}

/** What the paper's came to. */
function paperLayer(arms: readonly ComparedArm[], title: string): Layers[number] {
  return {
    data: {
      values: arms.flatMap(({ title, paper }) => paper === undefined ? [] : [{ title, paper }]),
    },
    mark: {
      type: "point",
      filled: true,
      size: 90,
      shape: "diamond",
      color: COLORS.vermillion,
      opacity: 1,
    },
    encoding: { x: across("paper", title) },
  };
}
