/** What a run's network sees in images: in files of any size, read or yet to be read, in arrays, in a set. */
import { ANYTHING } from "../../dsl/problem/expect.ts";
import { inference } from "../../dsl/programs/inference.ts";
import type { Result } from "../fp.ts";
import { allOfAsync, attempt, E, orThrow, pipe, ProblemError, refused, right, TE } from "../fp.ts";
import { asMeasured } from "../data/as_measured.ts";
import { areFiles, checkDataset, type Dataset, type ImageSet, testOf } from "../data/dataset.ts";
import { decodeImage, readImage, type RgbImage } from "../data/image_file.ts";
import { prepareImage } from "../data/prepare_image.ts";
import { setBatches } from "../data/set_batches.ts";
import type { Batch } from "../data/batches.ts";
import { withLoaded } from "../../dsl/engines/loaded.ts";
import { withEngine } from "./engine.ts";
import {
  imageCount,
  imagesOfPixels,
  type InputArray,
  onlyFields,
  type PixelArray,
} from "./image_arrays.ts";
import { IN_ORDER, logitsOf, ranking, softmax } from "./measure.ts";
import { openTrained, type Seen, trainedOf, type UseOptions } from "./trained.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** Options of {@link predict}. */
export interface PredictOptions extends UseOptions {
  /** How many of the likeliest classes are named; 5 by default. */
  readonly top?: number;
}

/** A picture file that has been read already, such as one that a server was sent. */
export interface PictureFile {
  /** What it is called in answers and problems; nothing is read there. */
  readonly name: string;
  /** All of a PNG, JPEG, WebP or PPM file. */
  readonly bytes: Uint8Array;
}

/**
 * Images to look at: picture files by their paths or by what is in them, bytes or numbers in an
 * array, or a set of images, of a data set the test images.
 */
export type Pictures =
  | readonly (string | PictureFile)[]
  | PixelArray
  | InputArray
  | ImageSet
  | Dataset<ImageSet>;

/** One class that an image may belong to. */
export interface Guess {
  /** The class. */
  readonly name: string;
  /** Its probability by softmax, from 0 to 1. */
  readonly probability: number;
}

/** What a network sees in an image. */
export interface Prediction {
  /** The image's file by its path or name, or `image 0` and so on where there is none. */
  readonly path: string;
  /** The likeliest class. */
  readonly label: string;
  /** The likeliest classes, best first. */
  readonly guesses: readonly Guess[];
  /** The logit of each class. */
  readonly logits: Float32Array;
  /** The probability of each class by softmax, whatever the run's loss. */
  readonly probabilities: Float64Array;
}

/**
 * What a trained network, in its run folder or as a checkpoint, sees in images. All files are read
 * before the network runs, and every unreadable one is reported. Images in arrays must have the
 * size of the network's input. Needs `--allow-read` for the run and the images; a checkpoint and
 * images in arrays need nothing.
 */
export function predict(
  trained: string | Checkpoint,
  pictures: Pictures,
  options: PredictOptions = {},
): Promise<Result<readonly Prediction[]>> {
  return attempt(async () => {
    const opened = typeof trained === "object"
      ? trainedOf(trained, options, { top: ANYTHING })
      : await openTrained(trained, options, { top: ANYTHING });
    const { plan, checkpoint: { tensors, classes } } = opened;
    const { paths, size, batches } = orThrow(await shownOf(opened, pictures));
    const top = orThrow(checkTop(options.top ?? 5));
    return await withEngine(
      options,
      (engine) =>
        withLoaded(engine, inference(plan, size), tensors, async (loaded) => {
          const predictions: Prediction[] = [];
          for await (const { images, count, broken } of batches) {
            if (broken !== undefined) throw new ProblemError([...broken.values()]);
            const logits = orThrow(await logitsOf(loaded, images));
            for (let i = 0; i < count; i++) {
              const row = logits.slice(i * classes.length, (i + 1) * classes.length);
              const at = predictions.length;
              predictions.push(predictionOf(paths?.[at] ?? `image ${at}`, row, { classes, top }));
            }
          }
          return predictions;
        }),
    );
  });
}

function predictionOf(
  path: string,
  logits: Float32Array,
  { classes, top }: { readonly classes: readonly string[]; readonly top: number },
): Prediction {
  const probabilities = softmax(logits);
  const guesses = ranking(logits).slice(0, top)
    .map((i) => ({ name: classes[i] ?? "", probability: probabilities[i] ?? NaN }));
  return { path, label: guesses[0]?.name ?? "", guesses, logits, probabilities };
}

interface Shown {
  /** The files of images that are in files. */
  readonly paths?: readonly string[];
  readonly size: number;
  readonly batches: AsyncIterable<Pick<Batch, "images" | "count" | "broken">>;
}

const BATCH = 16;

async function shownOf(trained: Seen, pictures: Pictures): Promise<Result<Shown>> {
  const { input } = trained.checkpoint;
  if (isList(pictures)) return await filesShown(trained, pictures);
  if (typeof pictures !== "object" || pictures === null) return nothingShown(`${pictures}`);
  if ("train" in pictures) {
    return pipe(
      checkDataset(pictures),
      E.flatMap(testOf),
      E.flatMap((test) => setShown(trained, test)),
    );
  }
  if ("paths" in pictures || "read" in pictures) return setShown(trained, pictures);
  if ("values" in pictures) {
    const { values } = pictures;
    return pipe(
      onlyFields(pictures, ["values", "shape"]),
      E.flatMap(() => imageCount("values", values, { ...pictures, input, kind: Float32Array })),
      E.map((count) => valuesShown(values, count)),
    );
  }
  if (!("pixels" in pictures)) return nothingShown(Object.keys(pictures).join(", "));
  return pipe(
    onlyFields(pictures, ["pixels", "shape", "labels", "count"]),
    E.flatMap(() => imagesOfPixels(pictures, input)),
    E.flatMap((set) => setShown(trained, set)),
  );
}

function isList(pictures: Pictures): pictures is readonly (string | PictureFile)[] {
  return Array.isArray(pictures);
}

function setShown({ checkpoint }: Seen, images: ImageSet): Result<Shown> {
  const { normalization, classes } = checkpoint;
  const size = Math.max(1, Math.min(BATCH, images.count));
  const options = { ...IN_ORDER, size, classes: classes.length, normalization };
  const paths = areFiles(images) ? { paths: images.paths } : {};
  return pipe(setBatches(images, options), E.map((batches) => ({ ...paths, size, batches })));
}

async function filesShown(
  { checkpoint, data }: Seen,
  files: readonly (string | PictureFile)[],
): Promise<Result<Shown>> {
  if (files.length === 0) return nothingShown("none");
  const { input: [height = 0, width = 0, depth], normalization } = checkpoint;
  const channels = depth === 1 ? 1 : 3;
  const size = { height, width };
  const prepared = (image: RgbImage) => {
    const measured = data === undefined ? image : asMeasured(image, data, size);
    return prepareImage(measured, { ...size, channels, normalization });
  };
  return await pipe(
    allOfAsync(files.map((file) => pipe(() => imageIn(file), TE.flatMapEither(prepared)))),
    TE.map((images) => {
      const values = new Float32Array(files.length * height * width * channels);
      images.forEach((image, i) => values.set(image, i * image.length));
      const paths = files.map((file) => typeof file === "string" ? file : file.name);
      return { paths, ...valuesShown(values, files.length) };
    }),
  )();
}

async function imageIn(file: string | PictureFile): Promise<Result<RgbImage>> {
  if (typeof file !== "object" || file === null) return await readImage(file);
  const { name, bytes } = file;
  return pipe(onlyFields(file, ["name", "bytes"]), E.flatMap(() => decodeImage(bytes, name)));
}

/** Numbers that are ready for the network, in batches; the last is filled up by zeros. */
function valuesShown(values: Float32Array, all: number): Shown {
  const size = Math.min(BATCH, all);
  const length = values.length / all;
  async function* batches(): AsyncGenerator<Pick<Batch, "images" | "count">> {
    for (let first = 0; first < all; first += size) {
      const images = new Float32Array(size * length);
      images.set(values.subarray(first * length, (first + size) * length));
      yield { images, count: Math.min(size, all - first) };
    }
  }
  return { size, batches: batches() };
}

function checkTop(top: number): Result<number> {
  if (Number.isSafeInteger(top) && top >= 1) return right(top);
  return refused({ path: "top", layer: "option", code: "invalid-number" }, {
    rule: "at least one class is named",
    got: `${top}`,
    wanted: "a whole number of at least 1",
    hint: "leave it out for five",
  });
}

function nothingShown(got: string): Result<never> {
  return refused({ path: "images", layer: "option", code: "invalid-images" }, {
    rule: "there is at least one image to look at",
    got,
    wanted:
      "paths, { name, bytes } of files, { pixels, shape }, { values, shape }, a set of images or a data set",
  });
}
