/**
 * A folder of raw files that can be made again, with a manifest that holds the size and SHA-256 of
 * each. What the manifest does not vouch for byte by byte is not used. Every file is written under
 * a temporary name and renamed, the manifest last, so a reader meets a whole cache or one it can
 * tell is not; one process at a time writes, and others wait for it.
 */
import { join } from "@std/path";
import * as v from "valibot";
import {
  makeFolder,
  onPath,
  readBytes,
  readRecord,
  writeAtomic,
  writeJson,
} from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { removeLeftovers } from "../files/run_folder.ts";
import { awaitLock, type RunLock } from "../files/run_lock.ts";
import { allOf, E, fail, left, pipe, type Problem, RA, type Result, right, TE } from "../fp.ts";
import { record } from "../parsed.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export type RawFiles = ReadonlyMap<string, Bytes>;

export interface RawSplit {
  readonly pixels: Bytes;
  readonly labels: Bytes;
}
export type RawSplits = Readonly<Record<"train" | "test", RawSplit>>;

/** The files of a data set's two splits. */
export function splitFiles({ train, test }: RawSplits): RawFiles {
  const contents = [train.pixels, train.labels, test.pixels, test.labels];
  return new Map(RA.zip(SPLIT_FILES, contents));
}

/** Their names. */
export const SPLIT_FILES = ["train", "test"]
  .flatMap((split) => [`${split}_pixels.bin`, `${split}_labels.bin`]);

export type RawCache = { readonly state: "whole"; readonly files: RawFiles } | {
  readonly state: "absent";
} | { readonly state: "damaged"; readonly reason: string };

const entrySchema = record({ name: v.string(), bytes: v.number(), sha256: v.string() });
const manifestSchema = record({ version: v.literal(1), files: v.array(entrySchema) });
type Entry = v.InferOutput<typeof entrySchema>;

const MANIFEST = "manifest.json";
const LARGEST_MANIFEST = 2 ** 20;
const DAMAGED = "damaged-cache";
const HOUR = 3_600_000;

export async function sha256(bytes: Bytes): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

/** Whether a problem is that a cache is damaged, not that it cannot be read. */
export function isDamaged({ code }: Problem): boolean {
  return code === DAMAGED;
}

/** The files that a cache's manifest lists; fails when it is missing, unreadable or damaged. */
export async function readManifest(folder: string): Promise<Result<readonly Entry[]>> {
  const options = { code: DAMAGED, atMost: LARGEST_MANIFEST };
  return pipe(
    await readRecord(manifestSchema, join(folder, MANIFEST), options),
    E.map(({ files }) => files),
  );
}

/** Reads and verifies the named files; fails only when reading is not allowed. */
export async function readRawCache(
  folder: string,
  names: readonly string[],
): Promise<Result<RawCache>> {
  const manifest = await readManifest(folder);
  const files = manifest._tag === "Left"
    ? await withoutManifest(folder, names, manifest.left)
    : allOf(await Promise.all(names.map((name) => verified(folder, name, manifest.right))));
  if (files._tag === "Right") return right({ state: "whole", files: new Map(files.right) });
  const [first] = files.left;
  if (files.left.every(isMissing)) return right({ state: "absent" });
  if (first !== undefined && files.left.every(isDamaged)) {
    return right({ state: "damaged", reason: first.got });
  }
  return left(files.left.map(inCache(folder)));
}

/** Why there is no usable manifest: files without one are a damaged cache. */
async function withoutManifest(
  folder: string,
  names: readonly string[],
  problems: readonly Problem[],
): Promise<Result<never>> {
  if (problems.every(({ code }) => code === DAMAGED || code === "not-json")) {
    return fail(damage(folder, `${MANIFEST} cannot be understood`));
  }
  if (!problems.every(isMissing)) return left(problems);
  const found = await Promise.all(names.map((name) => readBytes(join(folder, name))));
  return found.some(E.isRight) ? fail(damage(folder, `${MANIFEST} is missing`)) : left(problems);
}

/** A file's bytes, when they are those that the manifest vouches for. */
async function verified(
  folder: string,
  name: string,
  entries: readonly Entry[],
): Promise<Result<readonly [string, Bytes]>> {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) return fail(damage(folder, `${MANIFEST} does not list ${name}`));
  const read = await readBytes(join(folder, name));
  if (read._tag === "Left") {
    return read.left.every(isMissing) ? fail(damage(folder, `${name} is missing`)) : read;
  }
  const bytes = read.right;
  if (bytes.length !== entry.bytes) {
    return fail(damage(folder, `${name} has ${bytes.length} bytes, not ${entry.bytes}`));
  }
  return await sha256(bytes) === entry.sha256
    ? right([name, bytes])
    : fail(damage(folder, `${name} does not have its checksum`));
}

function damage(path: string, got: string): Problem {
  const words = { rule: "a cache is as its manifest says", wanted: "a whole cache", hint: "" };
  return { path, layer: "folder", code: DAMAGED, got, ...words };
}

/** A problem of a file as one of the cache: what is not allowed is needed for the whole folder. */
function inCache(folder: string): (problem: Problem) => Problem {
  const hint = `run deno with --allow-read="${folder}" --allow-write="${folder}", ` +
    "or name another cache folder";
  return (problem) => problem.code === "not-allowed" ? { ...problem, hint } : problem;
}

/**
 * Makes the folder of a cache and holds its lock, for which it may have to wait; what writers that
 * were killed left behind is removed.
 */
export function prepareRawCache(
  folder: string,
  onWait: (holder: string) => void = () => {},
): Promise<Result<RunLock>> {
  return pipe(
    makeFolder(folder),
    TE.flatMap(() => () => awaitLock(folder, onWait)),
    TE.tap(() => () => removeLeftovers({ folder })),
    TE.tap(() => onPath(folder, "write", () => sweep(folder))),
    TE.mapLeft(RA.map(inCache(folder))),
  )();
}

/** Removes what others left behind more than an hour ago. */
async function sweep(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".tmp")) continue;
    const path = join(folder, name);
    try {
      const { mtime } = await Deno.stat(path);
      const age = mtime === null ? 0 : Date.now() - mtime.getTime();
      if (age > HOUR) await Deno.remove(path);
    } catch (error) {
      // Another process may have finished with it in the meantime.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Writes the files, then the manifest that vouches for them. */
export async function writeRawCache(folder: string, files: RawFiles): Promise<Result<void>> {
  const entries: Entry[] = [];
  for (const [name, bytes] of files) {
    const written = await writeAtomic(join(folder, name), bytes);
    if (written._tag === "Left") return left(written.left.map(inCache(folder)));
    entries.push({ name, bytes: bytes.length, sha256: await sha256(bytes) });
  }
  return await writeJson(join(folder, MANIFEST), { version: 1, files: entries });
}
