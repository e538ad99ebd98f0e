/**
 * Normalisation: from bytes to what a network sees. A byte x becomes x / 255, then the mean of the
 * training images is subtracted: per pixel, as in the Residual Attention paper's CIFAR recipe
 * (arXiv 1704.06904, section 4.1), or per channel, which works for any image size. With the mean
 * alone, values of natural images lie between -1 and 1 with a standard deviation near 0.25; a
 * division by the standard deviation brings it to 1.
 */
import { expected, fieldsOf, optionsOf, type Wanted } from "../../dsl/problem/expect.ts";
import { E, pipe, refused, type Result, right } from "../fp.ts";
import { imageBytes, type Images, type ImageSet, type ImageShape, PIXELS } from "./dataset.ts";

/** Subtracts a mean image: (x / 255 - mean) / std. */
export interface PerPixelMean {
  /** The kind. */
  readonly kind: "per-pixel-mean";
  /** The image size that the mean belongs to. */
  readonly shape: ImageShape;
  /** Height x width x channels means, in [0, 1]. */
  readonly mean: Float32Array;
  /** What each channel is divided by; nothing when left out, as in the paper. */
  readonly std?: Float32Array;
}

/** Brings each channel to mean 0 and deviation 1: (x / 255 - mean) / std. */
export interface PerChannel {
  /** The kind. */
  readonly kind: "per-channel";
  /** One mean for each channel, in [0, 1]. */
  readonly mean: Float32Array;
  /** One standard deviation for each channel. */
  readonly std: Float32Array;
}

/** What is done to pixels before a network sees them. */
export type Normalization = PerPixelMean | PerChannel;

/** Options of {@link perPixelMean}. */
export interface PerPixelMeanOptions {
  /** Divides by each channel's standard deviation too; false by default. */
  readonly divide?: boolean;
}

/** The mean of every pixel and channel over the images. */
function meanImage(images: Images): Float64Array {
  const size = imageBytes(images.shape);
  const sums = new Float64Array(size);
  for (let offset = 0; offset < images.pixels.length; offset += size) {
    for (let i = 0; i < size; i++) {
      sums[i] = (sums[i] as number) + (images.pixels[offset + i] as number);
    }
  }
  return sums.map((sum) => sum / images.count / 255);
}

/** The standard deviation of each channel around a mean image or mean colour. */
function deviations(images: Images, mean: Float64Array): Float32Array {
  const channels = images.shape[2];
  const squares = new Float64Array(channels);
  const { pixels } = images;
  let inMean = 0;
  let channel = 0;
  for (let i = 0; i < pixels.length; i++) {
    const difference = (pixels[i] as number) / 255 - (mean[inMean] as number);
    squares[channel] = (squares[channel] as number) + difference * difference;
    if (++inMean === mean.length) inMean = 0;
    if (++channel === channels) channel = 0;
  }
  const values = pixels.length / channels;
  return Float32Array.from(squares, (sum) => Math.sqrt(sum / values));
}

function usable(std: Float32Array): Result<Float32Array> {
  const flat = std.findIndex((value) => !(value > 0));
  return flat < 0
    ? right(std)
    : refused({ path: "normalization", layer: "data set", code: "constant-channel" }, {
      rule: "a channel that is divided by its deviation must vary",
      got: `channel ${flat} is the same in all images`,
      wanted: "a standard deviation above 0",
      hint: "subtract the mean alone",
    });
}

/** A normalisation, of a value that came from anywhere. */
export const NORMALIZATION: Wanted = fieldsOf(
  ["kind", "mean"],
  "a normalisation",
  "measure one: perPixelMean(train), perChannel(train)",
);

/**
 * The per-pixel mean of the training images. Fails only when asked to divide by
 * the deviation of a channel that never changes.
 *
 * @example
 * ```ts
 * import { perPixelMean } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const images = {
 *   count: 2, shape: [1, 1, 1], labels: new Uint8Array(2),
 *   pixels: Uint8Array.of(0, 255),
 * } as const;
 * const normalization = perPixelMean(images);
 * assertEquals(normalization._tag === "Right" && normalization.right.mean[0], 0.5);
 * ```
 */
export function perPixelMean(
  images: Images,
  options: PerPixelMeanOptions = {},
): Result<PerPixelMean> {
  const { divide } = optionsOf(options, { divide: false });
  expected(images, PIXELS, "images");
  const mean = meanImage(images);
  const common = {
    kind: "per-pixel-mean",
    shape: images.shape,
    mean: Float32Array.from(mean),
  } as const;
  if (!divide) return right(common);
  return pipe(usable(deviations(images, mean)), E.map((std) => ({ ...common, std })));
}

/**
 * The normalisation of the paper's recipes: the mean image of images in memory,
 * and for others the mean and deviation of each channel.
 */
export function normalizationOf(images: ImageSet): Result<Normalization> {
  if (!("colours" in images)) return perPixelMean(images);
  const { mean, std } = images.colours;
  return right({ kind: "per-channel", mean, std });
}

/** The mean and deviation of each channel of the training images; fails when a channel never changes. */
export function perChannel(images: Images): Result<PerChannel> {
  const channels = expected(images, PIXELS, "images").shape[2];
  const sums = new Float64Array(channels);
  meanImage(images).forEach((value, i) => {
    sums[i % channels] = (sums[i % channels] as number) + value;
  });
  const area = images.shape[0] * images.shape[1];
  const mean = sums.map((sum) => sum / area);
  return pipe(
    usable(deviations(images, mean)),
    E.map((std): PerChannel => ({ kind: "per-channel", mean: Float32Array.from(mean), std })),
  );
}

/** A normalisation spread out over one image size: a mean and a factor for each value. */
export interface NormalizationMaps {
  readonly mean: Float32Array;
  readonly factor: Float32Array;
}

/** Spreads a normalisation over an image size; fails when it belongs to another one. */
export function normalizationMaps(
  normalization: Normalization,
  shape: ImageShape,
): Result<NormalizationMaps> {
  const channels = shape[2];
  const { std } = normalization;
  const own = normalization.kind === "per-pixel-mean"
    ? normalization.shape
    : [...shape.slice(0, 2), normalization.mean.length];
  if (own.join() !== shape.join()) {
    return refused({ path: "normalization", layer: "data set", code: "image-size" }, {
      rule: "a mean and the images it is subtracted from have one size",
      got: `a mean for ${own.join("x")}, images of ${shape.join("x")}`,
      wanted: `a mean for ${shape.join("x")}`,
      hint: normalization.kind === "per-pixel-mean"
        ? "resize the images, or normalise per channel"
        : "use images of as many channels as the mean has, or a checkpoint that was trained on such",
    });
  }
  const size = imageBytes(shape);
  const { mean } = normalization;
  return right({
    mean: normalization.kind === "per-pixel-mean"
      ? mean
      : Float32Array.from({ length: size }, (_, i) => mean[i % channels] ?? 0),
    factor: Float32Array.from(
      { length: size },
      (_, i) => std === undefined ? 1 : 1 / (std[i % channels] ?? 1),
    ),
  });
}
