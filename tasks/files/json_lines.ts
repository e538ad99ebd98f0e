/**
 * Files of one JSON object a line, appended as training proceeds. A kill can leave the last line
 * torn; it is dropped when the file is read. Any other line that is not an object is a problem.
 */
import * as v from "valibot";
import { E, left, pipe, refused, type Result, right, TE } from "../fp.ts";
import { JSON_TEXT } from "../parsed.ts";
import { append } from "./append.ts";
import { readBytes, writeAtomic } from "./atomic.ts";
import { isMissing } from "./io_problem.ts";
import { isJsonObject, type JsonObject, showJson } from "./json.ts";
import { LARGEST } from "./regular.ts";

/**
 * Adds one object, and waits until it has reached the disk. A number that is not finite is stored
 * as `null`, which is what JSON has for it. When the write fails the file is as it was.
 */
export function appendLine(path: string, object: object): Promise<Result<void>> {
  return append(path, lineOf(object));
}

/** Every object, oldest first; none of a file that is not there. */
export async function readLines(path: string): Promise<Result<readonly JsonObject[]>> {
  return pipe(
    await readBytes(path, { atMost: LARGEST.metrics }),
    E.orElse((problems) => problems.every(isMissing) ? right(new Uint8Array()) : left(problems)),
    E.flatMap((bytes) => {
      const lines = new TextDecoder().decode(bytes).split("\n");
      const records = lines.map((line) => v.safeParse(objectSchema, line));
      const bad = records.slice(0, -1).findIndex(({ success }) => !success);
      return bad === -1
        ? right(records.flatMap(({ success, output }) => success ? [output] : []))
        : refused({ path, layer: "file", code: "broken-file" }, {
          rule: "every line of the file must be a JSON object",
          got: `line ${bad + 1}: ${showJson(lines[bad])}`,
          wanted: "one JSON object",
          hint: "remove or correct the line",
        });
    }),
  );
}

/**
 * Keeps only the objects that `keep` accepts, and drops a torn last line: on resuming, what is
 * newer than the checkpoint. The file is replaced in one step.
 */
export function keepLines(
  path: string,
  keep: (object: JsonObject) => boolean,
): Promise<Result<void>> {
  return pipe(
    () => readLines(path),
    TE.flatMap((objects) => () => writeLines(path, objects.filter(keep))),
  )();
}

/** Writes a file of these objects in one step. */
export function writeLines(path: string, objects: readonly object[]): Promise<Result<void>> {
  return writeAtomic(path, objects.map(lineOf).join(""));
}

const objectSchema = v.pipe(JSON_TEXT, v.custom<JsonObject>(isJsonObject));

function lineOf(object: object): string {
  return `${JSON.stringify(object)}\n`;
}
