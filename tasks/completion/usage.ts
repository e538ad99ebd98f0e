/** Where the cursor stands on a task's command line, by the usage that its parser tells. */
import type { Usage } from "@optique/core";

/** What the word at the cursor is to be. */
export type Place =
  /** An option's name. */
  | { readonly kind: "name" }
  /** An option's value; `head` is what comes before the value in the word itself. */
  | { readonly kind: "value"; readonly option: string; readonly head: string }
  /** An argument, by what help calls it; nothing when there is none left. */
  | { readonly kind: "argument"; readonly metavar: string | undefined };

/** What a task can be given. */
interface Terms {
  /** Names of options, and whether a value follows. */
  readonly options: ReadonlyMap<string, boolean>;
  /** Arguments in order, and whether one can be repeated. */
  readonly words: readonly { readonly metavar: string; readonly many: boolean }[];
}

/**
 * The place of the last word, which may be incomplete or empty.
 *
 * @example
 * ```ts
 * import { argument, object, option, string } from "@optique/core";
 * import { assertEquals } from "@std/assert";
 * import { placeOf } from "./usage.ts";
 *
 * const { usage } = object({ net: argument(string()), out: option("--out", string()) });
 * assertEquals(placeOf(usage, ["--out", ""]), { kind: "value", option: "--out", head: "" });
 * assertEquals(placeOf(usage, ["--out", "a", ""]), { kind: "argument", metavar: "STRING" });
 * ```
 */
export function placeOf(usage: Usage, words: readonly string[]): Place {
  const terms = termsOf(usage, false);
  let waiting: string | undefined;
  let onlyWords = false;
  let count = 0;
  for (const word of words.slice(0, -1)) {
    if (waiting !== undefined) waiting = undefined;
    else if (onlyWords || !word.startsWith("-")) count++;
    else if (word === "--") onlyWords = true;
    else waiting = terms.options.get(word) === true ? word : undefined;
  }
  const last = words.at(-1) ?? "";
  if (waiting !== undefined) return { kind: "value", option: waiting, head: "" };
  if (onlyWords || !last.startsWith("-")) {
    const repeated = terms.words.at(-1);
    const next = terms.words[count] ?? (repeated?.many ? repeated : undefined);
    return { kind: "argument", metavar: next?.metavar };
  }
  const [head, option] = /^(--[^=]+)=/.exec(last) ?? [];
  return head === undefined || option === undefined
    ? { kind: "name" }
    : { kind: "value", option, head };
}

function termsOf(usage: Usage, many: boolean): Terms {
  const options = new Map<string, boolean>();
  const words: { readonly metavar: string; readonly many: boolean }[] = [];
  const add = (inner: Terms): void => {
    for (const [name, valued] of inner.options) options.set(name, valued);
    words.push(...inner.words);
  };
  for (const term of usage) {
    if (term.type === "option") {
      for (const name of term.names) options.set(name, term.metavar !== undefined);
    } else if (term.type === "argument") {
      words.push({ metavar: term.metavar, many });
    } else if (term.type === "optional" || term.type === "multiple") {
      add(termsOf(term.terms, many || term.type === "multiple"));
    }
  }
  return { options, words };
}
