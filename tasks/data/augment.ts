/**
 * Augmentations: what is done to training images at random. One is a value: a
 * name and options, which a run's configuration records, and a pure function
 * from a network's input to another one. The paper's are made like a user's.
 */
import { expected, fieldsOf, listOf, settling } from "../../dsl/problem/expect.ts";
import * as v from "valibot";
import { type Key, normals, split, threefry } from "../../dsl/programs/random.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow, problemAt, ProblemError } from "../fp.ts";
import type { Json } from "../files/json.ts";
import { parsed, record, typeOf } from "../parsed.ts";
import type { View } from "./_views.ts";
import type { ColourStatistics, ImageShape } from "./dataset.ts";

/** What a configuration records of an augmentation. */
export interface AugmentationRecord {
  /** Its name. */
  readonly name: string;
  /** What decides what it does, as plain data. */
  readonly options: { readonly [option: string]: Json };
}

/** Where an image stands in a run. */
export interface ImageSite {
  /** Its size. */
  readonly shape: ImageShape;
  /** The key of the run, the same in all its epochs. */
  readonly run: Key;
  /** The number of the epoch, from 0. */
  readonly pass: number;
  /** The key of the epoch; the image's own key is split from it. */
  readonly epoch: Key;
  /** The image's place in the set. */
  readonly place: number;
  /** The image's position in the epoch. */
  readonly position: number;
  /** What each value was multiplied by when it was normalised: 1 / deviation. */
  readonly factor: Float32Array;
  /** The colours of the training images, where they have been measured. */
  readonly colours?: ColourStatistics;
}

/**
 * What is done to a training image at random.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { Augmentation } from "@netfold/netfold/data";
 *
 * const darken: Augmentation = {
 *   name: "darken",
 *   options: { most: 0.5 },
 *   apply: (pixels, [bits]) => pixels.map((value) => value - 0.5 * bits / 2 ** 32),
 * };
 * assertEquals(JSON.stringify(darken), '{"name":"darken","options":{"most":0.5}}');
 * ```
 */
export interface Augmentation extends AugmentationRecord {
  /** The part of a picture of any size that is shown; without it the middle. */
  readonly view?: (key: Key) => View;
  /**
   * An image as the network gets it, height x width x channels, to another of
   * the same size. 0 is the mean colour. The key is this image's, in this epoch.
   */
  readonly apply: (pixels: Float32Array, key: Key, site: ImageSite) => Float32Array;
}

/** Images padded, cut out at random, and mirrored; a short form of {@link cropFlip}. */
export interface CropFlip {
  /** What is added on each side before a window is cut out, in pixels. */
  readonly pad: number;
  /**
   * Mirrors every second image, left to right, at random; `"alternating"` every image in every
   * second epoch, the first time at random (Jordan, 94% on CIFAR-10 in 3.29 seconds on a single
   * GPU, 2024).
   */
  readonly flip: boolean | "alternating";
  /** What is added: zeros by default, or the image's mirror image beyond its edge. */
  readonly edge?: "zeros" | "reflect";
}

/** Parts of pictures of any size, mirrored, their colours shifted; a short form of {@link scaleShift}. */
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

/** Any augmentation, ours in their short forms among them, or none. */
export type AnyAugmentation =
  | AugmentationRecord
  | Augmentation
  | CropFlip
  | ScaleAugmentation
  | "none";

/**
 * The augmentation of the paper's CIFAR recipe (arXiv 1704.06904, section 4.1): zeros on each side,
 * and a window of the image's own size cut out at random from the image or its mirror image. As the
 * mean has been subtracted, what is padded has the mean colour.
 */
export function cropFlip(options: CropFlip): Augmentation {
  const { pad, flip, edge } = orThrow(parsed(cropFlipSchema, options, ORIGIN));
  return ours({
    name: "crop-flip",
    options: { pad, flip, ...defined({ edge }) },
    apply: (pixels, _, { shape, run, pass, place: image, epoch, position }) => {
      const drawn = place({ pad, flip: flip === true }, epoch, position);
      const mirrored = flip === "alternating" ? isTurn(run, image, pass) : drawn.mirrored;
      return placed(pixels, shape, { ...drawn, mirrored }, edge === "reflect");
    },
  });
}

/** Whether an image is mirrored in an epoch, when it is in every second one. */
function isTurn(run: Key, image: number, pass: number): boolean {
  const [bits] = threefry(run, image, 5);
  return ((bits ^ pass) & 1) === 1;
}

/** Where a window is cut out, decided by the key of the epoch and the image's position in it. */
export function place(
  { pad, flip }: { readonly pad: number; readonly flip: boolean },
  epoch: Key,
  position: number,
): Placement {
  const [a, b] = threefry(epoch, position, 4);
  const offset = (share: number) => Math.floor(share * (2 * pad + 1)) - pad;
  return {
    top: offset(a / 2 ** 32),
    left: offset((b >>> 1) / 2 ** 31),
    mirrored: flip && (b & 1) === 1,
  };
}

/**
 * The augmentation of the paper's ImageNet recipe: a part of random area and proportions is brought
 * to the network's size and mirrored, and its colours are shifted along their principal directions.
 */
export function scaleShift(options: Omit<ScaleAugmentation, "kind">): Augmentation {
  const own = settling(options, { kind: "scale" });
  const { area, ratio, flip, colour } = orThrow(parsed(scaleSchema, own, ORIGIN));
  return ours({
    name: "scale-shift",
    options: { area, ratio, flip, colour },
    view: (key) => ({ kind: "random", key, area, ratio, flip }),
    apply: (pixels, _, { epoch, position, factor, colours }) => {
      if (colour === 0 || colours === undefined) return pixels;
      const steps = normals(split(split(epoch, "colour"), position), 3);
      const shift = [0, 1, 2].map((c) =>
        colour * [0, 1, 2].reduce(
          (sum, d) => sum + (colours.directions[d * 3 + c] ?? 0) * (steps[d] ?? 0),
          0,
        )
      );
      return pixels.map((value, i) => value + (shift[i % 3] ?? 0) * (factor[i] ?? 1));
    },
  });
}

/**
 * A square of `size` pixels around a pixel drawn at random takes the mean colour; what of it lies
 * beyond the image is cut off (DeVries and Taylor, Improved regularization of convolutional neural
 * networks with cutout, 2017).
 *
 * @example After the usual crops
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cropFlip, cutout, inOrder } from "@netfold/netfold/data";
 *
 * const augment = inOrder(cropFlip({ pad: 4, flip: true }), cutout({ size: 16 }));
 * assertEquals(augment.name, "in-order");
 * ```
 */
export function cutout(options: { readonly size: number }): Augmentation {
  const { size } = orThrow(parsed(cutoutSchema, options, ORIGIN));
  return ours({
    name: "cutout",
    options: { size },
    apply: (pixels, key, { shape: [height, width, channels] }) => {
      const [a, b] = threefry(key, 0, 6);
      const first = (bits: number, side: number) =>
        Math.floor(bits / 2 ** 32 * side) - Math.floor(size / 2);
      const [top, left] = [first(a, height), first(b, width)];
      const from = Math.max(0, left);
      const to = Math.min(width, left + size);
      const out = pixels.slice();
      for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
        out.fill(0, (y * width + from) * channels, (y * width + to) * channels);
      }
      return out;
    },
  });
}

/** Augmentations one after the other, each with a key of its own. */
export function inOrder(...steps: readonly Augmentation[]): Augmentation {
  expected(steps, STEPS);
  const view = steps.find((step) => step.view !== undefined)?.view;
  return ours({
    name: "in-order",
    options: { steps: steps.map(({ name, options }) => ({ name, options })) },
    ...(view === undefined ? {} : { view }),
    apply: (pixels, key, site) =>
      steps.reduce((image, step, i) => applied(step, image, split(key, i), site), pixels),
  });
}

/** What netfold's functions made; a user's own may not go by the name of one. */
const MADE = new WeakSet<Augmentation>();

/** Whether a function of netfold's made it. */
export function isOurs(augmentation: Augmentation): boolean {
  return MADE.has(augmentation);
}

function ours(augmentation: Augmentation): Augmentation {
  MADE.add(augmentation);
  return augmentation;
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const range = (most: number) =>
  v.pipe(
    v.tuple([v.number(), v.number()]),
    v.check(([a, b]) => a > 0 && a <= b && b <= most, "two numbers above 0, the smaller first"),
  );
export const cropFlipSchema = record({
  pad: size,
  flip: v.union([v.boolean(), v.literal("alternating")]),
  edge: v.exactOptional(v.picklist(["zeros", "reflect"])),
});
export const cutoutSchema = record({
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});
export const scaleSchema = record({
  kind: v.literal("scale"),
  area: range(1),
  ratio: range(Number.MAX_VALUE),
  flip: v.boolean(),
  colour: v.pipe(v.number(), v.finite(), v.minValue(0)),
});
export const ORIGIN = { path: "augment", layer: "option", code: "invalid-augmentation" };
const STEPS = listOf(fieldsOf(["name", "options", "apply"], "an augmentation"));

/** An image after an augmentation, whose function may be anybody's. */
export function applied(
  { name, apply }: Augmentation,
  pixels: Float32Array,
  key: Key,
  site: ImageSite,
): Float32Array {
  const image: unknown = apply(pixels, key, site);
  if (image instanceof Float32Array && image.length === pixels.length) return image;
  const got = image instanceof Float32Array ? `${image.length} values` : typeOf(image);
  throw new ProblemError([
    problemAt({ path: `augment.${name}`, layer: "augmentation", code: "invalid-augmentation" }, {
      rule: "an augmentation keeps an image's size",
      got,
      wanted: `a Float32Array of ${pixels.length} values`,
      hint: `the image is ${site.shape.join("x")}`,
    }),
  ]);
}

/** One draw of {@link cropFlip}. */
export interface Placement {
  /** The row of the image that comes first; negative is padding. */
  readonly top: number;
  /** The column of the image that comes first, before mirroring; negative is padding. */
  readonly left: number;
  readonly mirrored: boolean;
}

/**
 * An image as a draw places it: row `top + y` of the image becomes row y; within a row, column `left + x` becomes column x, or
 * column width - 1 - x when mirrored. What lies outside is zero, or the pixel that a mirror at the
 * edge shows.
 */
export function placed(
  pixels: Float32Array,
  [height, width, channels]: ImageShape,
  { top, left, mirrored }: Placement,
  reflect: boolean,
): Float32Array {
  const out = new Float32Array(pixels.length);
  const source = (at: number, size: number) =>
    !reflect ? at : at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
  for (let y = 0; y < height; y++) {
    const row = source(top + y, height);
    if (row < 0 || row >= height) continue;
    for (let x = 0; x < width; x++) {
      const from = source(left + x, width);
      if (from < 0 || from >= width) continue;
      const column = mirrored ? width - 1 - x : x;
      for (let c = 0; c < channels; c++) {
        out[(y * width + column) * channels + c] = pixels[
          (row * width + from) * channels + c
        ] as number;
      }
    }
  }
  return out;
}
