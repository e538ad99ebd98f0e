/**
 * What a word of a command line can become: what the task's own parser
 * suggests, and the names of networks and data sets, which are no fixed choices
 * to a parser because files stand in their place.
 */
import { suggestSync } from "@optique/core";
import { ZOO_NAMES } from "../../nets/zoo.ts";
import { DATASET_NAMES } from "../data/load.ts";
import { TASK_PARSERS } from "./parsers.ts";
import { placeOf } from "./usage.ts";

/** What help calls an argument that is a network. */
const NETWORKS: ReadonlySet<string | undefined> = new Set(["NET", "NET|RUN", "A", "B"]);

/** What every task's parser adds to its options. */
const COMMON = ["--help", "--version"];

/**
 * The candidates for the last word after `deno task`, which may be incomplete
 * or empty; none where a file is wanted, or where nothing is known.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { candidates } from "./candidates.ts";
 *
 * assertEquals(candidates(["su"]), ["summary"]);
 * assertEquals(candidates(["train", "--schedule", "co"]), ["constant", "cosine"]);
 * ```
 */
export function candidates(words: readonly string[]): readonly string[] {
  const [task = "", ...rest] = words;
  const last = rest.at(-1);
  if (last === undefined) return beginning(task, [...TASK_PARSERS.keys()]);
  const parser = TASK_PARSERS.get(task)?.();
  if (parser === undefined) return [];
  const suggested = (args: readonly [string, ...string[]]): readonly string[] =>
    suggestSync(parser, args).flatMap((one) => one.kind === "literal" ? [one.text] : []);
  const names = (): readonly string[] => {
    const given = new Set(rest.slice(0, -1).map((word) => word.replace(/=.*$/s, "")));
    return [...suggested([last === "" ? "--" : last]), ...beginning(last, COMMON)]
      .filter((name) => !given.has(name));
  };
  const place = placeOf(parser.usage, rest);
  switch (place.kind) {
    case "name":
      return names();
    case "value": {
      const { option, head } = place;
      const value = last.slice(head.length);
      // Names with commas between them: the last one is completed.
      const done = option === "--columns" ? value.replace(/[^,]*$/, "") : "";
      const end = value.slice(done.length);
      const known = option === "--data" ? beginning(end, DATASET_NAMES) : suggested([option, end]);
      const used = done.split(",");
      return known.filter((one) => !used.includes(one)).map((one) => `${head}${done}${one}`);
    }
    case "argument":
      if (place.metavar === undefined) return last === "" ? names() : [];
      if (NETWORKS.has(place.metavar)) return beginning(last, ZOO_NAMES);
      return suggested([last]).filter((one) => !one.startsWith("-"));
  }
}

function beginning(prefix: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => word.startsWith(prefix));
}
