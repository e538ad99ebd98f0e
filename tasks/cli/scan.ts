/**
 * The plain form of a command line: words, and options as `--name value` or
 * `--name=value`, all of them known and well written. Whatever is not plain,
 * help and mistakes among it, is left to the parser library.
 */
import { isWord, optionName, type Term, type Terms } from "./term.ts";

/**
 * Reads a plain command line; gives nothing when it is not plain.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { text, whole } from "./reader.ts";
 * import { scan } from "./scan.ts";
 * import { option, word } from "./term.ts";
 *
 * const terms = { net: word(text("NET", "a network")), classes: option(whole(1)) };
 * assertEquals(scan(["a", "--classes", "5"], terms), { net: "a", classes: 5 });
 * assertEquals(scan(["a", "--help"], terms), undefined);
 * ```
 */
export function scan(
  args: readonly string[],
  terms: Terms,
): Readonly<Record<string, unknown>> | undefined {
  const words: string[] = [];
  const values = new Map<string, unknown>();
  const rest = args.values();
  for (const arg of rest) {
    if (!arg.startsWith("-")) {
      words.push(arg);
      continue;
    }
    const [, name = "", given] = /^(--[a-z0-9-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const [field, term] = Object.entries(terms).find((entry) => isCalled(name, ...entry)) ?? [];
    if (field === undefined || term === undefined || values.has(field)) return undefined;
    const value = "reader" in term
      ? read(term, given ?? rest.next().value)
      : given === undefined
      ? !name.startsWith("--no-")
      : undefined;
    if (value === undefined) return undefined;
    values.set(field, value);
  }
  for (const [field, term] of Object.entries(terms)) {
    if (term.kind === "words") {
      const all = words.splice(0).map((word) => read(term, word));
      if (all.includes(undefined) || (term.tooFew !== undefined && all.length === 0)) return;
      values.set(field, all);
    } else if (term.kind === "word" || (term.kind === "word?" && words.length > 0)) {
      const value = read(term, words.shift());
      if (value === undefined) return undefined;
      values.set(field, value);
    } else if (term.kind === "option" && !values.has(field)) return undefined;
  }
  if (words.length > 0) return undefined;
  const given = Object.keys(terms).filter((field) => values.has(field));
  return Object.fromEntries(given.map((field) => [field, values.get(field)]));
}

function isCalled(name: string, field: string, term: Term): boolean {
  if (isWord(term)) return false;
  const own = optionName(field, term);
  return name === own || (term.kind === "switch" && name === own.replace("--", "--no-"));
}

/** What a text says, unless it could be an option. */
function read(term: Term, text: string | undefined): unknown {
  return "reader" in term && text !== undefined && !text.startsWith("-")
    ? term.reader.read(text)
    : undefined;
}
