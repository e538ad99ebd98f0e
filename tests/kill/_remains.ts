/** What a run leaves, to be compared byte for byte. */
import { join } from "@std/path";
import { LOCK } from "../../tasks/files/run_lock.ts";

const CACHE_LOCK = join("cache", "cifar10", LOCK);

/** The bytes of every file below a folder, by its path there. */
export type Remains = ReadonlyMap<string, Uint8Array>;

/** The files that hold what a clock says, without it. */
const TIMELESS: Readonly<Record<string, (line: string) => string>> = {
  "metrics.jsonl": (line) => {
    const { seconds: _, imagesPerSecond: __, ...figures } = JSON.parse(line);
    return JSON.stringify(figures);
  },
  "steps.csv": (line) => line.replace(/,[^,]*$/, ""),
};

/**
 * The files below a folder: metrics and steps without what a clock says; not the lock of a process that
 * was killed when the cache was whole already, which nobody needs to take over.
 */
export async function remainsOf(folder: string): Promise<Remains> {
  const files = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      for (const [below, bytes] of await remainsOf(path)) files.set(join(name, below), bytes);
    } else if (!path.endsWith(CACHE_LOCK)) {
      files.set(name, await timeless(path, TIMELESS[name]));
    }
  }
  return files;
}

async function timeless(
  path: string,
  change: ((line: string) => string) | undefined,
): Promise<Uint8Array> {
  if (change === undefined) return await Deno.readFile(path);
  const lines = (await Deno.readTextFile(path)).split("\n");
  return new TextEncoder().encode(lines.map((line) => line && change(line)).join("\n"));
}

/** The files in which two differ, by name. */
export function differences(a: Remains, b: Remains): readonly string[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return names.filter((name) => !sameBytes(a.get(name), b.get(name)));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length &&
    a.every((byte, i) => byte === b[i]);
}
