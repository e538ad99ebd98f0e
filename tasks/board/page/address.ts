/** Addresses of the page: which part is shown, and of what. It is all that a link has to hold. */
import type { Problem } from "../../../dsl/problem/problem.ts";
import { closest } from "../../../dsl/problem/suggest.ts";

/** The parts of the board. */
export const PARTS = ["runs", "networks", "try", "train"] as const;

export type Part = typeof PARTS[number];

export interface Address {
  readonly part: Part;
  readonly given: URLSearchParams;
  /** What it names in the place of a part. */
  readonly strange?: string;
}

/** What the end of an address names, from its `#` on. */
export function addressIn(hash: string): Address {
  const [, name = "", query = ""] = /^#\/?([a-z]*)\??(.*)$/s.exec(hash) ?? [];
  const part = PARTS.find((known) => known === name);
  const given = new URLSearchParams(query);
  return part === undefined && name !== ""
    ? { part: PARTS[0], given: new URLSearchParams(), strange: hash.slice(1) }
    : { part: part ?? PARTS[0], given };
}

/** What an address names beside what is `known`, or names twice where it is not one of `several`. */
export function strangers(
  given: URLSearchParams,
  known: readonly string[],
  several: readonly string[] = [],
): readonly Problem[] {
  const names = [...given.keys()];
  return [...new Set(names)].flatMap((name) => {
    if (!known.includes(name)) {
      return [wrongAddress(name, {
        code: "unknown-name",
        rule: "an address holds what this part of the board knows",
        got: name,
        wanted: known.join(", ") || "nothing else",
        hint: closest(name, known, "leave it out"),
      })];
    }
    const times = given.getAll(name).length;
    return times === 1 || several.includes(name) ? [] : [wrongAddress(name, {
      code: "invalid-argument",
      rule: "an address says each thing once",
      got: `${name}, ${times} times`,
      wanted: name,
      hint: "leave all but one of them out",
    })];
  });
}

/** What is wrong with an address. */
export function wrongAddress(
  path: string,
  what: Pick<Problem, "code" | "rule" | "got" | "wanted" | "hint">,
): Problem {
  return { path, layer: "address", ...what };
}

/** The end of an address, for a link. */
export function addressOf(part: Part, given: URLSearchParams = new URLSearchParams()): string {
  const query = `${given}`;
  return `#/${part}${query && `?${query}`}`;
}
