/**
 * A learning rate range test as its numbers (Smith, Cyclical learning rates for training neural
 * networks, 2017): the loss of steps whose rate grows, smoothed, and what it says of the rate to
 * train with.
 */
import { defined } from "../../dsl/problem/defined.ts";

/** One step of a test. */
export interface RateStep {
  /** Its learning rate. */
  readonly rate: number;
  /** The loss of its batch before the step was taken. */
  readonly loss: number;
  /** The running mean of the losses so far, which counts later ones more, without the bias of its beginning. */
  readonly smoothed: number;
}

/** What a test says of the rate. */
export interface RateAdvice {
  /** The rate at which the smoothed loss fell fastest for the same factor of the rate; none where it never fell. */
  readonly steepest?: number;
  /** The rate at which the smoothed loss was lowest; none where it never fell. */
  readonly lowest?: number;
  /** The highest rate to train with; none where the loss never fell. */
  readonly suggestion?: number;
}

/** The share of a test's steps over which its loss is smoothed, and its slope told on either side of a step. */
const REACH = 1 / 20;
/** How many times the lowest smoothed loss is an explosion (as in fastai). */
const EXPLODED = 4;

/** The share of the smoothed loss that each step of a test keeps. */
function keptOf(total: number): number {
  return 1 - 1 / Math.max(1, total * REACH);
}

/** The rate of each step, growing by the same factor from the least to the largest. */
export function rateAt(
  { minRate, maxRate, steps }: {
    readonly minRate: number;
    readonly maxRate: number;
    readonly steps: number;
  },
  step: number,
): number {
  return minRate * (maxRate / minRate) ** (steps === 1 ? 0 : step / (steps - 1));
}

/** The steps of a test, one after the other. */
export class RateSteps {
  readonly #keep: number;
  readonly #steps: RateStep[] = [];
  #mean = 0;
  #least = Infinity;

  /** For a test of `total` steps. */
  constructor(total: number) {
    this.#keep = keptOf(total);
  }

  add({ rate, loss }: Pick<RateStep, "rate" | "loss">): void {
    this.#mean = this.#keep * this.#mean + (1 - this.#keep) * loss;
    const smoothed = this.#mean / (1 - this.#keep ** (this.#steps.length + 1));
    this.#steps.push({ rate, loss, smoothed });
    this.#least = Math.min(this.#least, smoothed);
  }

  get all(): readonly RateStep[] {
    return this.#steps;
  }

  /** Whether the smoothed loss has left all that training is for. */
  get isExploded(): boolean {
    const [first, last] = [this.#steps[0]?.smoothed ?? NaN, this.#steps.at(-1)?.smoothed ?? NaN];
    return last > EXPLODED * this.#least && last > first;
  }
}

/**
 * What the steps of a test of `total` steps say.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { adviceOf, rateAt, RateSteps } from "./rate_test.ts";
 *
 * // The loss falls from 0.01 on, and grows from 1 on.
 * const steps = new RateSteps(200);
 * for (let i = 0; i < 200; i++) {
 *   const rate = rateAt({ minRate: 1e-4, maxRate: 10, steps: 200 }, i);
 *   const [fall, rise] = [rate / 0.01, rate].map((x) => Math.max(0, Math.log10(x)));
 *   steps.add({ rate, loss: 2.3 - 0.5 * (fall ?? 0) + 2 * (rise ?? 0) });
 * }
 * const { lowest = NaN, suggestion = NaN } = adviceOf(steps.all, 200);
 * assertEquals([Math.round(lowest), suggestion > 0.01 && suggestion < 1], [1, true]);
 * ```
 */
export function adviceOf(steps: readonly RateStep[], total: number): RateAdvice {
  const at = steps.reduce(
    (least, { smoothed }, i) => smoothed < (steps[least]?.smoothed ?? Infinity) ? i : least,
    0,
  );
  const before = steps.slice(0, at + 1);
  const reach = Math.max(1, Math.round(total * REACH));
  if (!hasFallen(before, total, 2 * reach)) return {};
  // Around a step at either end there are too few to tell a slope from scatter.
  const whole = before.slice(reach, -reach);
  const slopes = whole.map((_, i) => slopeAt(before, i + reach, reach));
  const steepest = whole[slopes.indexOf(Math.min(...slopes))]?.rate;
  const lowest = before.at(-1)?.rate;
  return defined({ steepest, lowest, suggestion: steepest && roundedDown(steepest) });
}

/** How many times its own uncertainty the fall of a loss must be, for chance finds the lowest of many. */
const SURE = 4;

/** Whether the smoothed loss is lower at the end than in the first `many` steps, by more than chance. */
function hasFallen(steps: readonly RateStep[], total: number, many: number): boolean {
  if (steps.length <= many) return false;
  const first = steps.slice(0, many).reduce((sum, { loss }) => sum + loss, 0) / many;
  // What two steps in a row differ by is scatter alone, whatever the loss does in the long run.
  const scatter = Math.hypot(
    ...steps.slice(1).map(({ loss }, i) => loss - (steps[i]?.loss ?? NaN)),
  ) / Math.sqrt(2 * (steps.length - 1));
  const keep = keptOf(total);
  const uncertain = scatter * Math.sqrt(1 / many + (1 - keep) / (1 + keep));
  return first - (steps.at(-1)?.smoothed ?? NaN) > SURE * uncertain;
}

/** The slope of the straight line that fits the smoothed losses around a step best, for each step. */
function slopeAt(steps: readonly RateStep[], at: number, reach: number): number {
  const window = steps.slice(at - reach, at + reach + 1);
  const middle = (window.length - 1) / 2;
  const mean = window.reduce((sum, { smoothed }) => sum + smoothed, 0) / window.length;
  const [along, spread] = window.reduce(
    ([along, spread], { smoothed }, i) => [
      along + (i - middle) * (smoothed - mean),
      spread + (i - middle) ** 2,
    ],
    [0, 0],
  );
  return along / spread;
}

/** A number with its first two digits. */
function roundedDown(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.floor(value / unit + 1e-9) * unit).toPrecision(2));
}
