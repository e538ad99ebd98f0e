/** The parsers of all tasks that a shell completes, by the tasks' names. */
import { argument, message, multiple, object, type Parser } from "@optique/core";
import { valueOf } from "../cli/command_line.ts";
import { diagramParser } from "../diagram/options.ts";
import { diffParser } from "../diff/options.ts";
import { evaluateParser } from "../evaluate/options.ts";
import { exportParser } from "../export/options.ts";
import { importParser } from "../import/options.ts";
import { formatOption } from "../cli/options.ts";
import { paperParser } from "../paper/options.ts";
import { predictParser } from "../predict/options.ts";
import { masksParser } from "../masks/options.ts";
import { oneOf, type Reader } from "../cli/reader.ts";
import { reportParser } from "../report/options.ts";
import { studyParser } from "../study/options.ts";
import { summaryParser } from "../summary/options.ts";
import { trainParser } from "../train/options.ts";

/** The shells that there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The name of a shell. */
export type Shell = typeof SHELLS[number];

type TaskParser = Parser<"sync", unknown, unknown>;

/** The parsers by the names of their tasks. */
export const TASK_PARSERS: ReadonlyMap<string, () => TaskParser> = new Map<
  string,
  () => TaskParser
>([
  ["train", () => trainParser],
  ["evaluate", evaluateParser],
  ["study", studyParser],
  ["masks", masksParser],
  ["report", reportParser],
  ["predict", predictParser],
  ["summary", summaryParser],
  ["diagram", diagramParser],
  ["export", exportParser],
  ["import", importParser],
  ["diff", diffParser],
  ["paper", paperParser],
  ["doctor", () => object({ format: formatOption() })],
  ["bench", () => multiple(word(oneOf(["step", "inference", "plan", "summary"], "PART")))],
  ["completion", completionParser],
]);

/** The parser of `deno task completion`. */
export function completionParser(): Parser<"sync", { readonly shell: Shell }, unknown> {
  const shell = argument(valueOf(oneOf(SHELLS, "SHELL")), {
    description: message`The shell: bash, zsh or fish.`,
  });
  const errors = { endOfInput: message`The shell is missing: bash, zsh or fish.` };
  return object({ shell }, { errors });
}

function word<A>(reader: Reader<A>): Parser<"sync", A, unknown> {
  return argument(valueOf(reader));
}
