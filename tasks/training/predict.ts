/** What a run's network sees in images: in files of any size, read or yet to be read, in arrays, in a set. */
import { ANYTHING } from "../../dsl/problem/expect.ts";
import { inference } from "../../dsl/programs/inference.ts";
import type { Result } from "../fp.ts";
import {
  allAsync,
  allOfAsync,
  attempt,
  E,
  orThrow,
  pipe,
  ProblemError,
  RA,
  refused,
  right,
  TE,
} from "../fp.ts";
import { asMeasured } from "../data/as_measured.ts";
import { areFiles, checkDataset, type Dataset, type ImageSet, testOf } from "../data/dataset.ts";
import { decodeImage, readImage, type RgbImage } from "../data/image_file.ts";
import { prepareImage } from "../data/prepare_image.ts";
import { setBatches } from "../data/set_batches.ts";
import type { Batch } from "../data/batches.ts";
import { LARGEST, regularSize } from "../files/regular.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { type Loaded, withLoaded } from "../../dsl/engines/loaded.ts";
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

const OWN = { top: ANYTHING } as const;

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
      ? trainedOf(trained, options, OWN)
      : await openTrained(trained, options, OWN);
    const shown = orThrow(await shownOf(opened, pictures));
    const named = namedBy(opened, options);
    return await withEngine(
      options,
      (engine) => withNetwork(engine, opened, shown, (loaded) => seenIn(loaded, shown, named)),
    );
  });
}

/** Files in memory at a time. */
const AT_ONCE = 128;

/** How files are looked at in parts. */
export interface PartOptions extends PredictOptions {
  /** How many files are in memory at a time; 128 by default. */
  readonly atOnce?: number;
  /** Called with what the network sees in the next files, in their order. */
  readonly onPart: (predictions: readonly Prediction[]) => void;
}

/**
 * What the network of a run sees in picture files, of which only so many are in memory at a time:
 * the run, its engine and its program are loaded once. The first of the files are read before the
 * engine is loaded, and those that cannot be there are all reported.
 */
export function predictInParts(
  folder: string,
  files: readonly string[],
  { atOnce = AT_ONCE, onPart, ...options }: PartOptions,
): Promise<Result<void>> {
  return attempt(async () => {
    const opened = await openTrained(folder, options, OWN);
    const [first = [], ...others] = RA.chunksOf(atOnce)(files);
    const there = others.flat().map((file) => () => regularSize(file, LARGEST.image));
    const { shown } = orThrow(
      await allAsync({ shown: () => filesShown(opened, first), there: allOfAsync(there) })(),
    );
    const named = namedBy(opened, options);
    await withEngine(
      options,
      (engine) =>
        withNetwork(engine, opened, shown, async (loaded) => {
          onPart(await seenIn(loaded, shown, named));
          for (const some of others) {
            onPart(await seenIn(loaded, orThrow(await filesShown(opened, some, shown)), named));
          }
        }),
    );
  });
}

/** Works with a network that is loaded for batches of a size. */
function withNetwork<A>(
  engine: Engine,
  { plan, checkpoint: { tensors } }: Seen,
  { size }: Pick<Shown, "size">,
  work: (loaded: Loaded) => Promise<A>,
): Promise<A> {
  return withLoaded(engine, inference(plan, size), tensors, work);
}

/** The classes of a network, and how many of them are named. */
export interface Named {
  readonly classes: readonly string[];
  readonly top: number;
}

function namedBy({ checkpoint: { classes } }: Seen, { top = 5 }: PredictOptions): Named {
  return { classes, top: orThrow(checkTop(top)) };
}

/** What a network sees in all images of some batches. */
async function seenIn(
  loaded: Loaded,
  { paths, batches }: Shown,
  named: Named,
): Promise<readonly Prediction[]> {
  const { length } = named.classes;
  const predictions: Prediction[] = [];
  for await (const { images, count, broken } of batches) {
    if (broken !== undefined) throw new ProblemError([...broken.values()]);
    const logits = orThrow(await logitsOf(loaded, images));
    for (let i = 0; i < count; i++) {
      const at = predictions.length;
      const row = logits.slice(i * length, (i + 1) * length);
      predictions.push(predictionOf(paths?.[at] ?? `image ${at}`, row, named));
    }
  }
  return predictions;
}

/** What the logits of an image say of it. */
export function predictionOf(
  path: string,
  logits: Float32Array,
  { classes, top }: Named,
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

/** Files in batches, of a size where a program is loaded for it. */
async function filesShown(
  { checkpoint, data }: Seen,
  files: readonly (string | PictureFile)[],
  { size: batch = Math.min(BATCH, files.length) }: Partial<Shown> = {},
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
      return { paths, ...valuesShown(values, files.length, batch) };
    }),
  )();
}

async function imageIn(file: string | PictureFile): Promise<Result<RgbImage>> {
  if (typeof file !== "object" || file === null) return await readImage(file);
  const { name, bytes } = file;
  return pipe(onlyFields(file, ["name", "bytes"]), E.flatMap(() => decodeImage(bytes, name)));
}

/** Numbers that are ready for the network, in batches; the last is filled up by zeros. */
function valuesShown(
  values: Float32Array,
  all: number,
  size: number = Math.min(BATCH, all),
): Shown {
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
