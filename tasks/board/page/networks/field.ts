/** The receptive field of a part drawn over a picture: what lies outside is dark. */
import type { Shape } from "../../../../dsl/net/shape.ts";
import type { RgbImage } from "../../../data/image_file.ts";
import { type Pixels, pixelsOf } from "../pixels.ts";

/** The longer side of the picture in pixels; of a smaller input, each pixel is one of its own. */
const LONGEST = 256;
/** How much of the light is left outside. */
const DARK = 0.3;

/**
 * A picture in the form of a network's input, height x width x channels, and in its middle the
 * height and width of what one number depends on, in pixels of the input.
 */
export function fieldOver(
  picture: RgbImage,
  [height = 1, width = 1]: Shape,
  field: readonly [height: number, width: number],
): Pixels {
  const scale = Math.min(1, LONGEST / Math.max(height, width));
  const size = [height, width].map((side) => Math.max(1, Math.round(side * scale)));
  const shown = pixelsOf(stretched(picture, size));
  const [from, to] = [0, 1].map((i) => {
    const [side = 1, seen = 1] = [size[i], Math.round((field[i] ?? 1) * scale)];
    const first = Math.floor((side - Math.max(1, seen)) / 2);
    return [first, first + Math.max(1, seen)] as const;
  });
  const isInside = ([low = 0, high = 0]: readonly number[] = [], at: number): boolean =>
    at >= low && at < high;
  for (let y = 0; y < shown.height; y++) {
    for (let x = 0; x < shown.width; x++) {
      if (isInside(from, y) && isInside(to, x)) continue;
      const at = (y * shown.width + x) * 4;
      for (let c = at; c < at + 3; c++) shown.rgba[c] = (shown.rgba[c] ?? 0) * DARK;
    }
  }
  return shown;
}

/** A picture of another size, each pixel that of the old one where it lies. */
function stretched(picture: RgbImage, [height = 1, width = 1]: readonly number[]): RgbImage {
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = Math.floor(y * picture.height / height);
      const from = (row * picture.width + Math.floor(x * picture.width / width)) * 3;
      pixels.set(picture.pixels.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { height, width, pixels };
}
