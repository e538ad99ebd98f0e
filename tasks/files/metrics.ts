/**
 * The metrics of a run: one JSON object a line, appended as training proceeds. A
 * kill can leave the last line torn; it is dropped when the file is read. Any
 * other line that is not an object is a problem.
 */
import * as v from "valibot";
import { E, left, pipe, refused, type Result, right, TE } from "../fp.ts";
import { JSON_TEXT } from "../parsed.ts";
import { append } from "./append.ts";
import { readBytes, writeAtomic } from "./atomic.ts";
import { isMissing } from "./io_problem.ts";
import { isJsonObject, type JsonObject, showJson } from "./json.ts";
import { LARGEST } from "./regular.ts";
import type { RunFolder } from "./run_folder.ts";

/**
 * Adds one record, and waits until it has reached the disk. A number that is not finite is stored
 * as `null`, which is what JSON has for it. When the write fails the file is as it was.
 */
export function appendMetrics(run: RunFolder, record: object): Promise<Result<void>> {
  return append(run.metrics, lineOf(record));
}

/** Every record, oldest first; none when nothing has been recorded yet. */
export async function readMetrics(run: RunFolder): Promise<Result<readonly JsonObject[]>> {
  return pipe(
    await readBytes(run.metrics, { atMost: LARGEST.metrics }),
    E.orElse((problems) => problems.every(isMissing) ? right(new Uint8Array()) : left(problems)),
    E.flatMap((bytes) => {
      const lines = new TextDecoder().decode(bytes).split("\n");
      const records = lines.map((line) => v.safeParse(recordSchema, line));
      const bad = records.slice(0, -1).findIndex(({ success }) => !success);
      return bad === -1
        ? right(records.flatMap(({ success, output }) => success ? [output] : []))
        : refused({ path: run.metrics, layer: "file", code: "broken-file" }, {
          rule: "every line of the metrics must be a JSON object",
          got: `line ${bad + 1}: ${showJson(lines[bad])}`,
          wanted: "one JSON object",
          hint: "remove or correct the line",
        });
    }),
  );
}

/**
 * Keeps only the records that `keep` accepts, and drops a torn last line: on
 * resuming, what is newer than the checkpoint. The file is replaced in one step.
 */
export function truncateMetrics(
  run: RunFolder,
  keep: (record: JsonObject) => boolean,
): Promise<Result<void>> {
  return pipe(
    () => readMetrics(run),
    TE.map((records) => records.filter(keep).map(lineOf).join("")),
    TE.flatMap((text) => () => writeAtomic(run.metrics, text)),
  )();
}

const recordSchema = v.pipe(JSON_TEXT, v.custom<JsonObject>(isJsonObject));

function lineOf(record: object): string {
  return `${JSON.stringify(record)}\n`;
}
