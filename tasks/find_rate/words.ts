/** A range test in words, for its picture and for a terminal. */
import type { RateTest } from "../training/find_rate.ts";

/** A rate with the digits that a test can tell. */
export function rateText(rate: number): string {
  return `${Number(rate.toPrecision(2))}`;
}

/** Where a test ended, and why. */
export function endText({ steps, end }: RateTest): string {
  const rate = rateText(steps.at(-1)?.rate ?? NaN);
  switch (end) {
    case "complete":
      return `went to the largest rate, ${rate}`;
    case "exploded":
      return `the loss exploded at ${rate}`;
    case "interrupted":
      return `stopped at ${rate}`;
    default:
      return end satisfies never;
  }
}

/** What to train with, and why. */
export function adviceText({ suggestion, steps, lowest, end }: RateTest): string {
  if (suggestion === undefined) {
    return "no suggestion: the loss never fell by more than it scatters; try more steps, a larger batch or larger rates";
  }
  const open = end !== "exploded" && lowest === steps.at(-1)?.rate
    ? "; the loss still fell at the end: larger rates may do as well"
    : "";
  return `suggestion ${suggestion}: where the loss fell steepest, so that a step gains most; the rate of the lowest loss is too high for many steps${open}`;
}
