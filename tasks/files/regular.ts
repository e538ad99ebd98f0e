/**
 * Ordinary files alone, up to a size: a pipe or a device may never end, and a sparse file can be
 * larger than any memory. What a path leads to is looked at before it is opened, for opening a pipe
 * waits.
 */
import { fail, problemAt, refused, type Result, right } from "../fp.ts";
import { ioProblem } from "./io_problem.ts";

const MEGABYTE = 2 ** 20;

/** The most bytes that are read of a file, by what it is. */
export const LARGEST = {
  /** Weights: a checkpoint or a state dict. */
  weights: 4096 * MEGABYTE,
  /** A file of a data set. */
  data: 2048 * MEGABYTE,
  /** A picture. */
  image: 512 * MEGABYTE,
  /** The metrics of a run. */
  metrics: 256 * MEGABYTE,
  /** Text and JSON: networks, configurations, results. */
  text: 64 * MEGABYTE,
} as const;

/** The size of an ordinary file that is at most so large. */
export async function regularSize(path: string, atMost: number): Promise<Result<number>> {
  try {
    return checked(path, await Deno.stat(path), atMost);
  } catch (error) {
    return fail(ioProblem(error, path, "read"));
  }
}

/** Opens an ordinary file for reading, and says how large it is. */
export async function openRegular(
  path: string,
  atMost: number,
): Promise<Result<{ readonly file: Deno.FsFile; readonly size: number }>> {
  const there = await regularSize(path, atMost);
  if (there._tag === "Left") return there;
  try {
    const file = await Deno.open(path);
    // Another one may have taken its place since it was looked at.
    const size = checked(path, await file.stat(), atMost);
    if (size._tag === "Right") return right({ file, size: size.right });
    file.close();
    return size;
  } catch (error) {
    return fail(ioProblem(error, path, "read"));
  }
}

/** The bytes of an ordinary file. */
export async function readRegular(
  path: string,
  atMost: number,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const opened = await openRegular(path, atMost);
  if (opened._tag === "Left") return opened;
  const { file, size } = opened.right;
  try {
    return right(await readPart(file, size));
  } catch (error) {
    return fail(ioProblem(error, path, "read"));
  } finally {
    file.close();
  }
}

/** The next bytes of a file, `length` of them or what is left of it. */
export async function readPart(
  file: Deno.FsFile,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const more = await file.read(bytes.subarray(read));
    if (more === null) break;
    read += more;
  }
  return bytes.subarray(0, read);
}

function checked(path: string, { isFile, isDirectory, size }: Deno.FileInfo, atMost: number) {
  if (isDirectory) return fail(ioProblem(new Deno.errors.IsADirectory(), path, "read"));
  if (!isFile) return fail(notRegular(path, "read"));
  return size <= atMost ? right(size) : refused({ path, layer: "file", code: "broken-file" }, {
    rule: "the file must not be larger than expected",
    got: `${size} bytes`,
    wanted: `at most ${atMost} bytes`,
    hint: "check that this is the file you meant",
  });
}

/** That a path leads to something that is neither a file nor a folder. */
export function notRegular(path: string, action: "read" | "replaced") {
  return problemAt({ path, layer: "file", code: "not-a-file" }, {
    rule: `only an ordinary file can be ${action}`,
    got: "a device or a pipe",
    wanted: action === "read" ? "a file" : "a file, or a path that is free",
    hint: action === "read" ? "copy what it gives into a file" : "choose another path",
  });
}
