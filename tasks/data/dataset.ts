/**
 * Data sets in memory: labelled images as bytes, in a training and a test
 * split. Pixels stay `Uint8Array`s of height x width x channels until a batch
 * is made of them.
 */
import type { Problem } from "../../dsl/problem.ts";
import { left, type Result, right } from "../../dsl/result.ts";

/** Height, width and channels of an image. */
export type ImageShape = readonly [
  height: number,
  width: number,
  channels: number,
];

/** Labelled images of one size. */
export interface Images {
  /** How many. */
  readonly count: number;
  /** The size of each. */
  readonly shape: ImageShape;
  /** Image after image, row after row, pixel after pixel: NHWC, 0 to 255. */
  readonly pixels: Uint8Array;
  /** One class index for each image. */
  readonly labels: Uint8Array;
}

/** A data set for classification. */
export interface Dataset {
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
  readonly train: Images;
  /** What it is measured on, and nothing else. */
  readonly test: Images;
}

/** The number of bytes in one image. */
export function imageBytes(
  [height, width, channels]: ImageShape,
): number {
  return height * width * channels;
}

function splitProblems(
  path: string,
  images: Images,
  dataset: Dataset,
): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (rule: string, got: string, wanted: string, hint: string) =>
    problems.push({ path, layer: "data set", rule, got, wanted, hint });
  const { count, shape, pixels, labels } = images;
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
  if (pixels.length !== count * imageBytes(shape)) {
    report(
      "the pixels fill the images exactly",
      `${pixels.length} bytes`,
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
  const outside = labels.findIndex((label) => label >= dataset.classes.length);
  if (outside >= 0) {
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
export function checkDataset(dataset: Dataset): Result<Dataset> {
  const problems = [
    ...splitProblems(`${dataset.name}.train`, dataset.train, dataset),
    ...splitProblems(`${dataset.name}.test`, dataset.test, dataset),
  ];
  return problems.length === 0 ? right(dataset) : left(problems);
}
