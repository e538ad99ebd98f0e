/**
 * Plain data and what it means. A loss, an optimiser or a schedule of netfold is an object `{ kind,
 * ...options }` that a run folder can hold; a table by kind says which options there are and what
 * they make. A user's own is a value that brings its meaning along, and is recorded by kind and
 * options.
 */
import {
  FUNCTION,
  optional,
  unknownOption,
  type Wanted,
  type WantedOf,
} from "../problem/expect.ts";
import { readOwn } from "../problem/own.ts";
import { orThrow } from "../problem/throw.ts";
import type { Field } from "../plan/configuration.ts";
import type { Problem } from "../problem/problem.ts";
import { fail, left, type Result, right } from "../problem/result.ts";
import { show } from "../problem/show.ts";
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
export interface Recorded<Kind extends string = string> {
  /** The kind: `sgd`, `cross-entropy` ... */
  readonly kind: Kind;
}

/** How deep values may hold others; one that holds itself never ends. */
const DEEPEST = 100;

/** The name of a value of a user's own in run folders. */
export const KIND: Wanted = {
  fits: (value) => typeof value === "string" && value !== "",
  wanted: "a name for run folders",
};

/** A function, or nothing. */
export const FUNCTION_OR_NONE: Wanted = /* @__PURE__ */ optional(FUNCTION);

/** Reads what is given as a value, of netfold's or of a user's own, or says what is wrong with it. */
export type Reader<M> = (given: unknown, path?: string) => Result<M>;

/** A kind of value: judges its options, and makes the value of them. */
export type Kind<M> = (given: object, path: string, read: Reader<M>) => Result<M>;

/** What each option may hold. */
type Fields<O> = { readonly [K in Exclude<keyof O, "kind">]-?: Field<O[K] | undefined> };

/** A kind whose options are judged field by field before they make a value. */
export function kind<O extends Recorded, M>(fields: Fields<O>, make: (options: O) => M): Kind<M> {
  return around(fields, (options: O) => right(make(options)));
}

/** A kind of value that holds others: `inner` reads one, and names it by the option that holds it. */
export function around<O extends Recorded, M>(
  fields: Fields<O>,
  make: (
    options: O,
    inner: (given: unknown, option: string) => Result<M>,
    path: string,
  ) => Result<M>,
): Kind<M> {
  const fits = (_: object, problems: readonly Problem[]): _ is O => problems.length === 0;
  return (given, path, read) => {
    const { kind: _, ...options }: Readonly<Record<string, unknown>> = { ...given };
    const problems = optionProblems(fields, options, path);
    if (!fits(given, problems)) return left(problems);
    return make(given, (inner, option) => read(inner, `${path}.${option}`), path);
  };
}

/** A result with its value changed. */
export function over<A, B>(result: Result<A>, f: (value: A) => B): Result<B> {
  return result._tag === "Left" ? result : right(f(result.right));
}

/** What is wrong with options: those that there are not, and those that hold what they may not. */
export function optionProblems(
  fields: Readonly<Record<string, Field<unknown>>>,
  options: Readonly<Record<string, unknown>>,
  path: string,
): readonly Problem[] {
  const names = Object.keys(fields);
  const at = (name: string) => `${path}.${name}`;
  return [
    ...Object.keys(options).filter((name) => !names.includes(name))
      .map((name) => unknownOption(name, names, at(name))),
    ...Object.entries(fields).filter(([name, { is }]) => !is(options[name])).map((
      [name, { wanted }],
    ) => ({
      path: at(name),
      layer: "option",
      code: "invalid-option",
      rule: "the option is out of its range",
      got: show(options[name]),
      wanted,
      hint: "",
    })),
  ];
}

/** What a value of a user's own has, and the function that tells it from data. */
interface Own<M> {
  readonly method: keyof M & string;
  readonly wanted: WantedOf<M>;
}

/**
 * A reader of the kinds in a table, and of values of a user's own, which have the function
 * `method` and a kind that is not in the table: what a run folder records tells them apart.
 */
export function readerOf<M extends Recorded>(
  what: string,
  kinds: Readonly<Record<string, Kind<M>>>,
  own?: Own<M>,
): Reader<M> {
  const known = Object.keys(kinds);
  const meanings = new WeakSet<object>();
  const isMeaning = (given: object): given is M => meanings.has(given);
  const isOwn = (given: object): given is M => own !== undefined && own.method in given;
  const refused = (path: string, problem: Pick<Problem, "code" | "rule" | "got" | "hint">) =>
    fail({
      path,
      layer: "option",
      wanted: [...known, ...(own === undefined ? [] : ["or a value of your own"])].join(", "),
      ...problem,
    });
  let depth = 0;
  const meaning = (given: unknown, path: string): Result<M> => {
    const isObject = typeof given === "object" && given !== null;
    if (isObject && isMeaning(given)) return right(given);
    const name = isObject && "kind" in given ? given.kind : undefined;
    const found = typeof name === "string" && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (own !== undefined && isObject && isOwn(given)) {
      const told = unlessConfused(given, { what, known, path });
      return told._tag === "Left" ? told : readOwn(given, own.wanted, { path, layer: what });
    }
    if (depth > DEEPEST) {
      return refused(path.slice(0, path.indexOf(".")), {
        code: "too-deep",
        rule: `a ${what} may hold others, but not itself`,
        got: `more than ${DEEPEST} in one another`,
        hint: "see whether one holds itself",
      });
    }
    if (isObject && found !== undefined) return found(given, path, read);
    return refused(path, {
      code: `unknown-${what}`,
      rule: `there is no such ${what}`,
      got: show(isObject ? name : given),
      hint: closest(name, known, `give the ${what} itself, as the run was begun with`),
    });
  };
  const read: Reader<M> = (given, path = what) => {
    depth += 1;
    const result = meaning(given, path);
    depth -= 1;
    if (result._tag === "Right") meanings.add(result.right);
    return result;
  };
  return read;
}

/** A user's own value, once a run folder can hold it and tell it from one of netfold's. */
function unlessConfused<M extends Recorded>(
  given: M,
  { what, known, path }: {
    readonly what: string;
    readonly known: readonly string[];
    readonly path: string;
  },
): Result<M> {
  const { kind, options = {} }: Recorded & { readonly options?: unknown } = given;
  if (known.includes(kind)) {
    return fail({
      path: `${path}.kind`,
      layer: "option",
      code: "reserved-kind",
      rule: `the kind of your own ${what} must be another than those of netfold's`,
      got: kind,
      wanted: `none of ${known.join(", ")}`,
      hint: "choose another kind: by it a run folder knows the value",
    });
  }
  const fault = unrecordable(options, `${path}.options`, ["kind"]);
  return fault === undefined ? right(given) : fail(fault);
}

/** What keeps options from being recorded, at the first place where something does; none has a reserved name. */
export function unrecordable(
  options: unknown,
  path: string,
  reserved: readonly string[] = [],
): Problem | undefined {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    return notRecorded(path, "options are an object", show(options));
  }
  const name = reserved.find((name) => name in options);
  return name === undefined
    ? unrecordablePart(options, path, [])
    : notRecorded(`${path}.${name}`, "the name is one that a run folder uses itself", name);
}

function unrecordablePart(
  value: unknown,
  path: string,
  around: readonly object[],
): Problem | undefined {
  if (["string", "boolean"].includes(typeof value) || value === null) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  if (typeof value !== "object" || !(Array.isArray(value) || isPlain(value))) {
    return notRecorded(path, "options are plain data", show(value));
  }
  if (around.includes(value)) {
    return notRecorded(path, "options may not hold themselves", "a circle");
  }
  const parts: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(heldBy(value)).filter(([, part]) => part !== undefined);
  for (const [name, part] of parts) {
    const found = unrecordablePart(part, `${path}.${name}`, [...around, value]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function notRecorded(path: string, rule: string, got: string): Problem {
  return {
    path,
    layer: "option",
    code: "invalid-option",
    rule,
    got,
    wanted: "text, finite numbers, true, false, null, and lists and objects of these",
    hint: "a run folder holds the options; what else a function needs can be in its closure",
  };
}

/** Whether a value is an object of fields, or a user's own value. */
function isPlain(value: object): boolean {
  return "kind" in value || [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/**
 * A value of netfold's own, once its reader takes it.
 *
 * @throws {ProblemError} When it does not, as when the value is read.
 */
export function made<T extends Recorded>(read: Reader<unknown>, value: T): T {
  orThrow(read(value));
  return value;
}

/** What a run folder records of a value: its kind and its options, those inside it likewise. */
export function recordOf(value: unknown): OptionValue {
  if (Array.isArray(value)) return value.map(recordOf);
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? value
      : null;
  }
  return Object.fromEntries(
    Object.entries(heldBy(value)).filter(([, part]) => part !== undefined)
      .map(([name, part]) => [name, recordOf(part)]),
  );
}

/** What is recorded of an object: all of it, or the kind and the options of a user's own value. */
function heldBy(value: object): object {
  return hasFunctions(value) && "kind" in value
    ? { kind: value.kind, ...("options" in value ? value.options ?? {} : {}) }
    : value;
}

/** Whether an object or its class has functions. */
function hasFunctions(value: object): boolean {
  if (value === Object.prototype) return false;
  const own = Object.entries(Object.getOwnPropertyDescriptors(value));
  const found = own.some(([name, { value }]) =>
    name !== "constructor" && typeof value === "function"
  );
  const above: object | null = Object.getPrototypeOf(value);
  return found || above !== null && hasFunctions(above);
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
