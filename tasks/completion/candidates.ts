/** What a word of a command line can become, as the task's own options and arguments tell. */
import { COMMAND_NAMES, commandOf, isCommandName } from "../cli/commands.ts";
import type { Reader } from "../cli/reader.ts";
import { isWord, optionName, type Term, type Terms } from "../cli/term.ts";

/** What every task adds to its options. */
const COMMON = ["--help", "--version"];

/**
 * The candidates for the last word of a command line, the command first, which may be incomplete
 * or empty; none where a file is wanted, or where nothing is known. Runs are those in `folder`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { candidates } from "./candidates.ts";
 *
 * assertEquals(await candidates(["su"]), ["summary"]);
 * assertEquals(await candidates(["train", "--schedule", "co"]), ["constant", "cosine"]);
 * ```
 */
export async function candidates(
  words: readonly string[],
  folder = ".",
): Promise<readonly string[]> {
  const [task = "", ...rest] = words;
  const last = rest.at(-1);
  if (last === undefined) return beginning(task, COMMAND_NAMES);
  if (!isCommandName(task)) return [];
  const { terms } = await commandOf(task);
  const options = optionsOf(terms);
  const before = rest.slice(0, -1);
  const { waiting, onlyWords, count } = placeAfter(before, options);
  if (waiting !== undefined) return valuesOf(waiting, last, folder);
  if (onlyWords || !last.startsWith("-")) {
    const term = wordsOf(terms, count);
    if (term !== undefined) return valuesOf(term.reader, last, folder);
    if (onlyWords || last !== "") return [];
  }
  const [head, name = ""] = /^(--[^=]+)=/.exec(last) ?? [];
  const reader = options.get(name);
  if (head !== undefined) {
    return reader === undefined
      ? []
      : valuesOf(reader, last.slice(head.length), folder).map((one) => head + one);
  }
  const given = new Set(before.map((word) => word.replace(/=.*$/s, "")));
  return beginning(last, [...options.keys(), ...COMMON]).filter((one) => !given.has(one));
}

/** Names of options, and how their values are written, where one follows. */
type Options = ReadonlyMap<string, Reader<unknown> | undefined>;

function optionsOf(terms: Terms): Options {
  const options = new Map<string, Reader<unknown> | undefined>();
  for (const [field, term] of Object.entries(terms)) {
    if (isWord(term)) continue;
    const name = optionName(field, term);
    options.set(name, "reader" in term ? term.reader : undefined);
    if (term.kind === "switch") options.set(optionName(`no-${name.slice(2)}`), undefined);
  }
  return options;
}

/** The argument that comes after a number of others. */
function wordsOf(terms: Terms, count: number): Extract<Term, { reader: unknown }> | undefined {
  const all = Object.values(terms).filter((term) => "reader" in term).filter(isWord);
  const last = all.at(-1);
  return all[count] ?? (last?.kind === "words" ? last : undefined);
}

/** What words before the cursor leave to be said. */
function placeAfter(words: readonly string[], options: Options): {
  readonly waiting: Reader<unknown> | undefined;
  readonly onlyWords: boolean;
  readonly count: number;
} {
  let waiting: Reader<unknown> | undefined;
  let onlyWords = false;
  let count = 0;
  for (const word of words) {
    if (waiting !== undefined) waiting = undefined;
    else if (onlyWords || !word.startsWith("-")) count++;
    else if (word === "--") onlyWords = true;
    else waiting = options.get(word);
  }
  return { waiting, onlyWords, count };
}

/** What a value that begins so can be; of a list the last one is completed. */
function valuesOf(
  { words = [], known = words, isList, places }: Reader<unknown>,
  text: string,
  folder: string,
): readonly string[] {
  if (isList === undefined) return beginning(text, [...known, ...places?.(folder) ?? []]);
  const done = text.replace(/[^,]*$/, "");
  const used = new Set(done.split(","));
  return beginning(text.slice(done.length), known).filter((one) => !used.has(one))
    .map((one) => done + one);
}

function beginning(prefix: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => word.startsWith(prefix));
}
