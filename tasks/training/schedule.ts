/**
 * Learning rate schedules: the rate of each step, as a pure function of the
 * step's number and the number of all steps.
 */

/** The schedules by name. */
export const SCHEDULES = ["constant", "step", "step-imagenet", "cosine", "one-cycle"] as const;

/** The name of a schedule. */
export type ScheduleName = typeof SCHEDULES[number];

/** Share of a one-cycle run in which the rate rises. */
const RISE = 0.25;

/**
 * The learning rate of a step, from 0, in a run of `total` steps whose highest
 * rate is `peak`:
 * - `constant`: the peak;
 * - `step`: divided by 10 after 40 % and after 60 % of the run, which is the
 *   paper's 64,000 and 96,000 of 160,000;
 * - `step-imagenet`: divided by 10 at the paper's 200,000, 400,000 and 500,000
 *   of 530,000 steps;
 * - `cosine`: from the peak down to 0 along half a cosine (Loshchilov and
 *   Hutter, 2017);
 * - `one-cycle`: up to the peak over the first quarter, linearly from a tenth
 *   of it, then down to 0 along half a cosine (after Smith and Topin, 2018).
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { learningRate } from "@netfold/netfold/train";
 *
 * assertAlmostEquals(learningRate("step", { step: 64_000, total: 160_000, peak: 0.1 }), 0.01);
 * ```
 */
export function learningRate(
  schedule: ScheduleName,
  { step, total, peak }: { readonly step: number; readonly total: number; readonly peak: number },
): number {
  const done = step / total;
  switch (schedule) {
    case "constant":
      return peak;
    case "step":
      return done < 0.4 ? peak : done < 0.6 ? peak / 10 : peak / 100;
    case "step-imagenet":
      return done < 20 / 53
        ? peak
        : done < 40 / 53
        ? peak / 10
        : done < 50 / 53
        ? peak / 100
        : peak / 1000;
    case "cosine":
      return falling(done) * peak;
    case "one-cycle":
      return done < RISE
        ? peak * (0.1 + 0.9 * done / RISE)
        : falling((done - RISE) / (1 - RISE)) * peak;
  }
}

function falling(done: number): number {
  return (1 + Math.cos(Math.PI * done)) / 2;
}
