/**
 * Plain data and what it means. A loss, an optimiser or a schedule of netfold
 * is an object `{ kind, ...options }` that a run folder can hold; a table by
 * kind says which options there are and what they make. A user's own is a
 * value that brings its meaning along, and is recorded by kind and options.
 */
import type { Field } from "../plan/configuration.ts";
import type { Problem } from "../problem/problem.ts";
import { fail, left, type Result, right } from "../problem/result.ts";
import { closest } from "../problem/suggest.ts";

/** A JSON value. */
export type OptionValue =
  | string
  | number
  | boolean
  | null
  | readonly OptionValue[]
  | { readonly [option: string]: OptionValue };

/** Options of a user's own value, as a run folder records them. */
export type Options = Readonly<Record<string, OptionValue>>;

/** What a run folder holds of a value: its kind, and its options beside it. */
export interface Recorded {
  /** The kind: `sgd`, `cross-entropy` ... */
  readonly kind: string;
}

/** Reads what is given as a value, of netfold's or of a user's own. */
export type Reader<M> = (given: unknown, path: string) => Result<M>;

/** A kind of value: which options it has, and what they make. */
export interface Kind<M> {
  /** Judges the options by their fields, and makes the value. */
  readonly read: (
    given: object,
    path: string,
    inner: Reader<M>,
  ) => Result<M>;
}

/** A kind whose options `O` are judged field by field before they make a value. */
export function kind<O extends Recorded, M>(
  fields: { readonly [K in Exclude<keyof O, "kind">]-?: Field<O[K] | undefined> },
  make: (options: O, inner: Reader<M>, path: string) => Result<M>,
): Kind<M> {
  const fits = (_: object, problems: readonly Problem[]): _ is O => problems.length === 0;
  return {
    read: (given, path, inner) => {
      const problems = optionProblems(fields, given, path);
      return fits(given, problems) ? make(given, inner, path) : left(problems);
    },
  };
}

function optionProblems(
  fields: Readonly<Record<string, Field<unknown>>>,
  given: object,
  path: string,
): readonly Problem[] {
  const options = new Map<string, unknown>(Object.entries(given));
  options.delete("kind");
  const names = Object.keys(fields);
  const unknown = [...options.keys()].filter((name) => !Object.hasOwn(fields, name));
  return [
    ...unknown.map((name) => ({
      path: `${path}.${name}`,
      layer: "option",
      code: "unknown-option",
      rule: `there is no option ${JSON.stringify(name)} here`,
      got: show(options.get(name)),
      wanted: names.join(", ") || "no options",
      hint: closest(name, names, "leave it out"),
    })),
    ...Object.entries(fields).filter(([name, { is }]) => !is(options.get(name))).map(
      ([name, { wanted }]) => ({
        path: `${path}.${name}`,
        layer: "option",
        code: "invalid-option",
        rule: "the option is out of its range",
        got: show(options.get(name)),
        wanted,
        hint: "",
      }),
    ),
  ];
}

/** A reader of the kinds in a table, and of values that bring their meaning along. */
export function readerOf<M extends object>(
  what: string,
  kinds: Readonly<Record<string, Kind<M>>>,
  isOwn: (given: object) => given is M,
): Reader<M> {
  const known = Object.keys(kinds);
  const read: Reader<M> = (given, path) => {
    const isObject = typeof given === "object" && given !== null;
    if (isObject && isOwn(given)) return right(given);
    const name = isObject && "kind" in given ? given.kind : undefined;
    const found = typeof name === "string" && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (isObject && found !== undefined) return found.read(given, path, read);
    return fail({
      path,
      layer: "option",
      code: `unknown-${what}`,
      rule: `there is no such ${what}`,
      got: show(isObject ? name : given),
      wanted: `${known.join(", ")}, or a value of your own`,
      hint: closest(name, known, `give the ${what} itself, as the run was begun with`),
    });
  };
  return read;
}

/** What a run folder records of a value: its kind and its options, those inside it likewise. */
export function recordOf(value: unknown): OptionValue {
  if (Array.isArray(value)) return value.map(recordOf);
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? value
      : null;
  }
  const isOwn = Object.values(value).some((part) => typeof part === "function");
  const fields = isOwn && "kind" in value
    ? { kind: value.kind, ...("options" in value ? value.options ?? {} : {}) }
    : value;
  return Object.fromEntries(
    Object.entries(fields).filter(([, part]) => part !== undefined)
      .map(([name, part]) => [name, recordOf(part)]),
  );
}

/** A field that may be left out. */
export function maybe<T>(field: Field<T>): Field<T | undefined> {
  return {
    wanted: field.wanted,
    is: (value): value is T | undefined => value === undefined || field.is(value),
  };
}

/** A value of some kind; what it holds is judged when it is read. */
export function valueField<T extends Recorded>(wanted: string): Field<T> {
  return {
    wanted,
    is: (value): value is T => typeof value === "object" && value !== null && "kind" in value,
  };
}

function show(value: unknown): string {
  const text = value === undefined
    ? "nothing"
    : typeof value === "object"
    ? JSON.stringify(value)
    : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
