/**
 * One IDX file, wherever it lies and however it is packed: two zero bytes, the type of its numbers,
 * how many sizes there are, the sizes, the numbers. Gzip shows by its first bytes, not by a name.
 */
import { join } from "@std/path";
import { readBytes } from "../files/atomic.ts";
import { inflate } from "../files/inflate.ts";
import { isMissing, messageOf } from "../files/io_problem.ts";
import type { Problem, Result, TaskResult } from "../fp.ts";
import { fail, left, pipe, right, TE, tried } from "../fp.ts";
import { brokenData } from "./dataset.ts";

const UNSIGNED_BYTES = 8;
const MOST_BYTES = 2 ** 31;
const GZIP = [0x1f, 0x8b] as const;

/** Unsigned bytes and their sizes. */
export interface Numbers {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

interface Found {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The numbers in a file of this name, such as `train-images-idx3-ubyte`, in the first of the folders that has it. */
export function readIdx(
  folders: readonly string[],
  name: string,
  dimensions: number,
): TaskResult<Numbers> {
  const names = [name, `${name}.gz`].flatMap((one) => [one, one.replace("-idx", ".idx")]);
  return pipe(
    () => firstOf(folders.flatMap((folder) => names.map((name) => join(folder, name)))),
    TE.flatMap((found) => unpacked(found, dimensions)),
    TE.flatMapEither(({ path, bytes }) => numbersOf(path, bytes, dimensions)),
  );
}

/** The first of these files that exists; a problem speaks of the first path. */
async function firstOf(paths: readonly string[]): Promise<Result<Found>> {
  const missing: Problem[] = [];
  for (const path of paths) {
    const read = await readBytes(path);
    if (read._tag === "Right") return right({ path, bytes: read.right });
    if (!read.left.every(isMissing)) return read;
    missing.push(...read.left);
  }
  return left(missing.slice(0, 1).map(withoutBoth));
}

function withoutBoth(problem: Problem): Problem {
  const hint = "name the folder of the four IDX files; Debian has Fashion-MNIST as the package " +
    "dataset-fashion-mnist";
  return { ...problem, got: `neither this file nor "${problem.path}.gz"`, hint };
}

function unpacked({ path, bytes }: Found, dimensions: number): TaskResult<Found> {
  if (!GZIP.every((byte, i) => bytes[i] === byte)) return TE.right({ path, bytes });
  return tried(
    () => ({ path, bytes: gunzipped(bytes, dimensions) }),
    (error) => wrong(path, "the file is whole gzip data", messageOf(error), "a gzip file"),
  );
}

/** Unpacks what the sizes at the beginning need; a file that holds more is not unpacked further. */
function gunzipped(packed: Uint8Array, dimensions: number): Uint8Array<ArrayBuffer> {
  let [out, got] = [new Uint8Array(startOf(dimensions)), 0];
  inflate("gzip", [packed], (piece) => {
    for (let at = 0; at < piece.length;) {
      const more = Math.min(piece.length - at, out.length - got);
      out.set(piece.subarray(at, at + more), got);
      [at, got] = [at + more, got + more];
      if (got < out.length) break;
      const needed = neededBytes(out, dimensions);
      // What is no such file is told by its beginning.
      if (needed === undefined) return false;
      if (needed <= got && at < piece.length) {
        throw new Error(`more than the ${got} bytes that its sizes need`);
      }
      if (needed > got) out = grown(out, needed);
    }
    return true;
  });
  return out.subarray(0, got);
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}

/** Where the numbers begin. */
const startOf = (dimensions: number): number => 4 + 4 * dimensions;
/** What a file of that number of dimensions begins with. */
const headOf = (dimensions: number): readonly number[] => [0, 0, UNSIGNED_BYTES, dimensions];

function sizesOf(bytes: Uint8Array, dimensions: number): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
}

/** The bytes of a whole file that begins so, where it is one that is read. */
function neededBytes(bytes: Uint8Array, dimensions: number): number | undefined {
  if (headOf(dimensions).some((byte, i) => bytes[i] !== byte)) return undefined;
  const size = sizesOf(bytes, dimensions).reduce((a, b) => a * b, 1);
  return size > MOST_BYTES ? undefined : startOf(dimensions) + size;
}

function numbersOf(path: string, bytes: Uint8Array, dimensions: number): Result<Numbers> {
  const start = startOf(dimensions);
  const head = headOf(dimensions);
  if (bytes.length < start || head.some((byte, i) => bytes[i] !== byte)) {
    const rule = `the file is IDX data of ${dimensions} dimensions`;
    const got = `${bytes.length} bytes that begin with ${bytes.subarray(0, 4).join(" ")}`;
    return fail(wrong(path, rule, got, `${head.join(" ")} and ${dimensions} sizes`));
  }
  const sizes = sizesOf(bytes, dimensions);
  const size = sizes.reduce((a, b) => a * b, 1);
  if (size > MOST_BYTES || bytes.length !== start + size) {
    const wanted = `${start + size} bytes for ${sizes.join("x")}`;
    return fail(wrong(path, "the numbers fill the sizes exactly", `${bytes.length} bytes`, wanted));
  }
  return right({ sizes, data: bytes.subarray(start) });
}

function wrong(path: string, rule: string, got: string, wanted: string): Problem {
  return brokenData(path, rule, got, wanted, "download the file again");
}
