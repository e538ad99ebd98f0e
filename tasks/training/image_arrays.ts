/**
 * Images that a script hands over in arrays: bytes as they are in a data set, or
 * numbers as the network sees them. What does not fit is named, all of it.
 */
import { type Shape, showShape } from "../../dsl/net/shape.ts";
import { show } from "../../dsl/problem/show.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import { E, left, pipe, type Problem, problemAt, type Result, right, type Words } from "../fp.ts";
import type { Images } from "../data/dataset.ts";

/** Bytes, from 0 to 255, which are normalised as the run's training images were. */
export interface PixelArray {
  /** Image after image, row after row, pixel after pixel, the channels of each together. */
  readonly pixels: Uint8Array;
  /** Height, width and channels of each image; the number of images may stand before them. */
  readonly shape: Shape;
}

/** Pixels and the class of each image. */
export interface LabelledPixels extends PixelArray {
  /** One class index for each image. */
  readonly labels: ArrayLike<number>;
}

/** Numbers that are normalised already: the network's own input. */
export interface InputArray {
  /** In the order of pixels. */
  readonly values: Float32Array;
  /** Height, width and channels of each image; the number of images may stand before them. */
  readonly shape: Shape;
}

/** Images and their classes, which must be of those that the network tells apart. */
export function labelledImages(
  given: LabelledPixels,
  { input, classes }: { readonly input: Shape; readonly classes: readonly string[] },
): Result<Images> {
  return pipe(
    onlyFields(given, ["pixels", "shape", "labels"]),
    E.flatMap(() => imagesOfPixels(given, input)),
    E.flatMap((images) => withLabels(images, given.labels, classes.length)),
  );
}

/** The images of an array of bytes, for a network with this input; nothing is said of their classes. */
export function imagesOfPixels({ pixels, shape }: PixelArray, input: Shape): Result<Images> {
  const [height = 0, width = 0, channels = 0] = input;
  return pipe(
    imageCount("pixels", pixels, { shape, input, kind: Uint8Array }),
    E.map((count): Images => {
      const labels = new Uint16Array(count);
      return { count, shape: [height, width, channels], pixels, labels };
    }),
  );
}

function withLabels(
  images: Images,
  labels: ArrayLike<number>,
  classes: number,
): Result<Images> {
  const { count } = images;
  const hint = "labels are class indices, in the order of the images";
  if (labels?.length !== count) {
    return left([wrong("labels", {
      rule: "every image has one label",
      got: `${labels?.length ?? "no"} labels`,
      wanted: `${count} labels`,
      hint,
    })]);
  }
  const given: readonly unknown[] = Array.from(labels);
  const at = given.findIndex((label) =>
    typeof label !== "number" || !Number.isInteger(label) || label < 0 || label >= classes
  );
  return at < 0 ? right({ ...images, labels: Uint16Array.from(labels) }) : left([wrong("labels", {
    rule: "every label is the index of a class",
    got: `${show(given[at])} of image ${at}`,
    wanted: `a whole number from 0 to ${classes - 1}`,
    hint,
  })]);
}

/** An object that has no fields but these: another would be a misspelt one, or have no effect. */
export function onlyFields(given: object, known: readonly string[]): Result<unknown> {
  const unknown = Object.keys(Object(given)).filter((name) => !known.includes(name));
  if (unknown.length === 0) return right(given);
  return left(unknown.map((name) =>
    wrong(name, {
      rule: "images that are given in memory have no such field",
      got: name,
      wanted: known.join(", "),
      hint: closest(name, known, "leave it out"),
    })
  ));
}

/** How many images an array holds, when it is of the right kind and size for the network. */
export function imageCount(
  field: "pixels" | "values",
  array: Uint8Array | Float32Array,
  { shape, input, kind }: {
    readonly shape: Shape;
    readonly input: Shape;
    readonly kind: typeof Uint8Array | typeof Float32Array;
  },
): Result<number> {
  const sizes = Array.isArray(shape) ? shape : [];
  const fits = sizes.length >= 3 && sizes.length <= 4 && sizes.slice(-3).join() === input.join();
  const size = input.reduce((product, side) => product * side, 1);
  const count = sizes.length === 4 ? sizes[0] : (array?.length ?? 0) / size;
  const problems = [
    ...(array instanceof kind ? [] : [wrong(field, {
      rule: `${field} are in a ${kind.name}`,
      got: `${array?.constructor?.name ?? array}`,
      wanted: kind.name,
      hint: field === "pixels"
        ? "give bytes from 0 to 255 as pixels, or numbers that are normalised already as values"
        : "give numbers that are normalised already as values, or bytes as pixels",
    })]),
    ...(fits ? [] : [wrong("shape", {
      rule: "images must have the shape of the network's input",
      got: sizes.length === 0 ? `${shape}` : showShape(sizes),
      wanted: `${showShape(input)}, after the number of images where that is said`,
      hint: "images in files are resized, those in arrays are not",
    })]),
  ];
  if (problems.length > 0) return left(problems);
  if (Number.isSafeInteger(count) && count >= 1 && array.length === count * size) {
    return right(count);
  }
  return left([wrong(field, {
    rule: `${field} fill at least one image, and every image exactly`,
    got: `${array.length} numbers for ${showShape(sizes)}`,
    wanted: `a multiple of ${size}${sizes.length === 4 ? `: ${count * size}` : ""}`,
    hint: "",
  })]);
}

function wrong(path: string, words: Words): Problem {
  return problemAt({ path, layer: "image", code: "invalid-images" }, words);
}
