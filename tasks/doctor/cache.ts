/**
 * The state of a data set's cache by its manifest: whether every file is there
 * at its size. Contents are checked when the data set is loaded, not here.
 */
import { join } from "@std/path";
import type { Problem } from "../fp.ts";
import { isDamaged, readManifest } from "../data/raw_cache.ts";
import { isMissing } from "../files/io_problem.ts";

export interface CacheState {
  readonly folder: string;
  readonly state: "whole" | "absent" | "damaged" | "unreadable";
  readonly bytes?: number;
  readonly problems?: readonly Problem[];
}

/** Looks at a cache folder. Needs `--allow-read` for it. */
export async function inspectCache(folder: string): Promise<CacheState> {
  const manifest = await readManifest(folder);
  if (manifest._tag === "Left") {
    if (manifest.left.every(isDamaged)) return { folder, state: "damaged" };
    const absent = manifest.left.every(isMissing);
    return absent
      ? { folder, state: "absent" }
      : { folder, state: "unreadable", problems: manifest.left };
  }
  const files = manifest.right;
  const sizes = await Promise.all(files.map(({ name }) => sizeOf(join(folder, name))));
  const whole = files.length > 0 && files.every(({ bytes }, i) => bytes === sizes[i]);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return whole ? { folder, state: "whole", bytes } : { folder, state: "damaged" };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    return undefined;
  }
}
