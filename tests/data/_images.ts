/** Small sets of images for tests. */
import { integer, split } from "../../dsl/programs/random.ts";
import type { Images, ImageShape } from "../../tasks/data/mod.ts";

/** Random images with random labels below `classes`. */
export function randomImages(
  count: number,
  { shape = [4, 5, 3], classes = 3, seed = 1 }: {
    readonly shape?: ImageShape;
    readonly classes?: number;
    readonly seed?: number;
  } = {},
): Images {
  const size = shape[0] * shape[1] * shape[2];
  const draw = (name: string, bound: number) => (_: unknown, i: number) =>
    integer(split(split([seed, 0], name), i), bound);
  return {
    count,
    shape,
    pixels: Uint8Array.from({ length: count * size }, draw("pixels", 256)),
    labels: Uint8Array.from({ length: count }, draw("labels", classes)),
  };
}

/** Images of 1 x 1 x 1 whose pixel is their own index, to follow them through. */
export function numberedImages(count: number, classes: number): Images {
  return {
    count,
    shape: [1, 1, 1],
    pixels: Uint8Array.from({ length: count }, (_, i) => i),
    labels: Uint8Array.from({ length: count }, (_, i) => i % classes),
  };
}
