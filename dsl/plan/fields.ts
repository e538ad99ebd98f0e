/**
 * Fields of layer configurations: what JSON may hold, each as a type guard
 * with words. Ranges that make no sense in any network (a negative stride) are
 * refused here; what depends on the input is the plan's to judge.
 */
import { expectAll, expected, listOf, TEXT } from "../problem/expect.ts";
import type { Field } from "./configuration.ts";
import type { Initializer } from "./rule.ts";
import type { Padding, Pair } from "../graph/op.ts";
import type { LayerWidth } from "../net/shape.ts";

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 1;
const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(Math.fround(value));

/** True or false. */
export const flag: Field<boolean> = {
  wanted: "true or false",
  is: (value): value is boolean => typeof value === "boolean",
};

/** A whole number of at least one. */
export const count: Field<number> = { wanted: "a whole number of at least 1", is: isCount };

/** A number of groups of channels; `"same"` is as many as the input has channels. */
export const channelGroups: Field<number | "same"> = {
  wanted: 'a whole number of at least 1, or "same"',
  is: (value): value is number | "same" => value === "same" || isCount(value),
};

/** Height and width, whole numbers of at least one. */
export const pair: Field<Pair> = {
  wanted: "[height, width], whole numbers of at least 1",
  is: (value): value is Pair => Array.isArray(value) && value.length === 2 && value.every(isCount),
};

/** Any number that float32 holds, in which networks are computed. */
export const finite: Field<number> = { wanted: "a number that float32 holds", is: isNumber };

/** A number within bounds, `from` included, `below` not. */
export function numberField(from: number, below: number): Field<number> {
  const bound = {
    fits: (value: unknown) => typeof value === "number" && !Number.isNaN(value),
    wanted: "a number",
  };
  expectAll({ from: [from, bound], below: [below, bound] });
  return {
    wanted: `a number from ${from} to below ${below}`,
    is: (value): value is number => isNumber(value) && value >= from && value < below,
  };
}

/** A small positive number that keeps a division finite. */
export const epsilon: Field<number> = {
  wanted: "a positive number that float32 holds",
  is: (value): value is number => isNumber(value) && Math.fround(value) > 0,
};

/** How a window meets the border of a map. */
export type PaddingRule = "same" | "valid" | Padding;

/** `"same"`, `"valid"` or four whole numbers: top, bottom, left, right. */
export const padding: Field<PaddingRule> = {
  wanted: '"same", "valid" or [top, bottom, left, right]',
  is: (value): value is PaddingRule =>
    value === "same" || value === "valid" ||
    (Array.isArray(value) && value.length === 4 &&
      value.every((side) => Number.isSafeInteger(side) && side >= 0)),
};

/** A channel count, absolute or relative. */
export const width: Field<LayerWidth> = {
  wanted:
    '"same", "outer", a positive number, {"ratio": [numerator, denominator]} or {"narrower": times}',
  is: (value): value is LayerWidth => {
    if (value === "same" || value === "outer") return true;
    if (isNumber(value)) return value > 0;
    if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) {
      return false;
    }
    if ("narrower" in value) return isCount(value.narrower);
    return "ratio" in value && Array.isArray(value.ratio) && value.ratio.length === 2 &&
      value.ratio.every(isCount);
  },
};

/** One of some words. */
export function wordField<const T extends string>(...words: readonly T[]): Field<T> {
  const wanted = "at least one word";
  expected(words, { fits: (value) => words.length > 0 && listOf(TEXT).fits(value), wanted });
  return {
    wanted: words.map((word) => JSON.stringify(word)).join(", "),
    is: (value): value is T => words.some((word) => word === value),
  };
}

/** How a kernel may start, by name. */
export const INITIALIZERS: readonly Initializer[] = [
  "he-normal",
  "he-uniform",
  "glorot-uniform",
  "zeros",
  "ones",
];

/** How a kernel starts. */
export const initializer: Field<Initializer> = /* @__PURE__ */ wordField(...INITIALIZERS);
