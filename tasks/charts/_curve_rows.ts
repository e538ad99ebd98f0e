/** From the records of a run to the points of its curves: training step by step, validation by epoch. */
import { smoothed, Trace } from "./trace.ts";

/** One epoch; what was not measured, or is not finite, is left out of the curve. */
export interface CurvePoint {
  readonly epoch: number;
  /** Steps done in all at its end; its place on the axis where the curves are of steps. */
  readonly step?: number;
  readonly trainLoss?: number | null | undefined;
  readonly validationLoss?: number | null | undefined;
  readonly trainAccuracy?: number | null | undefined;
  readonly validationAccuracy?: number | null | undefined;
  readonly rate?: number | null | undefined;
}

/** One step, as `steps.csv` holds it. */
export interface CurveStep {
  readonly step: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly rate: number;
  readonly gradientNorm?: number;
}

/** A point of a curve, `x` in epochs. */
export interface Row {
  readonly x: number;
  readonly value: number;
}

/** The curve of a number that every step has. */
export interface StepCurve {
  /** The steps themselves, or means of as many as `each` says. */
  readonly raw: readonly Row[];
  /** The line that they scatter around. */
  readonly line: readonly Row[];
  readonly each: number;
}

/** Points of a curve at most. */
const MOST = 512;

/** Steps in an epoch, as the first one tells; none before it has ended. */
export function epochLength([first]: readonly CurvePoint[]): number | undefined {
  return first?.step === undefined ? undefined : first.step / first.epoch;
}

/** A curve of steps, the middle of each in its place. */
export function stepCurve(
  steps: readonly CurveStep[],
  length: number,
  of: (step: CurveStep) => number | undefined,
): StepCurve {
  const measured = steps.filter((step) => of(step) !== undefined);
  const trace = new Trace(MOST);
  for (const step of measured) trace.add(of(step) ?? NaN);
  const { values, each } = trace;
  const before = (measured[0]?.step ?? 1) - 1;
  const at = (value: number, i: number): Row => ({
    x: (before + (i + 0.5) * each) / length,
    value,
  });
  return { raw: values.map(at), line: smoothed(values).map(at), each };
}

/** The learning rate of every step, or of so many that each keeps the value that it had. */
export function rateRows(steps: readonly CurveStep[], length: number): readonly Row[] {
  const each = Math.ceil(steps.length / MOST);
  return steps.filter((_, i) => i % each === 0 || i === steps.length - 1)
    .map(({ step, rate }) => ({ x: (step - 0.5) / length, value: rate }));
}

/** The points of epochs, at their ends. */
export function epochRows(
  points: readonly CurvePoint[],
  field: Exclude<keyof CurvePoint, "epoch" | "step">,
  length: number | undefined,
): readonly Row[] {
  return points.flatMap(({ epoch, step, [field]: value }) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return [];
    return [{ x: length === undefined || step === undefined ? epoch : step / length, value }];
  });
}
