/** Arguments that are not what a function takes: a script in plain JavaScript may give anything. */
import { defined } from "./defined.ts";
import type { Problem } from "./problem.ts";
import { show } from "./show.ts";
import { closest } from "./suggest.ts";
import { textOf } from "./text.ts";

/** What a function takes in a place. */
export interface Wanted {
  /** Whether a value is such a one. */
  readonly fits: (value: unknown) => boolean;
  /** What it is, in words. */
  readonly wanted: string;
  /** How one is made. */
  readonly hint?: string;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const whole = (least: number): Wanted => ({
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= least,
  wanted: `a whole number of at least ${least}`,
});

/** Whether a value is an object that has such fields. */
export function hasFields<const F extends string>(
  value: unknown,
  fields: readonly F[],
): value is Readonly<Record<F, unknown>> {
  return isObject(value) && fields.every((field) => field in value);
}

/** An object that has what is read of it. */
export function fieldsOf(fields: readonly string[], wanted: string, hint = ""): Wanted {
  return { fits: (value) => hasFields(value, fields), wanted, hint };
}

/** A list whose entries are all such ones. */
export function listOf(
  { fits, ...words }: Wanted,
  wanted = `a list, each ${words.wanted}`,
): Wanted {
  const all = (value: unknown) => Array.isArray(value) && value.every((each) => fits(each));
  return { ...words, fits: all, wanted };
}

/** What may be left out. */
export function optional({ fits, ...words }: Wanted): Wanted {
  return { ...words, fits: (value) => value === undefined || fits(value) };
}

/** What each option takes. */
export type WantedOf<O> = { readonly [K in keyof Required<O>]: Wanted };

/** One of some names. */
export function oneOf(names: readonly unknown[]): Wanted {
  return { fits: (value) => names.includes(value), wanted: names.join(", ") };
}

/** Text. */
export const TEXT: Wanted = {
  fits: (value) => typeof value === "string",
  wanted: "text",
};
/** True or false. */
export const BOOLEAN: Wanted = {
  fits: (value) => typeof value === "boolean",
  wanted: "true or false",
};
/** A number that is finite. */
export const NUMBER: Wanted = { fits: (value) => Number.isFinite(value), wanted: "a number" };
/** A whole number of at least 0. */
export const WHOLE: Wanted = /* @__PURE__ */ whole(0);
/** A whole number of at least 1. */
export const COUNT: Wanted = /* @__PURE__ */ whole(1);
/** Numbers, in a list or a typed array. */
export const NUMBERS: Wanted = {
  fits: (value) => listOf(NUMBER).fits(value) || ArrayBuffer.isView(value),
  wanted: "a list of numbers",
};
/** What is judged where it is used. */
export const ANYTHING: Wanted = { fits: () => true, wanted: "any value" };
/** A function. */
export const FUNCTION: Wanted = {
  fits: (value) => typeof value === "function",
  wanted: "a function",
};
/** A shape: whole numbers of at least 0. */
export const SHAPE: Wanted = /* @__PURE__ */ listOf(WHOLE, "a shape: a list of whole numbers");
/** Axes of a tensor. */
export const AXES: Wanted = /* @__PURE__ */ listOf(WHOLE, "a list of axes");
/** Named tensors, in a map. */
export const TENSORS: Wanted = {
  fits: (value) =>
    value instanceof Map &&
    [...value.values()].every((tensor) => hasFields(tensor, ["shape", "data"])),
  wanted: "a map of tensors by name, each { shape, data }",
};
/** An object of options; a map, a date or a promise is none. */
export const OPTIONS: Wanted = {
  fits: (value) => isObject(value) && Object.prototype.toString.call(value) === "[object Object]",
  wanted: "an object of options",
};

/** What is wrong, in a list. */
export const PROBLEMS: Wanted = /* @__PURE__ */ listOf(
  /* @__PURE__ */ fieldsOf(["path", "layer", "rule", "got", "wanted", "hint"], "a problem"),
);

/** The error that `orThrow` throws; its message is the rendered problems. */
export class ProblemError extends Error {
  /** The problems behind the message. */
  readonly problems: readonly Problem[];

  /** Builds the error from at least one problem. */
  constructor(problems: readonly Problem[]) {
    super(textOf(expected(problems, PROBLEMS)));
    this.name = "ProblemError";
    this.problems = problems;
  }
}

/**
 * An argument, once it is what a function takes.
 *
 * @throws {ProblemError} When it is something else.
 */
export function expected<T>(value: T, { fits, wanted, hint }: Wanted, path = ""): T {
  if (fits(value)) return value;
  const beyond = typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER;
  const why = hint ?? (beyond ? "whole numbers are exact below 2^53" : "");
  throw misfit(`the argument must be ${wanted}`, show(value), wanted, why, path);
}

/** The exception of an argument: the rule that it breaks, what was found and what is wanted. */
export function misfit(
  rule: string,
  got: string,
  wanted: string,
  hint = "",
  path = "",
): ProblemError {
  const what = { path, layer: "argument", code: "invalid-argument" };
  return new ProblemError([{ ...what, rule, got, wanted, hint }]);
}

/**
 * An argument that may not be left out; what it may be is the plan's to judge.
 *
 * @throws {ProblemError} When it is nothing.
 */
export function given<T>(value: T, wanted: string, path = ""): T {
  return expected(value, { fits: (given) => given !== undefined, wanted }, path);
}

/** What a problem calls an argument: by its function, where that is known. */
const within = (of: string, name: string): string => of === "" ? name : `${of}.${name}`;

/**
 * Makes sure of arguments by their names, each beside what is wanted of it, `of` a function.
 *
 * @throws {ProblemError} When one is something else.
 */
export function expectAll(
  named: Readonly<Record<string, readonly [value: unknown, wanted: Wanted]>>,
  of = "",
): void {
  for (const [name, [value, wanted]] of Object.entries(named)) {
    expected(value, wanted, within(of, name));
  }
}

/** Options with the defaults of those that were left out; one without a default may be undefined. */
export type Filled<O, D> = {
  readonly [K in keyof O]-?:
    | Exclude<O[K], undefined>
    | (K extends keyof D ? Extract<D[K], undefined> : never);
};

/**
 * Options with their defaults, whose keys are all the options that there are, `of` a function.
 *
 * @throws {ProblemError} When an option is unknown, or the options are no object.
 */
export function optionsOf<
  O extends object,
  const D extends { readonly [K in keyof Required<O>]: O[K] | undefined },
>(given: O, defaults: D, of = ""): Filled<O, D> {
  const names = Object.keys(defaults);
  expected(given, { ...OPTIONS, hint: `the options are ${names.join(", ")}` }, of);
  refuse(Object.keys(given).filter((key) => !names.includes(key)), names, of);
  // Every option has its own value or its default now.
  return { ...defaults, ...defined(given) } as Filled<O, D>;
}

/**
 * Options of which some are needed, each beside what is wanted of it; the others may be left out.
 *
 * @throws {ProblemError} When one is missing, wrong or unknown, or the options are no object.
 */
export function needed<O extends object>(
  given: O,
  wanted: { readonly [K in keyof O]?: Wanted },
  others: readonly (keyof O & string)[] = [],
): O {
  const names = [...Object.keys(wanted), ...others];
  const options = new Map<string, unknown>(Object.entries(expected(given, OPTIONS)));
  refuse([...options.keys()].filter((key) => !names.includes(key)), names);
  const pairs = Object.entries<Wanted | undefined>(wanted);
  for (const [name, one] of pairs) if (one !== undefined) expected(options.get(name), one, name);
  return given;
}

/**
 * Options, with those that a function has settled itself.
 *
 * @throws {ProblemError} When the options are no object, or hold one that is settled.
 */
export function settling<O extends object, const F extends object>(given: O, settled: F): O & F {
  expected(given, OPTIONS);
  refuse(Object.keys(given).filter((key) => key in settled), []);
  return { ...given, ...settled };
}

function refuse(keys: readonly string[], names: readonly string[], of = ""): void {
  if (keys.length === 0) return;
  throw new ProblemError(keys.map((key) => unknownOption(key, names, within(of, key))));
}

/** The problem of an option that there is not among those of these names. */
export function unknownOption(name: string, names: readonly string[], path = name): Problem {
  return {
    path,
    layer: "option",
    code: "unknown-option",
    rule: "the option is unknown",
    got: show(name),
    wanted: names.join(", ") || "no options",
    hint: closest(name, names, "leave it out"),
  };
}
