/**
 * Data from outside (configurations, manifests, results) read by a valibot
 * schema: the value with its type, or a problem for each thing that is wrong.
 * A message in a schema is the hint of its problem; that of a check is what is wanted.
 */
import {
  type BaseIssue,
  type BaseSchema,
  getDotPath,
  type InferOutput,
  type ObjectEntries,
  pipe,
  rawTransform,
  safeParse,
  strictObject,
  type StrictObjectIssue,
  type StrictObjectSchema,
  string,
} from "valibot";
import { messageOf } from "./files/io_problem.ts";
import { type Json, parseJson } from "./files/json.ts";
import type { Problem } from "../dsl/problem/problem.ts";
import { fail, type Result, right } from "../dsl/problem/result.ts";
import { closest } from "../dsl/problem/suggest.ts";

/** Where the data comes from. */
export interface Origin {
  /** The file, the option, or another place; the path of a field follows it. */
  readonly path: string;
  /** What stands there: `file`, `checkpoint`, `option` ... */
  readonly layer: string;
  /** The code of every problem, in place of one that says what kind of fault it is. */
  readonly code?: string;
}

type Issue = BaseIssue<unknown>;
type Schema = BaseSchema<unknown, unknown, Issue>;

/**
 * A value as its schema says, or a problem for each fault: `missing-field`,
 * `unknown-field`, `wrong-type`, or `invalid-value`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import * as v from "valibot";
 * import { parsed, record } from "./parsed.ts";
 *
 * const schema = record({ epochs: v.number() });
 * const result = parsed(schema, { epochs: "3" }, { path: "config.json", layer: "file" });
 * assertEquals(result._tag === "Left" && result.left[0]?.path, "config.json: epochs");
 * ```
 */
export function parsed<S extends Schema>(
  schema: S,
  value: unknown,
  origin: Origin,
): Result<InferOutput<S>> {
  const result = safeParse(schema, value, { message: () => "" });
  if (result.success) return right(result.output);
  return fail(...result.issues.map((issue) => problemOf(issue, origin)));
}

/** Text of JSON, as the value that it holds. */
export const JSON_TEXT = pipe(
  string(),
  rawTransform(({ dataset, addIssue, NEVER }): Json => {
    try {
      return parseJson(dataset.value);
    } catch (error) {
      addIssue({ expected: "JSON", received: messageOf(error) });
      return NEVER;
    }
  }),
);

/** An object with these fields and no others; a hint names the field that was probably meant. */
export function record<const E extends ObjectEntries>(
  entries: E,
): StrictObjectSchema<E, (issue: StrictObjectIssue) => string> {
  const names = Object.keys(entries);
  const known = `the fields are ${names.join(", ")}`;
  return strictObject(
    entries,
    (issue) =>
      kindOf(issue) === "unknown-field"
        ? closest(issue.path?.at(-1)?.key, names, known)
        : kindOf(issue) === "missing-field"
        ? known
        : "",
  );
}

type Kind = "unknown-field" | "missing-field" | "wrong-type" | "invalid-value";

const RULES: Readonly<Record<Kind, string>> = {
  "unknown-field": "every field must be a known one",
  "missing-field": "no field may be missing",
  "wrong-type": "the value must be of the right type",
  "invalid-value": "the value must be one that is allowed",
};

/** Types of issues that speak of a value of the right type. */
const VALUES: readonly string[] = ["enum", "literal", "picklist", "variant"];

function kindOf({ kind, type, path, expected, input }: Issue): Kind {
  const key = path?.at(-1);
  if (type === "strict_object" && key !== undefined) {
    return expected === "never" ? "unknown-field" : "missing-field";
  }
  if (input === undefined && key !== undefined) return "missing-field";
  return kind === "validation" || VALUES.includes(type) ? "invalid-value" : "wrong-type";
}

function problemOf(issue: Issue, { path, layer, code }: Origin): Problem {
  const kind = kindOf(issue);
  const field = getDotPath(issue);
  return {
    path: [path, field].filter((part) => part !== null && part !== "").join(": "),
    layer,
    code: code ?? kind,
    rule: RULES[kind],
    got: kind === "unknown-field" ? issue.received : gotOf(issue.input),
    wanted: kind === "unknown-field" ? "no such field" : wantedOf(issue),
    hint: issue.type === "check" ? "" : issue.message,
  };
}

/** What valibot calls types, for people. */
const NAMES: Readonly<Record<string, string>> = {
  Array: "a list",
  Object: "an object",
  number: "a number",
  string: "text",
  boolean: "true or false",
  integer: "a whole number",
  safe_integer: "a whole number below 2^53",
  finite: "a finite number",
};

function wantedOf({ expected, type, message }: Issue): string {
  const wanted = expected ?? (type === "check" ? message : type);
  return NAMES[wanted] ?? wanted;
}

/** A value as short text, whatever it is. */
function gotOf(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = Deno.inspect(value, { breakLength: Infinity, iterableLimit: 8 });
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The name of a value's type, such as `Float32Array`. */
export function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
