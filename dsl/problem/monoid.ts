/**
 * How values of one type are put together: a way to join two, and the value
 * that adds nothing. The type has the very shape of fp-ts's `Monoid`, so that
 * library's functions work on it, without its types appearing in our signatures.
 */

import { expected, fieldsOf, OPTIONS } from "./expect.ts";

const MONOID = /* @__PURE__ */ fieldsOf(
  ["concat", "empty"],
  "a monoid",
  "give { concat, empty }, such as SUM",
);

/** A monoid, for what joins by it. */
export function judgedMonoid<A>(monoid: Monoid<A>): Monoid<A> {
  return expected(monoid, MONOID);
}

/** A way to join values: associative, with a neutral one. */
export interface Monoid<A> {
  /** Joins two values. */
  readonly concat: (x: A, y: A) => A;
  /** The value that changes nothing. */
  readonly empty: A;
}

/** Numbers by addition. */
export const SUM: Monoid<number> = { concat: (x, y) => x + y, empty: 0 };

/** Numbers by the larger one. */
export const MAX: Monoid<number> = { concat: (x, y) => Math.max(x, y), empty: -Infinity };

/** Records, field by field. */
export function struct<A extends object>(
  fields: { readonly [K in keyof A]: Monoid<A[K]> },
): Monoid<A> {
  const keys = Object.keys(expected(fields, OPTIONS)) as (keyof A)[];
  const empty: Partial<A> = {};
  for (const key of keys) empty[key] = judgedMonoid(fields[key]).empty;
  return {
    concat: (x, y) => {
      const made = { ...x };
      for (const key of keys) made[key] = fields[key].concat(x[key], y[key]);
      return made;
    },
    // Every field has a monoid, so that every field has a value now.
    empty: empty as A,
  };
}

/**
 * All values joined, or the neutral one when there are none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { concatAll, struct, SUM } from "@netfold/netfold";
 *
 * const costs = concatAll(struct({ macs: SUM, flops: SUM }));
 * assertEquals(costs([{ macs: 1, flops: 2 }, { macs: 3, flops: 6 }]), { macs: 4, flops: 8 });
 * ```
 */
export function concatAll<A>(monoid: Monoid<A>): (values: readonly A[]) => A {
  const { concat, empty } = judgedMonoid(monoid);
  return (values) => values.reduce(concat, empty);
}

/** The sum of what is counted in each of some things. */
export function sumOf<T>(things: readonly T[], count: (thing: T) => number): number {
  return things.reduce((sum, thing) => sum + count(thing), 0);
}

/** The most that is measured in any of some things, and at least `least`. */
export function mostOf<T>(things: readonly T[], measure: (thing: T) => number, least = 0): number {
  return things.reduce((most, thing) => Math.max(most, measure(thing)), least);
}
