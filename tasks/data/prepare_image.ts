/**
 * One image of any size as a network's input: resized to the size the network
 * was trained on and normalised by the same means. An image that has this size
 * already gives exactly the numbers that a batch would hold.
 */
import { expected, fieldsOf, needed } from "../../dsl/problem/expect.ts";
import { E, pipe, refused, type Result } from "../fp.ts";
import { cut } from "./_views.ts";
import { resize } from "./resize.ts";
import type { RgbImage } from "./image_file.ts";
import { NORMALIZATION, type Normalization, normalizationMaps } from "./normalize.ts";

/** What the network takes. */
export interface PrepareOptions {
  /** The height of its input. */
  readonly height: number;
  /** The width of its input. */
  readonly width: number;
  /** The channels of its input: 3 by default; 1 takes the picture's brightness. */
  readonly channels?: 1 | 3;
  /** The normalisation it was trained with. */
  readonly normalization: Normalization;
  /** What happens to an image of other proportions: it is stretched, the default, or its middle is cut out. */
  readonly fit?: "stretch" | "crop";
}

/** The largest middle part of an image with the proportions of a target. */
function middle(image: RgbImage, target: PrepareOptions): RgbImage {
  const scale = Math.min(image.width / target.width, image.height / target.height);
  const width = Math.max(1, Math.round(target.width * scale));
  const height = Math.max(1, Math.round(target.height * scale));
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  return { width, height, pixels: cut(image, { top, left, height, width }) };
}

/** The brightness of RGB pixels as television weighs it (ITU-R BT.601). */
function brightness(pixels: Float64Array): Float64Array {
  return Float64Array.from({ length: pixels.length / 3 }, (_, i) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(i * 3, i * 3 + 3);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
}

const IMAGE = fieldsOf(["height", "width", "pixels"], "an image", "read one: readImage(path)");

/**
 * Resizes and normalises an RGB image: height x width x channels numbers. Shrinking
 * averages areas, growing interpolates linearly. Fails when the image is not as
 * large as it says, or when the normalisation belongs to another size.
 *
 * @example
 * ```ts
 * import { prepareImage } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const white = { width: 2, height: 2, pixels: new Uint8Array(12).fill(255) };
 * const half = new Float32Array(3).fill(0.5);
 * const input = prepareImage(white, {
 *   height: 1, width: 1,
 *   normalization: { kind: "per-channel", mean: half, std: half },
 * });
 * assertEquals(input._tag === "Right" && [...input.right], [1, 1, 1]);
 * ```
 */
export function prepareImage(image: RgbImage, options: PrepareOptions): Result<Float32Array> {
  expected(image, IMAGE, "image");
  needed(options, { normalization: NORMALIZATION }, ["height", "width", "channels", "fit"]);
  const { height, width, channels = 3, normalization, fit = "stretch" } = options;
  const sides = [image.height, image.width, height, width];
  if (
    !sides.every((side) => Number.isSafeInteger(side) && side >= 1) ||
    image.pixels.length !== image.width * image.height * 3
  ) {
    return refused({ path: "image", layer: "image", code: "invalid-image" }, {
      rule: "an image has whole sizes and 3 bytes for each pixel",
      got: `${image.pixels.length} bytes for ${image.width}x${image.height}, ` +
        `to become ${width}x${height}`,
      wanted: `${image.width * image.height * 3} bytes`,
    });
  }
  return pipe(
    normalizationMaps(normalization, [height, width, channels]),
    E.map(({ mean, factor }) => {
      const part = fit === "crop" ? middle(image, options) : image;
      const colours = resize(part.pixels, part, { height, width });
      const resized = channels === 3 ? colours : brightness(colours);
      const normalised = (value: number, i: number) =>
        (value / 255 - (mean[i] ?? 0)) * (factor[i] ?? 1);
      return Float32Array.from(resized, normalised);
    }),
  );
}
