/**
 * Learning rate schedules: plain data that a run folder can hold, made by combinators, and one
 * function that says the rate of each step.
 */
import { misfit, needed, type Wanted } from "../problem/expect.ts";
import type { Field } from "../plan/configuration.ts";
import { numberField } from "../plan/fields.ts";
import { orThrow } from "../problem/throw.ts";
import {
  around,
  type Kind,
  kind,
  made,
  over,
  readerOf,
  type Recorded,
  valueField,
} from "./meaning.ts";

/** A schedule, over the share of the run that is done, from 0 to 1. */
export type Schedule =
  /** The peak throughout. */
  | { readonly kind: "constant" }
  /** From the peak down to 0 along half a cosine (Loshchilov and Hutter, 2017). */
  | { readonly kind: "cosine" }
  /** From the peak down to 0 in a straight line. */
  | { readonly kind: "linear" }
  /** Multiplied by `by` at each share of `at`. */
  | { readonly kind: "steps"; readonly at: readonly number[]; readonly by: number }
  /** From `from` times the peak up to it over a share of the run, in a straight line, then another. */
  | {
    readonly kind: "warmup";
    readonly share: number;
    readonly from: number;
    readonly then: Schedule | ScheduleName;
  }
  /** Straight lines through points of `[share done, share of the peak]`, of rising share. */
  | { readonly kind: "points"; readonly at: readonly (readonly [number, number])[] };

/** The peak throughout. */
export function constant(): Schedule {
  return { kind: "constant" };
}

/** From the peak down to 0 along half a cosine (Loshchilov and Hutter, 2017). */
export function cosine(): Schedule {
  return { kind: "cosine" };
}

/** From the peak down to 0 in a straight line. */
export function linear(): Schedule {
  return { kind: "linear" };
}

/** Multiplied by `by` when each of the shares `at` of the run is done. */
export function steps(at: readonly number[], by: number): Schedule {
  return made(curveOf, { kind: "steps", at, by });
}

/** From `from` times the peak up to it over a share of the run, then another schedule, or the one of a name. */
export function warmup(share: number, then: Schedule | ScheduleName, from = 0): Schedule {
  return made(curveOf, { kind: "warmup", share, from, then });
}

/** A quarter of the run up from a tenth of the peak, then down to 0 along half a cosine (after Smith and Topin, 2018). */
export function oneCycle(): Schedule {
  return warmup(0.25, cosine(), 0.1);
}

/** Straight lines through points of `[share of the run done, share of the peak]`. */
export function points(...at: readonly (readonly [number, number])[]): Schedule {
  return made(curveOf, { kind: "points", at });
}

/** The schedules that have names of their own. */
export const SCHEDULES = [
  "constant",
  "step",
  "step-imagenet",
  "cosine",
  "linear",
  "one-cycle",
] as const;

/** The name of a schedule. */
export type ScheduleName = typeof SCHEDULES[number];

/** Where a run stands. */
export interface ScheduleStep {
  /** The step, from 0. */
  readonly step: number;
  /** The steps of the run. */
  readonly total: number;
  /** The highest rate. */
  readonly peak: number;
}

/**
 * The learning rate of a step.
 *
 * @throws {ProblemError} When the step is none of the run, or the schedule is none.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { learningRate, linear, warmup } from "@netfold/netfold";
 *
 * const at = { step: 64_000, total: 160_000, peak: 0.1 };
 * assertAlmostEquals(learningRate("step", at), 0.01);
 * assertAlmostEquals(learningRate(warmup(0.2, linear()), at), 0.075);
 * ```
 */
export function learningRate(
  schedule: Schedule | ScheduleName,
  at: ScheduleStep,
): number {
  const { step, total, peak } = needed(at, { step: LEAST_0, total: ABOVE_0, peak: LEAST_0 });
  if (step > total) {
    const hint = "steps count from 0 to the total";
    throw misfit("the step must be one of the run", `${step}`, `at most ${total}`, hint, "step");
  }
  return orThrow(curveOf(valueOf(schedule))).rate(step / total, peak);
}

const LEAST_0: Wanted = {
  fits: (value) => Number.isFinite(value) && Number(value) >= 0,
  wanted: "a number of at least 0",
};
const ABOVE_0: Wanted = {
  fits: (value) => Number.isFinite(value) && Number(value) > 0,
  wanted: "a number above 0",
};

/** What a schedule means: the rate at each share of the run. */
interface Curve extends Recorded {
  readonly rate: (done: number, peak: number) => number;
}

type Own<K> = Extract<Schedule, { readonly kind: K }>;
type Point = readonly [number, number];

const isShare = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= 1;
const factor = /* @__PURE__ */ numberField(0, Infinity);
const isRising = (values: readonly number[]) =>
  values.every((value, i) => value >= (values[i - 1] ?? 0));
const shares: Field<readonly number[]> = {
  wanted: "rising numbers from 0 to 1",
  is: (value): value is readonly number[] =>
    Array.isArray(value) && value.every(isShare) && isRising(value),
};
const pointList: Field<readonly Point[]> = {
  wanted: "points of [share, factor], of rising share",
  is: (value): value is readonly Point[] =>
    Array.isArray(value) && value.length > 0 &&
    value.every((point) => Array.isArray(point) && point.length === 2 && factor.is(point[1])) &&
    shares.is(value.map(([share]) => share)),
};

const anySchedule = /* @__PURE__ */ valueField<Schedule>("a schedule");
const next: Field<Schedule | ScheduleName> = {
  wanted: "a schedule, or the name of one",
  is: (value): value is Schedule | ScheduleName => isName(value) || anySchedule.is(value),
};

const KINDS: { readonly [K in Schedule["kind"]]: Kind<Curve> } = /* @__PURE__ */ (() => ({
  constant: kind({}, ({ kind }): Curve => ({ kind, rate: (_, peak) => peak })),
  cosine: kind({}, ({ kind }): Curve => ({
    kind,
    rate: (done, peak) => (1 + Math.cos(Math.PI * done)) / 2 * peak,
  })),
  linear: kind({}, ({ kind }): Curve => ({ kind, rate: (done, peak) => (1 - done) * peak })),
  steps: kind({ at: shares, by: factor }, ({ kind, at, by }: Own<"steps">): Curve => ({
    kind,
    // A division, so that by tenths the rates are those of a decimal fraction.
    rate: (done, peak) => peak / (1 / by) ** at.filter((share) => done >= share).length,
  })),
  warmup: around(
    { share: numberField(0, 1), from: factor, then: next },
    ({ kind, share, from, then }: Own<"warmup">, inner) =>
      over(inner(valueOf(then), "then"), (later) => ({
        kind,
        rate: (done, peak) =>
          done < share
            ? peak * (from + (1 - from) * done / share)
            : later.rate((done - share) / (1 - share), peak),
      })),
  ),
  points: kind({ at: pointList }, ({ kind, at }: Own<"points">): Curve => ({
    kind,
    rate: (done, peak) => peak * between(at, done),
  })),
}))();

const curveOf = /* @__PURE__ */ readerOf("schedule", KINDS);

/**
 * What the names mean: `step` has the paper's 64,000 and 96,000 of 160,000 steps, `step-imagenet`
 * its 200,000, 400,000 and 500,000 of 530,000.
 */
const NAMED: Readonly<Record<ScheduleName, Schedule>> = /* @__PURE__ */ (() => ({
  constant: constant(),
  step: steps([0.4, 0.6], 0.1),
  "step-imagenet": steps([20 / 53, 40 / 53, 50 / 53], 0.1),
  cosine: cosine(),
  linear: linear(),
  "one-cycle": oneCycle(),
}))();

/** A schedule, or the one that a name stands for. */
function valueOf(schedule: Schedule | ScheduleName): Schedule {
  return isName(schedule) ? NAMED[schedule] : schedule;
}

function between(points: readonly Point[], done: number): number {
  const after = points.find(([at]) => at > done);
  const before = points.findLast(([at]) => at <= done);
  if (before === undefined || after === undefined) return (after ?? before)?.[1] ?? 0;
  const share = (done - before[0]) / (after[0] - before[0]);
  return before[1] + share * (after[1] - before[1]);
}

/** Whether a value is a schedule, from 0 to 1 and of rates that are numbers. */
export function isSchedule(value: unknown): value is Schedule {
  return curveOf(value)._tag === "Right";
}

function isName(value: unknown): value is ScheduleName {
  return SCHEDULES.some((name) => name === value);
}

/** A schedule or the name of one, as an option. */
export const scheduleOrName: Field<Schedule | ScheduleName> = /* @__PURE__ */ (() => ({
  wanted: `${SCHEDULES.join(", ")}, or a schedule`,
  is: (value): value is Schedule | ScheduleName => isName(value) || isSchedule(value),
}))();

/** How the name of a program's input for another schedule's rate begins. */
const RATE = "rate ";

/** The name of the input for the rate of a schedule of its own. */
export function rateInput(schedule: Schedule | ScheduleName): string {
  return `${RATE}${JSON.stringify(schedule)}`;
}

/** The schedules of a program's own inputs, by input. */
export function rateInputs(
  inputs: readonly { readonly name: string }[],
): ReadonlyMap<string, Schedule | ScheduleName> {
  return new Map(
    inputs.flatMap(({ name }): readonly (readonly [string, Schedule | ScheduleName])[] => {
      if (!name.startsWith(RATE)) return [];
      const schedule: unknown = JSON.parse(name.slice(RATE.length));
      return scheduleOrName.is(schedule) ? [[name, schedule]] : [];
    }),
  );
}
