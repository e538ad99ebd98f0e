/**
 * The curves of a training run as SVG: loss, accuracy and learning rate
 * against the epoch, one below the other.
 */
import type { TopLevelSpec } from "vega-lite";
import type { Result } from "../fp.ts";
import { percent } from "../terminal/format.ts";
import { COLORS, renderSvg } from "./_vega.ts";

/** One epoch; what was not measured, or is not finite, is left out of the curve. */
export interface CurvePoint {
  readonly epoch: number;
  readonly trainLoss?: number | null | undefined;
  readonly validationLoss?: number | null | undefined;
  readonly trainAccuracy?: number | null | undefined;
  readonly validationAccuracy?: number | null | undefined;
  readonly rate?: number | null | undefined;
}

interface Row {
  readonly epoch: number;
  readonly value: number;
  readonly series: string;
}

interface Panel {
  readonly title: "loss" | "accuracy" | "learning rate";
  readonly height: number;
  readonly format: string;
  readonly rows: readonly Row[];
}

type Layer = Extract<TopLevelSpec, { vconcat: unknown }>["vconcat"][number];

const TRAINING = "training";
const VALIDATION = "validation";
/** Epochs beyond which a curve bears no points. */
const MANY = 40;
const LEGEND = {
  orient: "top",
  title: null,
  symbolType: "stroke",
  symbolSize: 400,
  symbolStrokeWidth: 2,
  offset: 4,
} as const;

/**
 * Draws the curves. Panels for which nothing was measured are left out.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow } from "../../dsl/problem/throw.ts";
 * import { curvesSvg } from "./curves.ts";
 *
 * const svg = orThrow(await curvesSvg([
 *   { epoch: 1, trainLoss: 2.1, validationLoss: 1.9 },
 *   { epoch: 2, trainLoss: 1.6, validationLoss: 1.5 },
 * ], { title: "attention-56" }));
 * assertStringIncludes(svg, "attention-56");
 * ```
 */
export function curvesSvg(
  points: readonly CurvePoint[],
  { title = "Training" }: { readonly title?: string } = {},
): Promise<Result<string>> {
  const panels = panelsOf(points).filter(({ rows }) => rows.length > 0);
  const series = [TRAINING, VALIDATION].filter((name) =>
    panels.some(({ rows }) => rows.some((row) => row.series === name))
  );
  return renderSvg({
    title: { text: title, subtitle: subtitleOf(points) },
    vconcat: panels.map((panel, i) =>
      drawPanel(panel, { domain: domainOf(points), series, isLast: i === panels.length - 1 })
    ),
    spacing: 14,
  });
}

function panelsOf(points: readonly CurvePoint[]): readonly Panel[] {
  return [
    {
      title: "loss",
      height: 190,
      format: "~g",
      rows: [
        ...rowsOf(points, "trainLoss", TRAINING),
        ...rowsOf(points, "validationLoss", VALIDATION),
      ],
    },
    {
      title: "accuracy",
      height: 190,
      format: "~%",
      rows: [
        ...rowsOf(points, "trainAccuracy", TRAINING),
        ...rowsOf(points, "validationAccuracy", VALIDATION),
      ],
    },
    { title: "learning rate", height: 80, format: "~g", rows: rowsOf(points, "rate") },
  ];
}

function rowsOf(
  points: readonly CurvePoint[],
  field: keyof CurvePoint,
  series = "",
): readonly Row[] {
  return points.flatMap(({ epoch, [field]: value }) =>
    typeof value === "number" && Number.isFinite(value) ? [{ epoch, value, series }] : []
  );
}

/** The epochs that the axis spans; a single epoch stands in the middle. */
function domainOf(points: readonly CurvePoint[]): readonly [number, number] {
  const epochs = points.map(({ epoch }) => epoch);
  const first = epochs.reduce((a, b) => Math.min(a, b), epochs[0] ?? 1);
  const last = epochs.reduce((a, b) => Math.max(a, b), first);
  return first === last ? [first - 1, last + 1] : [first, last];
}

interface Frame {
  readonly domain: readonly [number, number];
  readonly series: string[];
  /** Whether this is the lowest panel, which bears the axis for all. */
  readonly isLast: boolean;
}

function drawPanel(panel: Panel, { domain, series, isLast }: Frame): Layer {
  const rate = panel.title === "learning rate";
  const color = rate ? { color: COLORS.green } : {};
  const bySeries = { field: "series", type: "nominal", legend: LEGEND } as const;
  const epochs = new Set(panel.rows.map(({ epoch }) => epoch)).size;
  return {
    width: 640,
    height: panel.height,
    data: { values: [...panel.rows] },
    mark: {
      type: "line",
      strokeWidth: rate ? 1.5 : 2,
      interpolate: rate && fallsByPowers(panel) ? "step-after" : "linear",
      point: epochs <= (rate ? 1 : MANY) ? { size: 36, ...color } : false,
      ...color,
    },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        scale: { domain: [...domain], nice: false },
        axis: {
          title: isLast ? "epoch" : null,
          labels: isLast,
          tickMinStep: 1,
          tickCount: 10,
          labelFlush: false,
          format: "d",
        },
      },
      y: {
        field: "value",
        type: "quantitative",
        ...(rate ? rateAxis(panel) : {
          scale: { zero: false, nice: true },
          axis: { ...axisOf(panel), tickCount: 6 },
        }),
      },
      ...(rate ? {} : {
        color: { ...bySeries, scale: { domain: series, range: series.map(colorOf) } },
        strokeDash: { ...bySeries, scale: { domain: series, range: series.map(dashOf) } },
      }),
    },
  };
}

function colorOf(series: string): string {
  return series === TRAINING ? COLORS.blue : COLORS.vermillion;
}

function dashOf(series: string): number[] {
  return series === TRAINING ? [1, 0] : [6, 3];
}

/**
 * Whether the learning rate falls by powers of ten, as in steps. A rate that fades to nothing would
 * fill a logarithmic axis with its last moments, and would seem to stand still between two epochs.
 */
function fallsByPowers({ rows }: Panel): boolean {
  const values = rows.map(({ value }) => value);
  return Math.max(...values) / Math.min(...values) >= 50 && values.every((value, i) => {
    const power = Math.log10((values[i - 1] ?? value) / value);
    return Math.abs(power - Math.round(power)) < 1e-6;
  });
}

/** The axis of the learning rate: powers of ten where it falls by them, else from zero. */
function rateAxis(panel: Panel) {
  if (!fallsByPowers(panel)) {
    return { scale: { zero: true, nice: true }, axis: { ...axisOf(panel), tickCount: 3 } };
  }
  const rates = panel.rows.map(({ value }) => value);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const values = Array.from({ length: 40 }, (_, i) => Number(`1e${i - 30}`))
    .filter((power) => power > least * 0.99 && power < most * 1.01);
  return { scale: { type: "log", nice: false }, axis: { ...axisOf(panel), values } } as const;
}

function axisOf({ title, format }: Panel) {
  return { title, format, minExtent: 40 };
}

function subtitleOf(points: readonly CurvePoint[]): string {
  if (points.length === 0) return "no epoch has ended yet";
  const [best] = rowsOf(points, "validationAccuracy")
    .toSorted((a, b) => b.value - a.value || a.epoch - b.epoch);
  if (best === undefined) return "";
  return `best validation accuracy ${percent(best.value)}, epoch ${best.epoch}`;
}
