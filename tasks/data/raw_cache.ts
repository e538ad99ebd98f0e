/**
 * A folder of raw files that can be made again, with a manifest that holds the
 * size and SHA-256 of each. What the manifest does not vouch for byte by byte
 * is not used. Every file is written under a temporary name and renamed, the
 * manifest last, so a reader meets a whole cache or one it can tell is not;
 * processes that write at once write the same bytes.
 */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { type Access, fileProblem, isNotCapable } from "./_file_problem.ts";

/** The files of a cache by name. */
export type RawFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** What a cache folder holds. */
export type RawCache =
  | { readonly state: "whole"; readonly files: RawFiles }
  | { readonly state: "absent" }
  | { readonly state: "damaged"; readonly reason: string };

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const MANIFEST = "manifest.json";
const VERSION = 1;
const HOUR = 3_600_000;

/** The SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const isEntry = (value: unknown): value is Entry & Record<string, unknown> =>
  isRecord(value) && typeof value.name === "string" &&
  typeof value.bytes === "number" && typeof value.sha256 === "string";

function parseManifest(text: string): readonly Entry[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || value.version !== VERSION) return undefined;
    const { files } = value;
    return Array.isArray(files) && files.every(isEntry) ? files : undefined;
  } catch {
    return undefined;
  }
}

async function readIfThere(
  path: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function inspect(
  folder: string,
  names: readonly string[],
): Promise<RawCache> {
  const damaged = (reason: string): RawCache => ({ state: "damaged", reason });
  const manifest = await readIfThere(join(folder, MANIFEST));
  if (manifest === undefined) {
    for (const name of names) {
      if (await exists(join(folder, name))) {
        return damaged(`${MANIFEST} is missing`);
      }
    }
    return { state: "absent" };
  }
  const entries = parseManifest(new TextDecoder().decode(manifest));
  if (entries === undefined) return damaged(`${MANIFEST} cannot be understood`);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of names) {
    const entry = entries.find((candidate) => candidate.name === name);
    if (entry === undefined) {
      return damaged(`${MANIFEST} does not list ${name}`);
    }
    const bytes = await readIfThere(join(folder, name));
    if (bytes === undefined) return damaged(`${name} is missing`);
    if (bytes.length !== entry.bytes) {
      return damaged(`${name} has ${bytes.length} bytes, not ${entry.bytes}`);
    }
    if (await sha256(bytes) !== entry.sha256) {
      return damaged(`${name} does not have its checksum`);
    }
    files.set(name, bytes);
  }
  return { state: "whole", files };
}

function cacheProblem(
  folder: string,
  access: Access,
  error: unknown,
): Problem {
  const problem = fileProblem(folder, access, error);
  if (!isNotCapable(error)) return problem;
  const hint = `run deno with --allow-read="${folder}" --allow-write="${folder}", ` +
    "or name another cache folder";
  return { ...problem, hint };
}

/** Reads and verifies the named files; fails only when reading is not allowed. */
export async function readRawCache(
  folder: string,
  names: readonly string[],
): Promise<Result<RawCache>> {
  try {
    return right(await inspect(folder, names));
  } catch (error) {
    return fail(cacheProblem(folder, "read", error));
  }
}

/** Removes what writers that were stopped left behind more than an hour ago. */
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

/** Makes the folder of a cache and checks that this process may write there. */
export async function prepareRawCache(folder: string): Promise<Result<string>> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await sweep(folder);
    const trial = join(folder, `${crypto.randomUUID()}.tmp`);
    await Deno.writeFile(trial, new Uint8Array());
    await Deno.remove(trial);
    return right(folder);
  } catch (error) {
    return fail(cacheProblem(folder, "write", error));
  }
}

async function writeAtomically(
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeFile(temporary, bytes);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/** Writes the files, then the manifest that vouches for them. */
export async function writeRawCache(
  folder: string,
  files: RawFiles,
): Promise<Result<void>> {
  try {
    const entries: Entry[] = [];
    for (const [name, bytes] of files) {
      await writeAtomically(join(folder, name), bytes);
      entries.push({ name, bytes: bytes.length, sha256: await sha256(bytes) });
    }
    const manifest = JSON.stringify(
      { version: VERSION, files: entries },
      null,
      2,
    );
    await writeAtomically(
      join(folder, MANIFEST),
      new TextEncoder().encode(`${manifest}\n`),
    );
    return right(undefined);
  } catch (error) {
    return fail(cacheProblem(folder, "write", error));
  }
}
