/**
 * The curves of a training run as SVG: loss, accuracy, learning rate and the norm of the gradients,
 * one below the other. Training is drawn step by step, pale, and smoothed, where the steps are known;
 * validation by the epoch.
 */
import type { TopLevelSpec } from "vega-lite";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { E, type Result } from "../fp.ts";
import { percent } from "../terminal/format.ts";
import {
  type CurvePoint,
  type CurveStep,
  epochLength,
  epochRows,
  rateRows,
  type Row,
  stepCurve,
} from "./_curve_rows.ts";
import { loadVega, renderSvg } from "./_vega.ts";
import { COLORS } from "./colors.ts";
import { type ChartWidth, WIDTHS } from "./width.ts";

export type { CurvePoint, CurveStep } from "./_curve_rows.ts";

/** Loads what draws curves, for work that is not to fail at its first drawing. */
export async function loadCurves(): Promise<Result<void>> {
  return E.map(() => {})(await loadVega());
}

export interface CurveOptions {
  readonly title?: string;
  /** Every step; without them training is drawn by the epoch. */
  readonly steps?: readonly CurveStep[];
  /** What there is to know of the curves. */
  readonly note?: string;
  readonly width?: ChartWidth;
}

type Layer = Extract<TopLevelSpec, { vconcat: unknown }>["vconcat"][number];

const TRAINING = "training";
const VALIDATION = "validation";

/** One curve of a panel. */
interface Curve {
  /** What the legend calls it; nothing of one that stands alone. */
  readonly series: string;
  readonly rows: readonly Row[];
  /** The steps behind a smoothed line. */
  readonly raw?: readonly Row[];
}

interface Panel {
  readonly title: "loss" | "accuracy" | "learning rate" | "gradient norm";
  readonly height: number;
  readonly format: string;
  readonly curves: readonly Curve[];
}

/** Points beyond which a curve does not mark them. */
const MANY = 40;
/** The width of a letter of a subtitle, and of what stands beside a plot, in pixels. */
const [LETTER, BESIDE] = [7, 50];
const LEGEND = {
  orient: "top",
  title: null,
  symbolType: "stroke",
  symbolSize: 400,
  symbolStrokeWidth: 2,
  symbolOpacity: 1,
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
  { title = "Training", steps = [], note, width = "wide" }: CurveOptions = {},
): Promise<Result<string>> {
  const all = panelsOf(points, steps)
    .map((panel) => ({ ...panel, curves: panel.curves.filter(({ rows }) => rows.length > 0) }));
  const panels = all.filter(({ curves }) => curves.length > 0);
  const series = [TRAINING, VALIDATION].filter((name) =>
    panels.some(({ curves }) => curves.some((curve) => curve.series === name))
  );
  const frame = { domain: domainOf(panels, steps.length > 0), series, width: WIDTHS[width] };
  const words = [subtitleOf(points), ...stepsNote(steps), ...(note === undefined ? [] : [note])];
  return renderSvg({
    title: {
      text: title,
      subtitle: words.flatMap((line) => wrapped(line, Math.floor((frame.width + BESIDE) / LETTER))),
    },
    vconcat: panels.map((panel, i) =>
      drawPanel(panel, {
        ...frame,
        unit: steps.length > 0 && epochLength(points) === undefined ? "step" : "epoch",
        isLast: i === panels.length - 1,
      })
    ),
    spacing: 14,
  }, width);
}

function panelsOf(
  points: readonly CurvePoint[],
  steps: readonly CurveStep[],
): readonly Panel[] {
  const length = steps.length === 0 ? undefined : epochLength(points) ?? 1;
  const byEpoch = (field: Parameters<typeof epochRows>[1], some = points) =>
    epochRows(some, field, length);
  /** Training by steps, and by epochs that ended before the first that is known. */
  const training = (
    field: "trainLoss" | "trainAccuracy",
    of: (step: CurveStep) => number | undefined,
  ): Curve => {
    const first = steps[0]?.step ?? Infinity;
    const earlier = byEpoch(field, points.filter(({ step = 0 }) => step < first));
    if (length === undefined) return { series: TRAINING, rows: earlier };
    const { raw, line } = stepCurve(steps, length, of);
    return { series: TRAINING, rows: [...earlier, ...line], raw };
  };
  const alone = (rows: readonly Row[], raw?: readonly Row[]): readonly Curve[] => [
    { series: "", rows, ...(raw && { raw }) },
  ];
  const norms = stepCurve(steps, length ?? 1, ({ gradientNorm }) => gradientNorm);
  return [
    {
      title: "loss",
      height: 190,
      format: "~g",
      curves: [
        training("trainLoss", ({ loss }) => loss),
        { series: VALIDATION, rows: byEpoch("validationLoss") },
      ],
    },
    {
      title: "accuracy",
      height: 190,
      format: "~%",
      curves: [
        training("trainAccuracy", ({ accuracy }) => accuracy),
        { series: VALIDATION, rows: byEpoch("validationAccuracy") },
      ],
    },
    {
      title: "learning rate",
      height: 80,
      format: "~g",
      curves: alone(length === undefined ? byEpoch("rate") : rateRows(steps, length)),
    },
    { title: "gradient norm", height: 80, format: "~g", curves: alone(norms.line, norms.raw) },
  ];
}

/** What the axis spans: all steps, or epochs, of which a single one stands in the middle. */
function domainOf(panels: readonly Panel[], isOfSteps: boolean): readonly [number, number] {
  const places = panels.flatMap(({ curves }) =>
    curves.flatMap(({ rows }) => rows.map(({ x }) => x))
  );
  const first = places.reduce((a, b) => Math.min(a, b), places[0] ?? 1);
  const last = places.reduce((a, b) => Math.max(a, b), first);
  if (isOfSteps) return [first < 1 ? 0 : first, last];
  return first === last ? [first - 1, last + 1] : [first, last];
}

interface Frame {
  readonly domain: readonly [number, number];
  readonly series: string[];
  readonly width: number;
  readonly unit: "epoch" | "step";
  /** Whether this is the lowest panel, which bears the axis for all. */
  readonly isLast: boolean;
}

function drawPanel(panel: Panel, { domain, series, width, unit, isLast }: Frame): Layer {
  const { title, height, curves } = panel;
  const isRate = title === "learning rate";
  const own = curves.every((curve) => curve.series === "") ? { color: COLORS.green } : {};
  const bySeries = { field: "series", type: "nominal", legend: LEGEND } as const;
  const rowsOf = (pick: (curve: Curve) => readonly Row[] | undefined) =>
    curves.flatMap((curve) => (pick(curve) ?? []).map((row) => ({ ...row, series: curve.series })));
  const marked = curves.filter(({ rows, raw }) => raw === undefined && rows.length <= MANY);
  return {
    width,
    height,
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        scale: { domain: [...domain], nice: false },
        axis: {
          title: isLast ? unit : null,
          labels: isLast,
          tickMinStep: 1,
          tickCount: width < 400 ? 6 : 10,
          labelFlush: false,
          format: "d",
        },
      },
      y: {
        field: "value",
        type: "quantitative",
        ...(isRate ? rateAxis(panel) : {
          scale: { zero: own.color !== undefined, nice: true },
          axis: { ...axisOf(panel), tickCount: height < 100 ? 3 : 6 },
        }),
      },
      ...(own.color === undefined && {
        color: { ...bySeries, scale: { domain: series, range: series.map(colorOf) } },
        strokeDash: { ...bySeries, scale: { domain: series, range: series.map(dashOf) } },
      }),
    },
    layer: [
      {
        data: { values: rowsOf(({ raw }) => raw) },
        mark: { type: "line", strokeWidth: 1, opacity: 0.3, ...own },
      },
      {
        data: { values: rowsOf(({ rows }) => rows) },
        mark: {
          type: "line",
          strokeWidth: own.color === undefined ? 2 : 1.5,
          interpolate: isRate && fallsByPowers(panel) ? "step-after" : "linear",
          ...own,
        },
      },
      {
        data: {
          values: marked.flatMap(({ rows, series }) => rows.map((row) => ({ ...row, series }))),
        },
        mark: { type: "point", filled: true, size: 36, opacity: 1, ...own },
      },
    ],
  };
}

function colorOf(series: string): string {
  return series === TRAINING ? COLORS.blue : COLORS.vermillion;
}

function dashOf(series: string): number[] {
  return series === TRAINING ? [1, 0] : [6, 3];
}

function valuesOf({ curves }: Panel): readonly number[] {
  return curves.flatMap(({ rows }) => rows.map(({ value }) => value));
}

/**
 * Whether the learning rate falls by powers of ten, as in steps. A rate that fades to nothing would
 * fill a logarithmic axis with its last moments, and would seem to stand still between two epochs.
 */
function fallsByPowers(panel: Panel): boolean {
  const values = valuesOf(panel);
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
  const rates = valuesOf(panel);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const values = Array.from({ length: 40 }, (_, i) => Number(`1e${i - 30}`))
    .filter((power) => power > least * 0.99 && power < most * 1.01);
  return { scale: { type: "log", nice: false }, axis: { ...axisOf(panel), values } } as const;
}

function axisOf({ title, format }: Panel) {
  return { title, format, minExtent: 40 };
}

/** What the lines of steps are. */
function stepsNote(steps: readonly CurveStep[]): readonly string[] {
  if (steps.length === 0) return [];
  const { each } = stepCurve(steps, 1, ({ loss }) => loss);
  return [`pale: ${each === 1 ? "each step" : `means of ${each} steps`}; bold: smoothed`];
}

function subtitleOf(points: readonly CurvePoint[]): string {
  if (points.length === 0) return "no epoch has ended yet";
  const [best] = points.flatMap(({ epoch, validationAccuracy: value }) =>
    typeof value === "number" && Number.isFinite(value) ? [{ epoch, value }] : []
  ).toSorted((a, b) => b.value - a.value || a.epoch - b.epoch);
  if (best === undefined) return "";
  return `best validation accuracy ${percent(best.value)}, epoch ${best.epoch}`;
}
