/**
 * Data sets: labelled images in a training and a test split. Small ones are in memory, as
 * `Uint8Array`s of height x width x channels until a batch is made of them; large ones are files,
 * which are decoded when a batch needs them, or come from a function.
 */
import { expected, fieldsOf, hasFields, SHAPE, type Wanted } from "../../dsl/problem/expect.ts";
import * as v from "valibot";
import { E, pipe, type Problem, problemAt, refused, type Result, right, unless } from "../fp.ts";
import { parsed, record } from "../parsed.ts";

/** Height, width and channels of an image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

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

/** Labelled images of one size that a function of the user's reads when they are needed. */
export interface ImageSource {
  /** How many. */
  readonly count: number;
  /** The size of each. */
  readonly shape: ImageShape;
  /** One class index for each image. */
  readonly labels: Labels;
  /** The bytes of the images at these places, one image after the other as in {@link Images}. */
  readonly read: (places: readonly number[]) => Uint8Array | Promise<Uint8Array>;
  /** The mean and deviation of each channel, each as a share of 255. */
  readonly colours: Pick<ColourStatistics, "mean" | "std">;
}

/** Labelled images, in memory, in files, or from a source. */
export type ImageSet = Images | ImageFiles | ImageSource;

/** Whether a function reads the images. */
export function areRead(images: ImageSet): images is ImageSource {
  return hasFields(images, ["read"]);
}

/** Whether images lie in files. */
export function areFiles(images: ImageSet): images is ImageFiles {
  return hasFields(images, ["paths"]);
}

/** Room for a number of labels of the same kind. */
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
  if (areRead(images)) {
    const read = (inner: readonly number[]) => images.read(inner.map((at) => places[at] as number));
    return { ...images, count, labels, read };
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
  /** The name by which `loadDataset` knows it, or any other. */
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
  /** What it is measured on, and nothing else; without it the held out images decide. */
  readonly test?: Set;
  /** Files that had to be left out, and why. */
  readonly broken?: readonly Problem[];
}

/** What is known of a data set without its images. */
export type Described = Pick<
  Dataset<ImageSet>,
  "name" | "classes" | "height" | "width" | "channels"
>;

/** A data set with test images, as all of ours are. */
export interface TestedDataset<Set extends ImageSet = Images> extends Dataset<Set> {
  /** What it is measured on, and nothing else. */
  readonly test: Set;
}

/** A data set's test images; fails when it has none. */
export function testOf<Set extends ImageSet>({ name, test }: Dataset<Set>): Result<Set> {
  return test !== undefined
    ? right(test)
    : refused({ path: name, layer: "data set", code: "no-test-images" }, {
      rule: "the data set has no test images",
      got: "test",
      wanted: "validation or train",
      hint: 'measure the images that were held out: { split: "validation" }',
    });
}

/** A data set of the size of its training images, checked. */
export function datasetOf<Set extends ImageSet>(
  parts: Omit<TestedDataset<Set>, "height" | "width" | "channels">,
): Result<TestedDataset<Set>> {
  const [height, width, channels] = parts.train.shape;
  return checkDataset({ ...parts, height, width, channels });
}

/** A problem of data that are not what they should be. */
export function brokenData(
  path: string,
  rule: string,
  got: string,
  wanted: string,
  hint = "",
): Problem {
  return { path, layer: "data set", code: "broken-data", rule, got, wanted, hint };
}

const IMAGE_SHAPE: Wanted = {
  fits: (value) => SHAPE.fits(value) && Object(value).length === 3,
  wanted: "[height, width, channels]",
};

const hasBytes = (images: unknown) =>
  !hasFields(images, ["pixels"]) || Object(images).pixels instanceof Uint8Array;

/** Images, of a data set's train or test; pixels are bytes. */
export const IMAGES: Wanted = {
  fits: (value) => hasFields(value, ["count", "shape", "labels"]) && hasBytes(value),
  wanted: "images, whose pixels are a Uint8Array",
  hint: "give { train } of a data set, say; pixels are bytes from 0 to 255, not shares of 1",
};
/** Images whose pixels are in memory. */
export const PIXELS: Wanted = {
  fits: (value) => IMAGES.fits(value) && hasFields(value, ["pixels"]),
  wanted: "images in memory, whose pixels are a Uint8Array",
  hint: "read them first: a data set's train or test; pixels are bytes from 0 to 255",
};
/** Images that lie in files. */
export const FILES: Wanted = fieldsOf(["count", "shape", "labels", "paths"], "images in files");
/** Class indices. */
export const LABELS: Wanted = {
  fits: (value) => value instanceof Uint8Array || value instanceof Uint16Array,
  wanted: "class indices: a Uint8Array or a Uint16Array",
  hint: "Uint8Array.from(labels)",
};

/** The number of bytes in one image. */
export function imageBytes(shape: ImageShape): number {
  const [height, width, channels] = expected(shape, IMAGE_SHAPE, "shape");
  return height * width * channels;
}

/** The place of the first label that is not below `classes`. */
export function placeOutside(labels: Labels, classes: number): number | undefined {
  for (let i = 0; i < labels.length; i++) if ((labels[i] as number) >= classes) return i;
  return undefined;
}

const labelsSchema = v.union(
  [v.instance(Uint8Array), v.instance(Uint16Array)],
  "labels are class indices: Uint8Array.from(labels)",
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1, "a split holds an image"));
const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const common = { count, shape: v.tuple([side, side, side]), labels: labelsSchema };
const floats = v.instance(Float32Array);
const filesSchema = v.looseObject({
  ...common,
  paths: v.custom<readonly string[]>(Array.isArray),
  folder: v.string(),
  shorter: side,
  colours: v.looseObject({ mean: floats, std: floats, directions: floats }),
});
const sourceSchema = v.looseObject({
  ...common,
  read: v.function(),
  colours: v.looseObject({ mean: floats, std: floats }),
});
const imagesSchema = v.looseObject({
  ...common,
  pixels: v.instance(Uint8Array, "pixels are bytes from 0 to 255, not shares of 1"),
});
const splitSchema = v.lazy((images) => {
  if (typeof images !== "object" || images === null) return imagesSchema;
  return "paths" in images ? filesSchema : "read" in images ? sourceSchema : imagesSchema;
});
const datasetSchema = record({
  name: v.string(),
  classes: v.pipe(v.array(v.string()), v.minLength(1)),
  height: side,
  width: side,
  channels: side,
  train: splitSchema,
  test: v.optional(splitSchema),
  broken: v.optional(v.custom(Array.isArray)),
});

function splitProblems(
  path: string,
  images: ImageSet,
  { classes, height, width, channels }: Dataset<ImageSet>,
): readonly Problem[] {
  const { count, shape, labels } = images;
  const wanted = [height, width, channels].join("x");
  const outside = placeOutside(labels, classes.length);
  const problem = (rule: string, got: string, wanted: string, hint = ""): Problem =>
    problemAt({ path, layer: "data set", code: "invalid-data-set" }, { rule, got, wanted, hint });
  return [
    shape.join("x") === wanted
      ? []
      : problem("every split has the data set's image size", shape.join("x"), wanted),
    sizeProblem(images, problem),
    labels.length === count
      ? []
      : problem("every image has one label", `${labels.length} labels`, `${count} labels`),
    outside === undefined ? [] : problem(
      "every label is the index of a class",
      `label ${labels[outside]} of image ${outside}`,
      `0 to ${classes.length - 1}`,
    ),
  ].flat();
}

/** What keeps images from being as many and as large as is said. */
export function sizeProblem(
  images: ImageSet,
  problem: (rule: string, got: string, wanted: string, hint?: string) => Problem,
): readonly Problem[] {
  const { count, shape } = images;
  if (areFiles(images)) {
    const files = images.paths.length;
    return files === count
      ? []
      : [problem("every picture has a file", `${files} files`, `${count} files`)];
  }
  if (areRead(images)) {
    const { mean, std } = images.colours;
    const fits = mean.length === shape[2] && std.length === shape[2] && std.every((x) => x > 0);
    const got = `${mean.length} means, ${std.length} deviations: ${std.join(", ")}`;
    const wanted = `${shape[2]} of each, deviations above 0`;
    return fits ? [] : [problem("every channel has a mean and a deviation", got, wanted)];
  }
  const size = count * imageBytes(shape);
  return images.pixels.length === size ? [] : [problem(
    "the pixels fill the images exactly",
    `${images.pixels.length} bytes`,
    `${count} x ${shape.join("x")} = ${size} bytes`,
    "pixels are bytes in the order image, row, column, channel",
  )];
}

/**
 * Checks that a data set fits together: types, sizes, counts, labels within the
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
export function checkDataset<Data extends Dataset<ImageSet>>(dataset: Data): Result<Data> {
  const path = typeof dataset?.name === "string" ? dataset.name : "data";
  const origin = { path, layer: "data set", code: "invalid-data-set" };
  return pipe(
    parsed(datasetSchema, dataset, origin),
    E.flatMap(() => {
      const { name, train, test } = dataset;
      const problems = [
        ...splitProblems(`${name}.train`, train, dataset),
        ...(test === undefined ? [] : splitProblems(`${name}.test`, test, dataset)),
      ];
      return unless(problems, dataset);
    }),
  );
}
