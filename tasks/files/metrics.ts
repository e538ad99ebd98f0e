/** The metrics of a run: one JSON object a line, appended as training proceeds. */
import type { Result } from "../fp.ts";
import type { JsonObject } from "./json.ts";
import { appendLine, keepLines, readLines } from "./json_lines.ts";
import type { RunFolder } from "./run_folder.ts";

/**
 * Adds one record, and waits until it has reached the disk. A number that is not finite is stored
 * as `null`, which is what JSON has for it. When the write fails the file is as it was.
 */
export function appendMetrics({ metrics }: RunFolder, record: object): Promise<Result<void>> {
  return appendLine(metrics, record);
}

/** Every record, oldest first; none when nothing has been recorded yet. */
export function readMetrics({ metrics }: RunFolder): Promise<Result<readonly JsonObject[]>> {
  return readLines(metrics);
}

/**
 * Keeps only the records that `keep` accepts, and drops a torn last line: on
 * resuming, what is newer than the checkpoint. The file is replaced in one step.
 */
export function truncateMetrics(
  { metrics }: RunFolder,
  keep: (record: JsonObject) => boolean,
): Promise<Result<void>> {
  return keepLines(metrics, keep);
}
