/** The cache of decoded data: what its manifest does not vouch for is not used. */
import { orThrow } from "../../../dsl/problem/throw.ts";
import { fail, type Result } from "../../../dsl/problem/result.ts";
import {
  type RawCache,
  readRawCache,
  splitFiles,
  writeRawCache,
} from "../../../tasks/data/raw_cache.ts";
import { type Bytes, changedBytes } from "../bytes.ts";
import { type Reader, written } from "../reader.ts";
import { changedJsonBytes, files } from "./_files.ts";

const SPLIT = {
  pixels: Uint8Array.from({ length: 48 }, (_, i) => 5 * i),
  labels: Uint8Array.of(0),
};
const CACHED = splitFiles({ train: SPLIT, test: SPLIT });
const NAMES = [...CACHED.keys()];
/** The file of pixels that is changed. */
const [PIXELS = ""] = NAMES;

export const CACHE: Readonly<Record<string, Reader>> = {
  manifest: {
    whole: (folder) => made(folder, "manifest.json"),
    change: changedJsonBytes,
    read: (bytes, folder) =>
      written(
        folder,
        { ...Object.fromEntries(CACHED), "manifest.json": bytes },
        async () => refusedUnlessWhole(await readRawCache(folder, NAMES)),
      ),
  },
  cache: {
    whole: (folder) => made(folder, PIXELS),
    change: changedBytes,
    read: async (bytes, folder) => {
      const read = () => readRawCache(folder, NAMES);
      const cache = await written(folder, { [PIXELS]: bytes }, read);
      const isWhole = cache._tag === "Right" && cache.right.state === "whole";
      const isAsWritten = bytes.join() === SPLIT.pixels.join();
      if (isWhole !== isAsWritten) throw new Error(`taken for ${isWhole ? "" : "no "}whole cache`);
      return refusedUnlessWhole(cache);
    },
  },
};

/** A file of a cache that is written to a folder. */
async function made(folder: string, name: string): Promise<readonly Bytes[]> {
  orThrow(await writeRawCache(folder, CACHED));
  return await files(folder, name);
}

/** What is no whole cache is made again by who asked for it; here it is refused. */
function refusedUnlessWhole(read: Result<RawCache>): Result<RawCache> {
  if (read._tag === "Left" || read.right.state === "whole") return read;
  return fail({
    path: "cache",
    layer: "file",
    code: "damaged-cache",
    rule: "a cache is as its manifest says",
    got: read.right.state === "damaged" ? read.right.reason : "no cache",
    wanted: "a whole cache",
    hint: "",
  });
}
