/** How far the loading of a data set is, for someone who waits, and what was wrong with it. */
import { printable } from "../../dsl/problem/escape.ts";
import type { Problem } from "../fp.ts";
import { type OnProgress, progressText } from "../data/progress.ts";
import { standardError, type Terminal } from "./terminal.ts";
import { statusLine } from "./status_line.ts";

export interface DataStatus {
  /** Says what takes a while. */
  readonly show: (text: string) => void;
  readonly onProgress: OnProgress;
  /** Says that another engine computes than the one that is preferred. */
  readonly onWarning: (text: string) => void;
  readonly clear: () => void;
}

/** Shows the loading of a data set, on the standard error stream by default. */
export function dataStatus(terminal: Terminal = standardError()): DataStatus {
  const status = statusLine(terminal);
  return {
    show: status.show,
    onProgress: (progress) => status.show(progressText(progress)),
    onWarning: status.note,
    clear: status.clear,
  };
}

/** How many broken files are named; a run folder holds the whole list. */
const MOST_NAMED = 10;

/** Names and counts the files that a data set has to do without. */
export function noteBroken(problems: readonly Problem[], terminal: Terminal): void {
  if (problems.length === 0) return;
  const [are, they] = problems.length === 1
    ? ["file of the data set is", "it is"]
    : ["files of the data set are", "they are"];
  const named = problems.slice(0, MOST_NAMED).map(brokenLine);
  const more = problems.length - named.length;
  const rest = more > 0
    ? [`  and ${more} more, which broken_files.json in a run's folder names`]
    : [];
  terminal.write(
    `warning: ${problems.length} ${are} broken; ${they} left out\n${
      [...named, ...rest].join("\n")
    }\n\n`,
  );
}

export function brokenLine({ path, got }: Problem): string {
  return printable(`  ${path}: ${got}`);
}
