/** The course of a run: what it has recorded so far, as charts draw it. */
import type { EpochRecord } from "../../../training/record.ts";
import type { Recorded, StepColumns } from "../../wire.ts";

export interface Course {
  readonly at: string;
  readonly steps: StepColumns;
  readonly epochs: readonly EpochRecord[];
}

export const NOTHING: Course = {
  at: "",
  steps: { step: [], loss: [], accuracy: [], rate: [] },
  epochs: [],
};

/** A course with what came to it; steps that it has already are left out. */
export function withRecorded(
  { steps, epochs }: Course,
  { at, anew, steps: more, epochs: newer }: Recorded,
): Course {
  const old = anew ? NOTHING.steps : steps;
  const last = old.step.at(-1) ?? 0;
  const found = more.step.findIndex((step) => step > last);
  const from = found < 0 ? more.step.length : found;
  const joined = <A>(a: readonly A[], b: readonly A[]): readonly A[] =>
    from === b.length ? a : [...a, ...b.slice(from)];
  return {
    at,
    steps: {
      step: joined(old.step, more.step),
      loss: joined(old.loss, more.loss),
      accuracy: joined(old.accuracy, more.accuracy),
      rate: joined(old.rate, more.rate),
    },
    epochs: newer ?? epochs,
  };
}

/**
 * The mean of each value and so many on either side of it, fewer where the list ends; what is
 * missing is left out, and stays missing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { averaged } from "./course.ts";
 *
 * assertEquals(averaged([1, 2, 6, null], 1), [1.5, 3, 4, null]);
 * ```
 */
export function averaged(
  values: readonly (number | null)[],
  reach: number,
): readonly (number | null)[] {
  const sums = new Float64Array(values.length + 1);
  const counts = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    sums[i + 1] = (sums[i] ?? 0) + (value ?? 0);
    counts[i + 1] = (counts[i] ?? 0) + (value === null ? 0 : 1);
  });
  return values.map((value, i) => {
    if (value === null) return null;
    const [from, to] = [Math.max(0, i - reach), Math.min(values.length, i + reach + 1)];
    return ((sums[to] ?? 0) - (sums[from] ?? 0)) / ((counts[to] ?? 0) - (counts[from] ?? 0));
  });
}
