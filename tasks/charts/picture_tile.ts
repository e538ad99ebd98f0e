/**
 * Pictures as tiles of one size: PNG within the picture that bears them, so that a sheet of them is
 * one file.
 */
import { encode } from "fast-png";
import type { RgbImage } from "../data/image_file.ts";
import { resize } from "../data/resize.ts";

/** The side of a tile, in pixels. */
export const TILE = 96;

/** Height and width, in pixels. */
type Size = Pick<RgbImage, "height" | "width">;

/** The pixels of a tile as the address of a picture. */
export function tileUrl(pixels: Uint8Array): string {
  const png = encode({ width: TILE, height: TILE, data: pixels, channels: 3, depth: 8 });
  return `data:image/png;base64,${png.toBase64()}`;
}

export function pictureTile(picture: RgbImage): string {
  return tileUrl(fitted(picture));
}

/** A picture as PNG, with its own proportions, and of at most a tile's size. */
export function smallPng({ pixels, width, height }: RgbImage): Uint8Array {
  const scale = Math.min(1, TILE / Math.max(width, height));
  const size = {
    height: Math.max(1, Math.round(height * scale)),
    width: Math.max(1, Math.round(width * scale)),
  };
  const data = scale === 1
    ? Uint8Array.from(pixels)
    : Uint8Array.from(resize(pixels, { height, width }, size), Math.round);
  return encode({ ...size, data, channels: 3, depth: 8 });
}

/** A picture at a tile's size; each pixel of a small one stays a square. */
export function fitted({ pixels, width, height }: RgbImage): Uint8Array {
  if (width > TILE || height > TILE) {
    const size = { height: TILE, width: TILE };
    return Uint8Array.from(resize(pixels, { height, width }, size), Math.round);
  }
  return coloured((at) => {
    const from = enlarged(at, { height, width }) * 3;
    return pixels.subarray(from, from + 3);
  });
}

/** The position of a map that a pixel of a tile shows, when positions become squares. */
export function enlarged(at: number, { height, width }: Size): number {
  const row = Math.floor(Math.floor(at / TILE) * height / TILE);
  return row * width + Math.floor(at % TILE * width / TILE);
}

/** The pixels of a tile, each of the colour that it is given. */
export function coloured(colourAt: (at: number) => ArrayLike<number>): Uint8Array {
  const pixels = new Uint8Array(TILE * TILE * 3);
  for (let at = 0; at < TILE * TILE; at++) pixels.set(colourAt(at), at * 3);
  return pixels;
}
