/**
 * Batches of pictures in files. The files of the next batches are decoded in workers while a batch
 * is used, and nothing else is kept: what is in memory does not grow with the set. As with batches
 * in memory, everything random follows from the key, the epoch and the place of a picture in the
 * epoch. A file that cannot be decoded leaves its place in the batch empty, images and target zero,
 * and the batch names it.
 */
import { expected } from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import { all, E, pipe, type Problem, type Result } from "../fp.ts";
import { DecodePool } from "./_decode_pool.ts";
import { type Input, inputOf } from "./_input.ts";
import type { View } from "./_views.ts";
import type { Batch, BatchOptions } from "./batches.ts";
import { batchCount, epochOrder, fittingOptions, sized } from "./batches.ts";
import { setTarget } from "./class_weights.ts";
import { FILES, type ImageFiles, labelsFor } from "./dataset.ts";
import { type Mixer, mixerOf } from "./mix.ts";

/** How batches of pictures are made. */
export interface FileBatchOptions extends BatchOptions {
  /** Ten views of each picture instead of one, in ten batches one after the other. */
  readonly tenCrops?: boolean;
}

/** One batch, and which of ten views it shows. */
export interface FileBatch extends Batch {
  /** From 0 to 9 with ten crops, 0 without. */
  readonly view: number;
}

/** The batches of an epoch; going through them again decodes the files again. */
export interface FileBatches extends AsyncIterable<FileBatch> {
  /** The number of batches in the whole epoch, whatever the start; ten crops count as one. */
  readonly length: number;
}

/** How many batches are decoded ahead of their use. */
const AHEAD = 1;
const VIEWS = 10;

/** The batches of one epoch. Needs `--allow-read` for the files. */
export function fileBatches(files: ImageFiles, options: FileBatchOptions): Result<FileBatches> {
  expected(files, FILES, "files");
  return pipe(
    all({ options: fittingOptions(files, options), input: inputOf(files, options) }),
    E.bindW("mixing", () => mixerOf(files.shape, options)),
    E.map((made): FileBatches => {
      const length = batchCount(files.count, options);
      const make = makerOf(files, options, made);
      return {
        length,
        async *[Symbol.asyncIterator](): AsyncGenerator<FileBatch> {
          const pool = new DecodePool();
          try {
            const ready: Promise<readonly FileBatch[]>[] = [];
            for (let index = options.start ?? 0; index < length || ready.length > 0; index++) {
              if (index < length) ready.push(make(pool, index));
              if (ready.length <= AHEAD && index < length) continue;
              yield* await (ready.shift() as (typeof ready)[number]);
            }
          } finally {
            pool[Symbol.dispose]();
          }
        },
      };
    }),
  );
}

/** What makes an image, and what mixes those of a batch. */
interface Made {
  readonly input: Input;
  readonly mixing: Mixer;
}

/** Makes a batch by its index, or the ten that show the ten views of its pictures. */
function makerOf(files: ImageFiles, options: FileBatchOptions, { input, mixing }: Made) {
  const { size, classes, tenCrops = false } = options;
  const { shape: [height, width], paths, folder, shorter } = files;
  const order = epochOrder(files, options);
  const viewsAt = (position: number): readonly View[] =>
    tenCrops
      ? Array.from({ length: VIEWS }, (_, index) => ({ kind: "ten", index }))
      : [input.view?.(position) ?? { kind: "middle" }];
  return async (pool: DecodePool, index: number): Promise<readonly FileBatch[]> => {
    const first = index * size;
    const count = Math.min(size, files.count - first);
    const { values, shown } = sized(files.shape, options.sizeOf?.(index));
    const labels = labelsFor(files.labels, size);
    const targets = new Float32Array(size * classes);
    const images = viewsAt(first).map(() => new Float32Array(size * values));
    const broken = new Map<number, Problem>();
    await Promise.all(Array.from({ length: count }, async (_, i) => {
      const position = first + i;
      const picture = order[position] ?? position;
      const path = join(folder, paths[picture] ?? "");
      const decoded = await pool.decode(path, viewsAt(position), { height, width, shorter });
      const label = files.labels[picture] ?? 0;
      labels[i] = label;
      if (E.isLeft(decoded)) {
        for (const problem of decoded.left) broken.set(i, problem);
        return;
      }
      setTarget(targets, i, label, options);
      decoded.right.forEach((pixels, view) => {
        images[view]?.set(shown(input.of(pixels, picture, position)), i * values);
      });
    }));
    const common = { index, labels, count, ...(broken.size > 0 && { broken }) };
    return images.map((shown, view) => ({ ...common, view, ...mixing(shown, targets, index) }));
  };
}
