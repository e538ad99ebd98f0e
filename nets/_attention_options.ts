/** What the options of residual attention networks take. */
import {
  COUNT,
  expected,
  hasFields,
  listOf,
  oneOf,
  optional,
  type Wanted,
  WHOLE,
} from "../dsl/problem/expect.ts";
import { WORDS } from "../layers/blocks/words.ts";
import { COUNTS, WIDTHS } from "./_parts.ts";

const SEVERAL = /* @__PURE__ */ listOf(WHOLE);

const TAKEN: Readonly<Record<string, Wanted>> = /* @__PURE__ */ (() => ({
  // A size that no map has is the plan's to refuse.
  input: {
    ...listOf({ fits: (value) => typeof value === "number", wanted: "a number" }),
    wanted: "[height, width, channels]",
  },
  depths: optional(COUNTS),
  modules: {
    fits: (value) => WHOLE.fits(value) || SEVERAL.fits(value),
    wanted: "a whole number of at least 0, or one for each stage",
  },
  ...{ p: WHOLE, t: WHOLE, r: WHOLE, reading: WORDS.reading },
  unit: oneOf(["preactivation", "basic", "resnext", "inception"]),
  groups: COUNT,
  widths: WIDTHS,
  stem: {
    fits: (value) => COUNT.fits(value) || hasFields(value, ["net", "width", "stride"]),
    wanted: "a whole number of at least 1, or { net, width, stride }",
  },
  activation: oneOf(["mixed", "channel", "spatial"]),
  ...{ learning: WORDS.learning, mask: WORDS.mask, layout: oneOf(["tail", "text"]) },
  tail: WHOLE,
  // The last stage's width, while none is given.
  tailWidth: { ...COUNT, fits: (value) => Number.isNaN(value) || COUNT.fits(value) },
}))();

/**
 * Makes sure of options that are filled in.
 *
 * @throws {ProblemError} When one holds what it may not.
 */
export function judged(options: object): void {
  const given = new Map<string, unknown>(Object.entries(options));
  for (const [name, wanted] of Object.entries(TAKEN)) expected(given.get(name), wanted, name);
}
