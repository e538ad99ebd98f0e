/**
 * Data sets: labelled images in a training and a test split. Small ones are in
 * memory, as `Uint8Array`s of height x width x channels until a batch is made
 * of them; large ones are files, which are decoded when a batch needs them.
 */
import type { Problem } from "../../dsl/problem/problem.ts";
import { left, type Result, right } from "../../dsl/problem/result.ts";

/** Height, width and channels of an image. */
export type ImageShape = readonly [
  height: number,
  width: number,
  channels: number,
];

/** Class indices; two bytes each where there are more than 256 classes. */
export type Labels = Uint8Array | Uint16Array;

/** Labelled images of one size, in memory. */
export interface Images {
  /** How many. */
  readonly count: number;
  /** The size of each. */
  readonly shape: ImageShape;
  /** Image after image, row after row, pixel after pixel: NHWC, 0 to 255. */
  readonly pixels: Uint8Array;
  /** One class index for each image. */
  readonly labels: Labels;
}

/** How the colours of a set of images are spread, each as a share of 255. */
export interface ColourStatistics {
  /** The mean of each channel. */
  readonly mean: Float32Array;
  /** The standard deviation of each channel. */
  readonly std: Float32Array;
  /**
   * The principal directions of colour, three vectors of three, each as long as
   * the standard deviation along it.
   */
  readonly directions: Float32Array;
}

/** Labelled pictures in files of any size, decoded and cut to one size when they are needed. */
export interface ImageFiles {
  /** How many. */
  readonly count: number;
  /** The size to which each is cut. */
  readonly shape: ImageShape;
  /** The folder that all paths begin with. */
  readonly folder: string;
  /** One file for each picture, within the folder. */
  readonly paths: readonly string[];
  /** One class index for each picture. */
  readonly labels: Labels;
  /** The length of a picture's shorter side before its middle is cut out, in pixels. */
  readonly shorter: number;
  /** The colours of the training pictures. */
  readonly colours: ColourStatistics;
}

/** Labelled images, in memory or in files. */
export type ImageSet = Images | ImageFiles;

/** Whether images lie in files. */
export function areFiles(images: ImageSet): images is ImageFiles {
  return "paths" in images;
}

/** Room for so many labels of the same kind. */
export function labelsFor(like: Labels, size: number): Labels {
  return like instanceof Uint8Array ? new Uint8Array(size) : new Uint16Array(size);
}

/** The images at these places, in this order, copied. */
export function take<Set extends ImageSet>(images: Set, places: ArrayLike<number>): Set;
export function take(images: ImageSet, places: ArrayLike<number>): ImageSet {
  const count = places.length;
  const labels = labelsFor(images.labels, count);
  for (let i = 0; i < count; i++) labels[i] = images.labels[places[i] as number] ?? 0;
  if (areFiles(images)) {
    const paths = Array.from(places, (place) => images.paths[place] ?? "");
    return { ...images, count, labels, paths };
  }
  const size = imageBytes(images.shape);
  const pixels = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    const place = places[i] as number;
    pixels.set(images.pixels.subarray(place * size, (place + 1) * size), i * size);
  }
  return { count, shape: images.shape, pixels, labels };
}

/** A data set for classification, in memory unless it says otherwise. */
export interface Dataset<Set extends ImageSet = Images> {
  /** The name by which `loadDataset` knows it. */
  readonly name: string;
  /** The names of the classes; a label is an index into them. */
  readonly classes: readonly string[];
  /** The height of every image, in pixels. */
  readonly height: number;
  /** The width of every image, in pixels. */
  readonly width: number;
  /** The channels of every image; 3 are red, green and blue. */
  readonly channels: number;
  /** What a network may learn from. */
  readonly train: Set;
  /** What it is measured on, and nothing else. */
  readonly test: Set;
  /** Files that had to be left out, and why. */
  readonly broken?: readonly Problem[];
}

/** The number of bytes in one image. */
export function imageBytes(
  [height, width, channels]: ImageShape,
): number {
  return height * width * channels;
}

/** The place of the first label that is not below `classes`. */
export function placeOutside(labels: Labels, classes: number): number | undefined {
  for (let i = 0; i < labels.length; i++) if ((labels[i] as number) >= classes) return i;
  return undefined;
}

function splitProblems(
  path: string,
  images: ImageSet,
  dataset: Dataset<ImageSet>,
): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (rule: string, got: string, wanted: string, hint: string) =>
    problems.push({ path, layer: "data set", code: "invalid-data-set", rule, got, wanted, hint });
  const { count, shape, labels } = images;
  const wantedShape = [dataset.height, dataset.width, dataset.channels];
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    report(
      "a split holds at least one image",
      `${count} images`,
      "1 or more",
      "",
    );
  }
  if (shape.join() !== wantedShape.join()) {
    report(
      "every split has the data set's image size",
      shape.join("x"),
      wantedShape.join("x"),
      "",
    );
  }
  if (areFiles(images)) {
    if (images.paths.length !== count) {
      report("every picture has a file", `${images.paths.length} files`, `${count} files`, "");
    }
  } else if (images.pixels.length !== count * imageBytes(shape)) {
    report(
      "the pixels fill the images exactly",
      `${images.pixels.length} bytes`,
      `${count} x ${shape.join("x")} = ${count * imageBytes(shape)} bytes`,
      "pixels are bytes in the order image, row, column, channel",
    );
  }
  if (labels.length !== count) {
    report(
      "every image has one label",
      `${labels.length} labels`,
      `${count} labels`,
      "",
    );
  }
  const outside = placeOutside(labels, dataset.classes.length);
  if (outside !== undefined) {
    report(
      "every label is the index of a class",
      `label ${labels[outside]} of image ${outside}`,
      `0 to ${dataset.classes.length - 1}`,
      "",
    );
  }
  return problems;
}

/**
 * Checks that a data set fits together: sizes, counts, labels within the
 * classes, no empty split. Gives the same data set back, or every problem.
 *
 * @example
 * ```ts
 * import { checkDataset } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const dot = { count: 1, shape: [1, 1, 1], pixels: new Uint8Array(1) } as const;
 * const checked = checkDataset({
 *   name: "dots", classes: ["dark", "bright"], height: 1, width: 1, channels: 1,
 *   train: { ...dot, labels: Uint8Array.of(1) },
 *   test: { ...dot, labels: Uint8Array.of(2) },
 * });
 * assertEquals(checked._tag === "Left" && checked.left[0]?.got, "label 2 of image 0");
 * ```
 */
export function checkDataset<Set extends ImageSet>(dataset: Dataset<Set>): Result<Dataset<Set>> {
  const problems = [
    ...splitProblems(`${dataset.name}.train`, dataset.train, dataset),
    ...splitProblems(`${dataset.name}.test`, dataset.test, dataset),
  ];
  return problems.length === 0 ? right(dataset) : left(problems);
}
