/** Records whose fields may be missing: a field without a value is left out, not undefined. */

/** A record with those of its fields that have a value. */
export type Defined<A> = { readonly [K in keyof A]?: Exclude<A[K], undefined> };

/**
 * The fields that have a value, to be spread into a record: `{ net, ...defined({ input }) }`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { defined } from "./defined.ts";
 *
 * assertEquals(defined({ input: [32, 32, 3], classes: undefined }), { input: [32, 32, 3] });
 * ```
 */
export function defined<A extends object>(fields: A): Defined<A> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // What the filter leaves has the types of the fields without undefined.
  return Object.fromEntries(entries) as Defined<A>;
}
