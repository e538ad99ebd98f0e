/**
 * The metrics of a run: one JSON object a line, appended as training goes on. A
 * kill can leave the last line torn; it is dropped when the file is read. Any
 * other line that is not an object is a problem.
 */
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { writeAll } from "./_replace.ts";
import { readBytes, writeAtomic } from "./atomic.ts";
import { ioProblem, isMissing } from "./io_problem.ts";
import { isJsonObject, type Json, type JsonObject, showJson } from "./json.ts";
import type { RunFolder } from "./run_folder.ts";

/**
 * Adds one record, and waits until it has reached the disk. A number that is
 * not finite is stored as `null`, which is what JSON has for it. When the
 * write fails the file is as it was.
 */
export async function appendMetrics(run: RunFolder, record: object): Promise<Result<void>> {
  try {
    using file = await Deno.open(run.metrics, { create: true, append: true });
    const { size } = await file.stat();
    try {
      await writeAll(file, lineOf(record));
      await file.syncData();
    } catch (error) {
      await file.truncate(size);
      throw error;
    }
    return right(undefined);
  } catch (error) {
    return fail(ioProblem(error, run.metrics, "write"));
  }
}

/** Every record, oldest first; none when nothing has been recorded yet. */
export async function readMetrics(run: RunFolder): Promise<Result<readonly JsonObject[]>> {
  const bytes = await readBytes(run.metrics);
  if (bytes._tag === "Left") {
    return bytes.left.every(isMissing) ? right([]) : bytes;
  }
  const whole = bytes.right.lastIndexOf(0x0a) + 1;
  const lines = textOf(bytes.right.subarray(0, whole)).split("\n").slice(0, -1);
  const records = lines.map(recordOf);
  const bad = records.findIndex((record) => record === undefined);
  if (bad !== -1) {
    return fail({
      path: run.metrics,
      layer: "file",
      code: "broken-file",
      rule: "every line of the metrics must be a JSON object",
      got: `line ${bad + 1}: ${showJson(lines[bad])}`,
      wanted: "one JSON object",
      hint: "remove or correct the line",
    });
  }
  const last = recordOf(textOf(bytes.right.subarray(whole)));
  return right([...records, last].filter((record) => record !== undefined));
}

/**
 * Keeps only the records that `keep` accepts, and drops a torn last line: on
 * resuming, what is newer than the checkpoint. The file is replaced in one step.
 */
export async function truncateMetrics(
  run: RunFolder,
  keep: (record: JsonObject) => boolean,
): Promise<Result<void>> {
  const records = await readMetrics(run);
  if (records._tag === "Left") return records;
  const lines = records.right.filter(keep).map((record) => `${JSON.stringify(record)}\n`);
  return writeAtomic(run.metrics, lines.join(""));
}

function lineOf(record: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record)}\n`);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function recordOf(line: string): JsonObject | undefined {
  try {
    const json: Json = JSON.parse(line);
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
