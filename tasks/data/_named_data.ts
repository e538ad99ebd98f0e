/**
 * How a data set is written on a command line and in a run's configuration:
 * its name, where it lies, and what is chosen of it, `NAME[:PATH][,FIELD=VALUE]`,
 * such as `cifar100:/data/cifar-100-binary,labels=coarse`.
 */
import { refused, type Result, right } from "../fp.ts";
import { closest } from "../../dsl/problem/suggest.ts";

export interface NamedData {
  readonly name: string;
  /** Where it lies, when that was said. */
  readonly path?: string;
  /** What was chosen of it. */
  readonly choices: ReadonlyMap<string, string>;
}

const CHOICE = /,([a-z]+)=([A-Za-z0-9.]+)$/;

/** Takes a text apart. A comma within a path is part of it, unless `field=value` follows to the end. */
export function namedData(text: string): NamedData {
  const choices = new Map<string, string>();
  let rest = text;
  for (let found = CHOICE.exec(rest); found !== null; found = CHOICE.exec(rest)) {
    const [whole, field = "", value = ""] = found;
    choices.set(field, value);
    rest = rest.slice(0, rest.length - whole.length);
  }
  const colon = rest.indexOf(":");
  if (colon < 0) return { name: rest, choices };
  return { name: rest.slice(0, colon), path: rest.slice(colon + 1), choices };
}

/** Refuses choices that a data set does not have. */
export function checkChoices({ name, choices }: NamedData, known: readonly string[]): Result<void> {
  const field = [...choices.keys()].find((field) => !known.includes(field));
  return field === undefined
    ? right(undefined)
    : refused({ path: "data", layer: "option", code: "unknown-choice" }, {
      rule: `${name} has no such choice`,
      got: `"${field}"`,
      wanted: known.length === 0 ? "no choices" : known.join(" or "),
      hint: closest(field, known, ""),
    });
}

/** A choice that is a whole number of at least 1, or nothing when it was not made. */
export function countChoice({ choices }: NamedData, field: string): Result<number | undefined> {
  const text = choices.get(field);
  const value = text === undefined ? undefined : Number(text);
  const fits = value === undefined || (Number.isSafeInteger(value) && value >= 1);
  return fits ? right(value) : refused({ path: "data", layer: "option", code: "invalid-number" }, {
    rule: "sizes and counts are whole numbers",
    got: `${field}=${text}`,
    wanted: "a whole number of at least 1",
  });
}
