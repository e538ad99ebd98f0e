/** Pictures and maps as pixels of a canvas: red, green, blue and opacity. */
import type { RgbImage } from "../../data/image_file.ts";
import { channelMap, ends, type FeatureMap, meanMap } from "../../masks/maps.ts";
import { viridis } from "../../masks/viridis.ts";

/** Pixels, row after row. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

const OPAQUE = 255;
/** Digits of the ends of a map: two, and more where they would be the same. */
const DIGITS = [2, 3, 4, 5, 6] as const;

/** The pixels of a picture. */
export function pixelsOf({ height, width, pixels }: RgbImage): Pixels {
  const rgba = new Uint8ClampedArray(height * width * 4);
  for (let at = 0; at < height * width; at++) {
    rgba.set(pixels.subarray(at * 3, at * 3 + 3), at * 4);
    rgba[at * 4 + 3] = OPAQUE;
  }
  return { height, width, rgba };
}

/** The pixels of a map of one channel: its smallest number dark, its largest bright. */
export function coloursOf(map: FeatureMap): Pixels {
  const { height, width, data } = map;
  const [low, high] = ends(map);
  const rgba = new Uint8ClampedArray(height * width * 4);
  data.forEach((value, at) =>
    rgba.set([...viridis((value - low) / (high - low || 1)), OPAQUE], at * 4)
  );
  return { height, width, rgba };
}

/** What is shown of a map: a channel, from 1, of one that has fewer its last, or the mean over all at 0. */
export function shownMap(
  map: FeatureMap,
  channel: number,
  options: { readonly size?: boolean } = {},
): FeatureMap {
  return channel === 0
    ? meanMap(map, options)
    : channelMap(map, Math.min(channel, map.channels) - 1);
}

/** The smallest and the largest number of a map in words, of as many digits as tell them apart. */
export function rangeOf(map: FeatureMap): string {
  const found = ends(map);
  const inDigits = (digits: number) => found.map((end) => Number(end.toPrecision(digits)));
  const apart = DIGITS.map(inDigits).find(([low, high]) => low !== high);
  return (apart ?? inDigits(DIGITS[0])).join(" to ");
}
