/**
 * Several runs in one picture: their loss and accuracy by the step, each run in a colour of its own,
 * training drawn through and validation dashed.
 */
import type { TopLevelSpec } from "vega-lite";
import type { Result } from "../fp.ts";
import { type CurvePoint, type CurveStep, epochRows, type Row, stepCurve } from "./_curve_rows.ts";
import { renderSvg } from "./_vega.ts";
import { SERIES_COLORS } from "./colors.ts";
import { labelsIn } from "./labels.ts";
import { type ChartWidth, WIDTHS } from "./width.ts";

/** A run in a picture of several. */
export interface RunCurves {
  readonly title: string;
  /** Its steps; without them training is drawn by the epoch. */
  readonly steps: readonly CurveStep[];
  readonly epochs: readonly CurvePoint[];
}

/** As many runs as colours can tell apart in one picture. */
export const MOST_RUNS: number = SERIES_COLORS.length;

type Layer = Extract<TopLevelSpec, { vconcat: unknown }>["vconcat"][number];
type Numbers = "Loss" | "Accuracy";

const KINDS = ["training", "validation"] as const;
/** The width of the legend of kinds, in pixels. */
const KINDS_LEGEND = 180;

interface RunRow extends Row {
  readonly run: string;
  readonly kind: typeof KINDS[number];
}

/**
 * Draws at most {@link MOST_RUNS} runs, whose titles must differ.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow } from "../../dsl/problem/throw.ts";
 * import { runsSvg } from "./runs_chart.ts";
 *
 * const epochs = [{ epoch: 1, step: 20, trainLoss: 2 }, { epoch: 2, step: 40, trainLoss: 1 }];
 * const runs = [{ title: "first", steps: [], epochs }, { title: "second", steps: [], epochs }];
 * assertStringIncludes(orThrow(await runsSvg(runs)), "second");
 * ```
 */
export function runsSvg(
  given: readonly RunCurves[],
  width: ChartWidth = "wide",
): Promise<Result<string>> {
  const plot = WIDTHS[width];
  // Beside a legend's symbols; in a wide picture in two columns, beside the kinds of lines.
  const room = (width === "wide" ? (plot - KINDS_LEGEND) / 2 : plot) - 40;
  const names = [...labelsIn(given.map(({ title }) => title), room)];
  const runs = given.map((run, i) => ({ ...run, title: names[i] ?? "" }));
  const panels = [
    { title: "loss", format: "~g", rows: rowsOf(runs, "Loss") },
    { title: "accuracy", format: "~%", rows: rowsOf(runs, "Accuracy") },
  ].filter(({ rows }) => rows.length > 0);
  return renderSvg({
    title: {
      text: "The runs, step by step",
      subtitle: ["training smoothed over its steps;", "validation by the epoch"],
    },
    vconcat: panels.map((panel, i) =>
      drawPanel(panel, { names, width, isLast: i === panels.length - 1 })
    ),
    spacing: 14,
  }, width);
}

function rowsOf(runs: readonly RunCurves[], of: Numbers): readonly RunRow[] {
  return runs.flatMap(({ title, steps, epochs }) => {
    const kinds = {
      training: steps.length === 0
        ? epochRows(epochs, `train${of}`, 1)
        : stepCurve(steps, 1, (step) => of === "Loss" ? step.loss : step.accuracy).line,
      validation: epochRows(epochs, `validation${of}`, 1),
    };
    return KINDS.flatMap((kind) => kinds[kind].map((row) => ({ ...row, run: title, kind })));
  });
}

interface Frame {
  readonly names: string[];
  readonly width: ChartWidth;
  readonly isLast: boolean;
}

function drawPanel(
  { title, format, rows }: {
    readonly title: string;
    readonly format: string;
    readonly rows: readonly RunRow[];
  },
  { names, width, isLast }: Frame,
): Layer {
  const plot = WIDTHS[width];
  const legend = {
    orient: "top",
    title: null,
    symbolType: "stroke",
    symbolSize: 400,
    symbolStrokeWidth: 2,
    columns: width === "wide" ? 2 : 1,
    labelLimit: 0,
    offset: 4,
  } as const;
  return {
    width: plot,
    height: 210,
    data: { values: [...rows] },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        axis: {
          title: isLast ? "step" : null,
          labels: isLast,
          tickCount: width === "wide" ? 10 : 5,
          format: "~s",
        },
      },
      y: {
        field: "value",
        type: "quantitative",
        scale: { zero: false, nice: true },
        axis: { title, format, tickCount: 6, minExtent: 40 },
      },
      color: {
        field: "run",
        type: "nominal",
        scale: { domain: names, range: [...SERIES_COLORS] },
        legend,
      },
    },
    layer: [
      {
        mark: { type: "line", strokeWidth: 1.8 },
        encoding: {
          strokeDash: {
            field: "kind",
            type: "nominal",
            scale: { domain: [...KINDS], range: [[1, 0], [6, 3]] },
            legend: { ...legend, columns: 2 },
          },
        },
      },
      {
        transform: [{ filter: "datum.kind === 'validation'" }],
        mark: { type: "point", filled: true, size: 30, opacity: 1 },
      },
    ],
  };
}
