/**
 * Series of a study as lines: the test error against the level of noise, or the
 * mean response against the stage. A series has one colour, one dash and one
 * shape; the paper's figures are the same colour, thin and hollow.
 */
import type { Result } from "../fp.ts";
import { renderSvg } from "./_vega.ts";
import { labelsIn } from "./labels.ts";
import { SERIES_COLORS } from "./colors.ts";
import type { TopLevelSpec } from "vega-lite";
import type { ChartWords } from "./comparison_chart.ts";

export interface SeriesPoint {
  /** Where it stands on the axis across. */
  readonly x: number | string;
  /** The mean over the seeds. */
  readonly mean: number;
  readonly deviation?: number;
}

export interface Series {
  readonly title: string;
  readonly points: readonly SeriesPoint[];
  readonly paper: readonly SeriesPoint[];
}

/** What stands at the axes. */
export interface SeriesWords extends ChartWords {
  readonly x: string;
  readonly y: string;
  readonly log?: boolean;
}

type Frame = Extract<TopLevelSpec, { hconcat: unknown }>["hconcat"][number];
type Layers = Extract<Frame, { layer: unknown }>["layer"];

const DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4]];
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"];

/**
 * Draws series.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow } from "../../dsl/problem/throw.ts";
 * import { seriesSvg } from "./series_chart.ts";
 *
 * const series = [{ title: "Attention-92", points: [{ x: 10, mean: 40 }], paper: [] }];
 * const svg = await seriesSvg(series, { title: "Noise", subtitle: [], x: "level", y: "error" });
 * assertStringIncludes(orThrow(svg), "Attention-92");
 * ```
 */
export function seriesSvg(
  given: readonly Series[],
  { title, subtitle, x: across, y: up, log = false, apart = false }: SeriesWords,
): Promise<Result<string>> {
  const names = [...labelsIn(given.map((one) => one.title), 240)];
  const series = given.map((one, i) => ({ ...one, title: names[i] ?? "" }));
  const powers = powersOfTen(
    series.flatMap(({ points, paper }) => [...points, ...paper].map(({ mean }) => mean)),
  );
  // On a logarithmic axis a spread that reaches below zero ends where the axis does.
  const least = log ? powers[0] ?? 0 : -Infinity;
  const rowsOf = (pick: (one: Series) => readonly SeriesPoint[]) =>
    series.flatMap((one) =>
      pick(one).map(({ x, mean, deviation = 0 }) => ({
        series: one.title,
        // A field of its own: one that bears a legend cannot also go without.
        dash: one.title,
        x,
        mean,
        low: Math.max(least, mean - deviation),
        high: mean + deviation,
      }))
    );
  const places = [
    ...new Set(series.flatMap(({ points, paper }) => [...points, ...paper].map(({ x }) => x))),
  ];
  const x = {
    field: "x",
    type: "ordinal",
    scale: { domain: places, type: "point", padding: 0.3 },
    axis: { title: across, labelAngle: 0, grid: true },
  } as const;
  const y = (field: string, title = up) =>
    ({
      field,
      type: "quantitative",
      scale: log
        ? { type: "log" as const, domain: [powers[0] ?? 1, powers.at(-1) ?? 10] }
        : { zero: !apart, nice: true },
      axis: { title, ...(log ? { format: "~g", values: powers } : {}) },
    }) as const;
  const legend = {
    title: null,
    orient: "right",
    symbolSize: 120,
    symbolOpacity: 1,
    labelLimit: 0,
  } as const;
  const own = {
    color: {
      field: "series",
      type: "nominal",
      scale: { domain: names, range: [...SERIES_COLORS] },
      legend,
    },
    shape: { field: "series", type: "nominal", scale: { domain: names, range: SHAPES }, legend },
  } as const;
  const dash = {
    field: "dash",
    type: "nominal",
    scale: { domain: names, range: DASHES },
    legend: null,
  } as const;
  const ours = { values: rowsOf(({ points }) => points) };
  const theirs = { values: rowsOf(({ paper }) => paper) };
  const runs: Layers = [
    {
      data: ours,
      mark: { type: "line", strokeWidth: 2.2 },
      encoding: { x, y: y("mean"), color: own.color, strokeDash: dash },
    },
    {
      data: ours,
      mark: { type: "rule", strokeWidth: 1.4 },
      encoding: { x, y: y("low"), y2: { field: "high" }, color: own.color },
    },
    {
      data: ours,
      mark: { type: "point", filled: true, size: 60, opacity: 1 },
      encoding: { x, y: y("mean"), ...own },
    },
  ];
  const papers = (title: string): Layers => [
    {
      data: theirs,
      mark: { type: "line", strokeWidth: 0.9, opacity: 0.9 },
      encoding: { x, y: y("mean", title), color: own.color, strokeDash: dash },
    },
    {
      data: theirs,
      mark: { type: "point", filled: false, size: 70, strokeWidth: 1.4 },
      encoding: { x, y: y("mean", title), ...own },
    },
  ];
  const some = theirs.values.length > 0;
  return renderSvg({
    title: {
      text: title,
      subtitle: [...subtitle, ...(some ? ["thin lines with hollow marks: the paper"] : [])],
    },
    spacing: 24,
    hconcat: [
      { width: 430, height: 300, layer: some && !apart ? [...runs, ...papers(up)] : runs },
      ...(some && apart ? [{ width: 260, height: 300, layer: papers(`the paper's ${up}`) }] : []),
    ],
  });
}

/** The powers of ten around some numbers, for the marks of a logarithmic axis. */
function powersOfTen(values: readonly number[]): number[] {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const least = Math.floor(logs.reduce((a, b) => Math.min(a, b), 0));
  const most = Math.ceil(logs.reduce((a, b) => Math.max(a, b), 0));
  return Array.from({ length: Math.max(1, most - least) + 1 }, (_, i) => 10 ** (least + i));
}
