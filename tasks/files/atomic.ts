/**
 * Whole files, read and written in one go, with problems in place of errors. A write replaces the
 * old file in one step: after a crash or on a full disk the path holds the old content or the new,
 * never a part. A link is replaced, not followed.
 */
import type { Problem, Result, TaskResult } from "../fp.ts";
import { E, fail, pipe, problemAt, right, tried } from "../fp.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { GenericSchema, InferOutput } from "valibot";
import { type Origin, parsed } from "../parsed.ts";
import { replaceFile } from "./_replace.ts";
import { type FileAction, ioProblem, messageOf } from "./io_problem.ts";
import { type Json, parseJson } from "./json.ts";
import { LARGEST, notRegular, readRegular } from "./regular.ts";

/**
 * Writes a file in one step. The folder must exist. Needs `--allow-write` for the folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readText, writeAtomic } from "./atomic.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeAtomic(`${folder}/note.txt`, "hello");
 * assertEquals(await readText(`${folder}/note.txt`), { _tag: "Right", right: "hello" });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeAtomic(
  path: string,
  content: Uint8Array | string,
): Promise<Result<void>> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    const obstacle = await obstacleAt(path);
    if (obstacle !== undefined) return fail(obstacle);
    await replaceFile(path, bytes, Deno);
    return right(undefined);
  } catch (error) {
    return fail(ioProblem(error, path, "write"));
  }
}

export interface ReadOptions {
  /** The largest size in bytes that is read, in place of the one of the file's kind. */
  readonly atMost?: number;
}

/** Writes a value as a file of JSON, as {@link writeAtomic} does. */
export function writeJson(path: string, value: unknown): Promise<Result<void>> {
  return writeAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Makes a folder, with those above it. Needs `--allow-write` for it. */
export function makeFolder(path: string): TaskResult<void> {
  return onPath(path, "make", () => Deno.mkdir(path, { recursive: true }));
}

/** Work of the file system as a task; what it throws becomes a problem of the path. */
export function onPath<A>(
  path: string,
  action: FileAction,
  work: () => Promise<A>,
): TaskResult<A> {
  return tried(work, (error) => ioProblem(error, path, action));
}

/** Reads a file's bytes, by default of a file of data. Needs `--allow-read` for the file. */
export function readBytes(
  path: string,
  { atMost = LARGEST.data }: ReadOptions = {},
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  return readRegular(path, atMost);
}

/** Reads a file's text, which must be UTF-8. Needs `--allow-read` for the file. */
export async function readText(
  path: string,
  { atMost = LARGEST.text }: ReadOptions = {},
): Promise<Result<string>> {
  return pipe(
    await readRegular(path, atMost),
    E.flatMap((bytes) =>
      E.tryCatch(
        () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
        () => [problemAt({ path, layer: "file", code: "not-utf8" }, {
          rule: "a text file must be UTF-8",
          got: "bytes that are not UTF-8",
          wanted: "UTF-8 text",
          hint: "save the file again as UTF-8",
        })],
      )
    ),
  );
}

/** Reads a file of JSON. Needs `--allow-read` for the file. */
export async function readJson(path: string, options: ReadOptions = {}): Promise<Result<Json>> {
  return pipe(
    await readText(path, options),
    E.flatMap((text) =>
      E.tryCatch(
        () => parseJson(text),
        (error) => [problemAt({ path, layer: "file", code: "not-json" }, {
          rule: "the file must be JSON",
          got: messageOf(error),
          wanted: "one JSON value",
          hint: "correct the file, or restore it from a copy",
        })],
      )
    ),
  );
}

/** Reads a file of JSON that holds what a schema says. Needs `--allow-read` for the file. */
export async function readRecord<S extends GenericSchema>(
  schema: S,
  path: string,
  { layer = "file", atMost, ...origin }: Partial<Origin> & ReadOptions = {},
): Promise<Result<InferOutput<S>>> {
  return pipe(
    await readJson(path, defined({ atMost })),
    E.flatMap((json) => parsed(schema, json, { path, layer, ...origin })),
  );
}

/**
 * What stands at the path and must not be replaced. A pipe is not opened, for that waits; then the
 * path is opened for appending: that needs no permission to read, and changes nothing. A file that
 * cannot be opened so is one that its owner wants kept.
 */
async function obstacleAt(path: string): Promise<Problem | undefined> {
  try {
    if ((await Deno.stat(path)).isFifo === true) return notRegular(path, "replaced");
  } catch (error) {
    // What keeps the path from being looked at is no obstacle, or shows when it is opened.
    if (error instanceof TypeError) throw error;
  }
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { append: true });
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? undefined : ioProblem(error, path, "write");
  }
  try {
    const { isFile } = await file.stat();
    return isFile ? undefined : notRegular(path, "replaced");
  } finally {
    file.close();
  }
}
