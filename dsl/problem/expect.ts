/** Arguments that are not what a function takes: a script in plain JavaScript may give anything. */
import { defined } from "./defined.ts";
import { show } from "./show.ts";
import { closest } from "./suggest.ts";
import { ProblemError } from "./throw.ts";

/**
 * An argument, once it is what a function takes.
 *
 * @throws {ProblemError} When it is something else.
 */
export function expected<T>(
  value: T,
  { fits, wanted, hint }: {
    readonly fits: (value: unknown) => boolean;
    readonly wanted: string;
    readonly hint: string;
  },
): T {
  if (fits(value)) return value;
  throw new ProblemError([{
    path: "",
    layer: "argument",
    code: "invalid-argument",
    rule: `the argument must be ${wanted}`,
    got: show(value),
    wanted,
    hint,
  }]);
}

/**
 * An object that has what is read of it.
 *
 * @throws {ProblemError} When it is none, or lacks one of the fields.
 */
export function holding<T extends object>(
  value: T,
  fields: readonly (keyof T & string)[],
  wanted: string,
  hint: string,
): T {
  const fits = (given: unknown) =>
    typeof given === "object" && given !== null && fields.every((field) => field in given);
  return expected(value, { fits, wanted, hint });
}

/** Options with the defaults of those that were left out; one without a default may be undefined. */
export type Filled<O, D> = {
  readonly [K in keyof O]-?:
    | Exclude<O[K], undefined>
    | (K extends keyof D ? Extract<D[K], undefined> : never);
};

/**
 * Options with their defaults, whose keys are all the options that there are.
 *
 * @throws {ProblemError} When an option is unknown, or the options are no object.
 */
export function optionsOf<
  O extends object,
  const D extends { readonly [K in keyof Required<O>]: O[K] | undefined },
>(given: O, defaults: D): Filled<O, D> {
  const names = Object.keys(defaults);
  const wanted = names.join(", ");
  const fits = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  expected(given, { fits, wanted: "an object of options", hint: `the options are ${wanted}` });
  const problems = Object.keys(given).filter((key) => !names.includes(key)).map((key) => ({
    path: key,
    layer: "option",
    code: "unknown-option",
    rule: "the option is unknown",
    got: key,
    wanted,
    hint: closest(key, names, "leave it out"),
  }));
  if (problems.length > 0) throw new ProblemError(problems);
  // Every option has its own value or its default now.
  return { ...defaults, ...defined(given) } as Filled<O, D>;
}
