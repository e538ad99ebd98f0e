/** Widths that blocks make other widths of. */
import type { Wanted } from "../../dsl/problem/expect.ts";
import { width } from "../../dsl/plan/fields.ts";

/** A width that is absolute, or relative to the input's channels alone. */
export const WIDTH: Wanted = {
  fits: (value) =>
    value === "same" || width.is(value) && (typeof value === "number" || "ratio" in Object(value)),
  wanted: '"same", a positive number, or ratio(numerator, denominator)',
};
