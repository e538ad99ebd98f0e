/**
 * Augmentation as in the paper's CIFAR recipe (arXiv 1704.06904, section 4.1):
 * the image is padded by zeros on each side and a window of the image's own
 * size is cut out at random, from the image or its mirror image. Padding comes
 * after the mean is subtracted, so a padded pixel is 0 in the network's input,
 * the mean colour, not black. Cropping, mirroring and normalising are one pass
 * over the bytes.
 */
import { type Key, threefry } from "../../dsl/programs/random.ts";
import type { ImageShape } from "./dataset.ts";
import type { NormalizationMaps } from "./normalize.ts";

/** What is done to a training image at random. */
export interface Augmentation {
  /** The zeros added on each side before a window is cut out, in pixels. */
  readonly pad: number;
  /** Mirrors every second image, left to right. */
  readonly flip: boolean;
}

/**
 * What is done to a training picture of any size at random, as in the paper's
 * ImageNet recipe: a part of random area and proportions is brought to the
 * network's size, mirrored, and its colours are shifted.
 */
export interface ScaleAugmentation {
  /** The tag. */
  readonly kind: "scale";
  /** The least and the largest share of the picture's area. */
  readonly area: readonly [number, number];
  /** The least and the largest ratio of width to height. */
  readonly ratio: readonly [number, number];
  /** Mirrors every second picture, left to right. */
  readonly flip: boolean;
  /** The deviation of the shift along each principal direction of colour, in that direction's own deviations; 0 for none. */
  readonly colour: number;
}

/** The paper's ImageNet augmentation; the paper names the sources of its numbers and not the numbers. */
export const SCALE: ScaleAugmentation = {
  kind: "scale",
  area: [0.08, 1],
  ratio: [3 / 4, 4 / 3],
  flip: true,
  colour: 0.1,
};

/** Any augmentation, or none. */
export type AnyAugmentation = Augmentation | ScaleAugmentation | "none";

/** Whether an augmentation is one for pictures of any size. */
export function scales(augment: AnyAugmentation): augment is ScaleAugmentation {
  return augment !== "none" && "kind" in augment;
}

/** One draw of an augmentation. */
export interface Placement {
  /** The row of the image that comes first; negative is padding. */
  readonly top: number;
  /** The column of the image that comes first, before mirroring; negative is padding. */
  readonly left: number;
  /** True for the mirror image. */
  readonly mirrored: boolean;
}

/** The image as it is. */
export const UNCHANGED: Placement = { top: 0, left: 0, mirrored: false };

/** The placement of the image at one position, decided by the key and the position alone. */
export function place(
  { pad, flip }: Augmentation,
  key: Key,
  position: number,
): Placement {
  const [a, b] = threefry(key, position, 4);
  const offsets = 2 * pad + 1;
  return {
    top: Math.floor(a / 2 ** 32 * offsets) - pad,
    left: Math.floor((b >>> 1) / 2 ** 31 * offsets) - pad,
    mirrored: flip && (b & 1) === 1,
  };
}

/** Each byte as a number in [0, 1]. */
const SCALED = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Where an image is read from and written to. */
export interface Transfer {
  /** Bytes of images, NHWC. */
  readonly pixels: Uint8Array;
  /** Where the image begins among them. */
  readonly from: number;
  /** The batch; the image's place in it must be zero. */
  readonly out: Float32Array;
  /** Where the image begins in the batch. */
  readonly to: number;
  /** The image size. */
  readonly shape: ImageShape;
  /** What is subtracted and multiplied. */
  readonly maps: NormalizationMaps;
}

/**
 * Writes one image, normalised and placed, into a batch. Row `top + y` of the
 * image becomes row y; within a row, column `left + x` becomes column x, or
 * column width - 1 - x when mirrored. What lies outside the image stays zero.
 */
export function transfer(
  { pixels, from, out, to, shape, maps }: Transfer,
  { top, left, mirrored }: Placement,
): void {
  const [height, width, channels] = shape;
  const { mean, factor } = maps;
  const firstRow = Math.max(0, -top);
  const lastRow = Math.min(height, height - top);
  const firstColumn = Math.max(0, -left);
  const lastColumn = Math.min(width, width - left);
  const step = mirrored ? -channels : channels;
  for (let y = firstRow; y < lastRow; y++) {
    let source = ((top + y) * width + left + firstColumn) * channels;
    const column = mirrored ? width - 1 - firstColumn : firstColumn;
    let target = to + (y * width + column) * channels;
    for (let x = firstColumn; x < lastColumn; x++) {
      for (let c = 0; c < channels; c++) {
        const byte = pixels[from + source + c] as number;
        out[target + c] = ((SCALED[byte] as number) -
          (mean[source + c] as number)) * (factor[source + c] as number);
      }
      source += channels;
      target += step;
    }
  }
}
