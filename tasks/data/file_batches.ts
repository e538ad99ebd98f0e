/**
 * Batches of pictures in files. The files of the next batches are decoded in
 * workers while a batch is used, and nothing else is kept: what is in memory
 * does not grow with the set. As with batches in memory, everything random
 * follows from the key, the epoch and the place of a picture in the epoch. A
 * file that cannot be decoded leaves its place in the batch empty, images and
 * target zero, and the batch names it.
 */
import { expected } from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import { all, E, pipe, type Problem, type Result } from "../fp.ts";
import { DecodePool } from "./_decode_pool.ts";
import { type Input, inputOf } from "./_input.ts";
import type { View, ViewSize } from "./_views.ts";
import {
  type Batch,
  batchCount,
  type BatchOptions,
  epochOrder,
  fittingOptions,
} from "./batches.ts";
import { FILES, imageBytes, type ImageFiles, labelsFor } from "./dataset.ts";

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
    E.map(({ input }): FileBatches => {
      const length = batchCount(files.count, options);
      const maker = new Maker(files, options, input);
      return {
        length,
        async *[Symbol.asyncIterator](): AsyncGenerator<FileBatch> {
          using pool = new DecodePool();
          const ready: Promise<readonly FileBatch[]>[] = [];
          for (let index = options.start ?? 0; index < length || ready.length > 0; index++) {
            if (index < length) ready.push(maker.make(pool, index));
            if (ready.length <= AHEAD && index < length) continue;
            yield* await (ready.shift() as (typeof ready)[number]);
          }
        },
      };
    }),
  );
}

class Maker {
  readonly #files: ImageFiles;
  readonly #options: FileBatchOptions;
  readonly #input: Input;
  readonly #order: Uint32Array | undefined;

  constructor(files: ImageFiles, options: FileBatchOptions, input: Input) {
    this.#files = files;
    this.#options = options;
    this.#input = input;
    this.#order = options.shuffle === true
      ? epochOrder(options.key, options.epoch, files.count)
      : undefined;
  }

  /** One batch, or the ten that show the ten views of its pictures. */
  async make(pool: DecodePool, index: number): Promise<readonly FileBatch[]> {
    const { size, classes } = this.#options;
    const { shape, paths, folder } = this.#files;
    const first = index * size;
    const count = Math.min(size, this.#files.count - first);
    const bytes = imageBytes(shape);
    const labels = labelsFor(this.#files.labels, size);
    const targets = new Float32Array(size * classes);
    const views = this.#options.tenCrops === true ? VIEWS : 1;
    const images = Array.from({ length: views }, () => new Float32Array(size * bytes));
    const broken = new Map<number, Problem>();
    const viewSize: ViewSize = { height: shape[0], width: shape[1], shorter: this.#files.shorter };
    await Promise.all(Array.from({ length: count }, async (_, i) => {
      const position = first + i;
      const picture = this.#order?.[position] ?? position;
      const path = join(folder, paths[picture] ?? "");
      const decoded = await pool.decode(path, this.#views(position), viewSize);
      const label = this.#files.labels[picture] ?? 0;
      labels[i] = label;
      if (decoded._tag === "Left") {
        for (const problem of decoded.left) broken.set(i, problem);
        return;
      }
      targets[i * classes + label] = 1;
      decoded.right.forEach((pixels, view) => {
        images[view]?.set(this.#input.of(pixels, position), i * bytes);
      });
    }));
    return images.map((images, view) => ({
      index,
      view,
      images,
      labels,
      targets,
      count,
      ...(broken.size === 0 ? {} : { broken }),
    }));
  }

  #views(position: number): readonly View[] {
    if (this.#options.tenCrops !== true) {
      return [this.#input.view?.(position) ?? { kind: "middle" }];
    }
    return Array.from({ length: VIEWS }, (_, index) => ({ kind: "ten", index }));
  }
}
