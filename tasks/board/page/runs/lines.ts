/** From the courses of runs to the lines of a chart. */
import type { EpochRecord } from "../../../training/record.ts";
import { averaged, type Course } from "./course.ts";

/** A line, or the points of one. */
export interface Line {
  /** The run. */
  readonly id: string;
  readonly colour: string;
  /** What is measured: pale behind the smoothed line, or dashed and by the epoch. */
  readonly kind: "measured" | "smoothed" | "held out";
}

/** Lines that have the same steps. */
export interface Lines {
  readonly steps: readonly number[];
  readonly lines: readonly (Line & { readonly values: readonly (number | null)[] })[];
}

/** What a chart shows. */
export const CHARTS = [
  { title: "loss", of: "loss", training: "trainLoss", heldOut: "validationLoss" },
  { title: "accuracy", of: "accuracy", training: "trainAccuracy", heldOut: "validationAccuracy" },
  { title: "learning rate", of: "rate", training: "rate", heldOut: undefined },
] as const;

export type ChartOf = typeof CHARTS[number];

/** The lines of one run, smoothed over a share of its steps. */
export function linesOf(
  chart: ChartOf,
  { id, colour, course: { steps, epochs }, smoothing }: {
    readonly id: string;
    readonly colour: string;
    readonly course: Course;
    readonly smoothing: number;
  },
): readonly Lines[] {
  const line = (kind: Line["kind"]): Line => ({ id, colour, kind });
  const measured = steps[chart.of];
  const isKnown = measured.some((value) => value !== null);
  const reach = chart.of === "rate" ? 0 : Math.round(smoothing * measured.length / 2);
  const bySteps: Lines = {
    steps: steps.step,
    lines: reach === 0 ? [{ ...line("smoothed"), values: measured }] : [
      { ...line("measured"), values: measured },
      { ...line("smoothed"), values: averaged(measured, reach) },
    ],
  };
  return [
    isKnown ? bySteps : byEpochs(epochs, chart.training, line("smoothed")),
    ...chart.heldOut === undefined ? [] : [byEpochs(epochs, chart.heldOut, line("held out"))],
  ].filter(({ steps }) => steps.length > 0);
}

type Field = NonNullable<ChartOf["training" | "heldOut"]>;

function byEpochs(epochs: readonly EpochRecord[], field: Field, line: Line): Lines {
  const known = epochs.filter((epoch) => typeof epoch[field] === "number");
  return {
    steps: known.map(({ step, epoch }) => step ?? epoch),
    lines: [{ ...line, values: known.map((epoch) => epoch[field] ?? null) }],
  };
}
