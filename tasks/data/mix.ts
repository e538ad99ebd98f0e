/**
 * Images of a batch mixed in pairs, and their targets with them: mixup (Zhang et al., mixup: Beyond
 * empirical risk minimization, 2018) and CutMix (Yun et al., 2019). The first image is mixed with
 * the last, the second with the last but one; images come in random order.
 */
import * as v from "valibot";
import { type Key, split, threefry } from "../../dsl/programs/random.ts";
import { E, pipe, type Result } from "../fp.ts";
import { parsed, record } from "../parsed.ts";
import type { ImageShape } from "./dataset.ts";

/** How the images of a batch are mixed; with both, each batch draws in which way. */
export interface Mix {
  /** Mixup: the parameter of the symmetric beta distribution from which each batch's share is drawn. */
  readonly mixup?: number;
  /** CutMix: that of the area which stays; the rest is a rectangle of the other image. */
  readonly cutmix?: number;
}

const alpha = v.exactOptional(
  v.pipe(v.number(), v.finite(), v.check((alpha) => alpha > 0, "a number above 0")),
);

/** What {@link Mix} holds. */
export const mixSchema = record({ mixup: alpha, cutmix: alpha });

/** The images and targets of a batch. */
export interface Mixed {
  readonly images: Float32Array;
  readonly targets: Float32Array;
}

/** Mixes the images and targets of a batch by its index. */
export type Mixer = (images: Float32Array, targets: Float32Array, index: number) => Mixed;

/** The batches that are mixed. */
interface Mixing {
  readonly key: Key;
  readonly epoch: number;
  readonly size: number;
  readonly sizeOf?: (index: number) => readonly [number, number];
  readonly mix?: Mix;
}

/** What mixes batches as the options ask for; fails when they ask for what there is not. */
export function mixerOf(
  [height, width, channels]: ImageShape,
  { key, epoch, size, sizeOf, mix = {} }: Mixing,
): Result<Mixer> {
  return pipe(
    parsed(mixSchema, mix, { path: "mix", layer: "option", code: "invalid-option" }),
    E.map((mix) => {
      const own = split(split(key, "mix"), epoch);
      return (images, targets, index) => {
        const shape = [...sizeOf?.(index) ?? [height, width], channels] as const;
        return mixed({ images, targets }, mix, { key: split(own, index), size, shape });
      };
    }),
  );
}

/** A batch of `size` images of a shape, mixed; what is drawn follows from the key. */
function mixed(
  { images, targets }: Mixed,
  { mixup, cutmix }: Mix,
  { key, size, shape }: { readonly key: Key; readonly size: number; readonly shape: ImageShape },
): Mixed {
  const [which] = threefry(key, 0, 7);
  const cuts = cutmix !== undefined && (mixup === undefined || (which & 1) === 1);
  const alpha = cuts ? cutmix : mixup;
  if (alpha === undefined) return { images, targets };
  const drawn = symmetricBeta(split(key, "share"), alpha);
  const share = (of: Float32Array, own: number) =>
    inPairs(of, size, (mine, theirs) => own * mine + (1 - own) * theirs);
  if (!cuts) return { images: share(images, drawn), targets: share(targets, drawn) };
  const box = boxOf(split(key, "box"), 1 - drawn, shape);
  const area = (box.bottom - box.top) * (box.right - box.left);
  return {
    images: inPairs(images, size, (mine, theirs, at) => isIn(box, at, shape) ? theirs : mine),
    targets: share(targets, 1 - area / (shape[0] * shape[1])),
  };
}

/** Entries of each of `size` parts, joined with those of its partner; `at` is the place in the part. */
function inPairs(
  of: Float32Array,
  size: number,
  join: (mine: number, theirs: number, at: number) => number,
): Float32Array {
  const length = of.length / size;
  const out = new Float32Array(of.length);
  for (let i = 0; i < size; i++) {
    const partner = (size - 1 - i) * length;
    for (let at = 0; at < length; at++) {
      out[i * length + at] = join(
        of[i * length + at] as number,
        of[partner + at] as number,
        at,
      );
    }
  }
  return out;
}

/** A rectangle of an image; it ends before `bottom` and `right`. */
interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A rectangle of the image's proportions and a share of its area, around any pixel, as far as it lies inside. */
function boxOf(key: Key, area: number, [height, width]: ImageShape): Box {
  const [a, b] = threefry(key, 0, 7);
  const along = (bits: number, side: number): readonly [number, number] => {
    const length = Math.floor(side * Math.sqrt(area));
    const first = Math.floor(bits / 2 ** 32 * side) - Math.floor(length / 2);
    return [Math.max(0, first), Math.min(side, first + length)];
  };
  const [[top, bottom], [left, right]] = [along(a, height), along(b, width)];
  return { top, left, bottom, right };
}

function isIn({ top, left, bottom, right }: Box, at: number, shape: ImageShape): boolean {
  const [, width, channels] = shape;
  const [row, column] = [Math.floor(at / (width * channels)), Math.floor(at / channels) % width];
  return row >= top && row < bottom && column >= left && column < right;
}

/**
 * A draw from the beta distribution whose two parameters are `alpha`, without rejection: Bailey's
 * for Student's t (1994), of which it is a function (Devroye, Random variate generation in one line
 * of code, 1996).
 */
export function symmetricBeta(key: Key, alpha: number): number {
  const [a, b] = threefry(key, 0, 7);
  const cosine = Math.cos(2 * Math.PI * b / 2 ** 32);
  const spread = (((a + 1) / 2 ** 32) ** (-1 / alpha) - 1) * cosine ** 2;
  return (1 + Math.sign(cosine) / Math.sqrt(1 + 1 / spread)) / 2;
}
