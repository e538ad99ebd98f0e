/** From an image's bytes to what a network gets: normalised, then augmented. */
import { type Key, split } from "../../dsl/programs/random.ts";
import { all, E, pipe, type Result } from "../fp.ts";
import { type AnyAugmentation, applied } from "./augment.ts";
import { augmentationOf } from "./augmentation.ts";
import { areFiles, type ImageSet } from "./dataset.ts";
import { type Normalization, normalizationMaps } from "./normalize.ts";
import type { View } from "./_views.ts";

/** What decides a network's input. */
export interface InputOptions {
  /** The key of the run. */
  readonly key: Key;
  /** The epoch, from 0. */
  readonly epoch: number;
  /** What is done to the pixels. */
  readonly normalization: Normalization;
  /** What is done at random to each image. */
  readonly augment?: AnyAugmentation;
}

export interface Input {
  /** The part of a picture of any size that is shown, when that is random. */
  readonly view: ((position: number) => View) | undefined;
  /** The input from the bytes of an image at a place in the set and a position in the epoch. */
  readonly of: (bytes: Uint8Array, place: number, position: number) => Float32Array;
}

/** Each byte as a number in [0, 1]. */
const SCALED = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

export function inputOf(
  images: ImageSet,
  { key, epoch, normalization, augment = "none" }: InputOptions,
): Result<Input> {
  const { shape } = images;
  const run = split(key, "augment");
  const draws = split(run, epoch);
  return pipe(
    all({ maps: normalizationMaps(normalization, shape), augmentation: augmentationOf(augment) }),
    E.map(({ maps: { mean, factor }, augmentation }): Input => {
      const site = { shape, run, pass: epoch, epoch: draws, factor };
      const colours = areFiles(images) ? { colours: images.colours } : {};
      const view = augmentation?.view;
      return {
        view: view && ((position) => view(split(draws, position))),
        of: (bytes, place, position) => {
          const pixels = new Float32Array(bytes.length);
          for (let i = 0; i < bytes.length; i++) {
            pixels[i] = ((SCALED[bytes[i] as number] as number) - (mean[i] as number)) *
              (factor[i] as number);
          }
          if (augmentation === undefined) return pixels;
          return applied(augmentation, pixels, split(draws, position), {
            ...site,
            ...colours,
            place,
            position,
          });
        },
      };
    }),
  );
}
