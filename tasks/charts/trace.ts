/**
 * The course of a number through a run, for a picture and for a terminal alike: few enough points
 * to draw, and the line that they scatter around.
 */

/** Numbers that come one after the other, averaged so that they never become too many. */
export class Trace {
  readonly #most: number;
  #values: number[] = [];
  #each = 1;
  #sum = 0;
  #count = 0;

  /** A trace of at most `most` points, an even number. */
  constructor(most: number) {
    this.#most = Math.max(2, most - most % 2);
  }

  /** Adds a number; one that is not finite is left out. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#sum += value;
    if (++this.#count < this.#each) return;
    this.#values.push(this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
    if (this.#values.length < this.#most) return;
    // An even number of points, so that each of the new ones stands for as many numbers.
    this.#values = Array.from(
      { length: this.#values.length / 2 },
      (_, i) => ((this.#values[2 * i] ?? 0) + (this.#values[2 * i + 1] ?? 0)) / 2,
    );
    this.#each *= 2;
  }

  get values(): readonly number[] {
    return this.#values;
  }

  /** How many numbers each point is the mean of. */
  get each(): number {
    return this.#each;
  }
}

/** The share of all points that lies on either side of one in its window. */
const REACH = 0.04;

/**
 * The line that evenly spaced points scatter around: at each the straight line that fits its
 * neighbours best, the nearer ones more (local regression by Cleveland, 1979), so that it neither
 * lags behind nor bends at its ends.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { smoothed } from "./trace.ts";
 *
 * const straight = Array.from({ length: 50 }, (_, i) => 2 * i);
 * assertEquals(smoothed(straight).map((x) => Math.round(x * 1e6) / 1e6), straight);
 * ```
 */
export function smoothed(values: readonly number[]): readonly number[] {
  const reach = Math.ceil(values.length * REACH);
  return values.map((value, at) => {
    const [from, to] = [Math.max(0, at - reach), Math.min(values.length - 1, at + reach)];
    let [weights, xs, ys, xxs, xys] = [0, 0, 0, 0, 0];
    for (let i = from; i <= to; i++) {
      const x = i - at;
      const y = values[i] ?? 0;
      const weight = (1 - (Math.abs(x) / (reach + 1)) ** 3) ** 3;
      weights += weight;
      xs += weight * x;
      ys += weight * y;
      xxs += weight * x * x;
      xys += weight * x * y;
    }
    const spread = weights * xxs - xs * xs;
    return spread > 0 ? (xxs * ys - xs * xys) / spread : value;
  });
}
