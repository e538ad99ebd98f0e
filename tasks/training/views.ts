/**
 * What a network is shown of an image to be measured on: the image, also mirrored, also moved. Its
 * answers are averaged (Jordan, 94% on CIFAR-10 in 3.29 seconds on a single GPU, 2024, whose
 * weights these are).
 */
import { placed, type Placement } from "../data/augment.ts";
import type { ImageShape } from "../data/dataset.ts";

/** One way to show an image, and how much its answer weighs. */
interface View extends Placement {
  readonly weight: number;
}

const bothWays = (top: number, left: number, weight: number): readonly View[] =>
  [false, true].map((mirrored) => ({ top, left, mirrored, weight }));

/**
 * Views of an image: `mirror` is the image and its mirror image; `six` is these, and both of the
 * image moved by one pixel down and to the right, and up and to the left, at half the weight.
 */
export type ViewsName = "mirror" | "six";

const MIRROR = bothWays(0, 0, 2);

/** The views of each name. */
const VIEWS: Readonly<Record<ViewsName, readonly View[]>> = {
  mirror: MIRROR,
  six: [...MIRROR, ...bothWays(-1, -1, 1), ...bothWays(1, 1, 1)],
};

/** The names of views. */
export const VIEW_NAMES: readonly [ViewsName, ...ViewsName[]] = ["mirror", "six"];

/** Images as they are shown one after the other, and what each showing weighs. */
export function* showings(
  images: Float32Array,
  shape: ImageShape,
  name: ViewsName | undefined,
): Generator<{ readonly images: Float32Array; readonly weight: number }> {
  if (name === undefined) return yield { images, weight: 1 };
  const size = shape[0] * shape[1] * shape[2];
  for (const { weight, ...place } of VIEWS[name]) {
    const shown = new Float32Array(images.length);
    for (let at = 0; at < images.length; at += size) {
      shown.set(placed(images.subarray(at, at + size), shape, place, true), at);
    }
    yield { images: shown, weight };
  }
}
