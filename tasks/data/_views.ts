/**
 * Views of a picture: parts of it, cut out and brought to one size. A network
 * is measured on the middle, or on ten parts; it learns from parts of random
 * place, area and proportions (Szegedy et al., Going deeper with convolutions,
 * 2015, section 6; the paper's "scale and aspect ratio augmentation").
 */
import { type Key, uniforms } from "../../dsl/programs/random.ts";
import { resize } from "./resize.ts";
import type { RgbImage } from "./image_file.ts";

/** A part of a picture. */
export type View =
  /** The middle square of what the shorter side's length leaves. */
  | { readonly kind: "middle" }
  /** One of ten: four corners and the middle, and their mirror images. */
  | { readonly kind: "ten"; readonly index: number }
  /** A part at random, mirrored at random when that is wanted. */
  | {
    readonly kind: "random";
    readonly key: Key;
    readonly area: readonly [number, number];
    readonly ratio: readonly [number, number];
    readonly flip: boolean;
  };

/** To which size views are brought. */
export interface ViewSize {
  readonly height: number;
  readonly width: number;
  /** The length of the picture's shorter side, in pixels of the view, for the views that are not random. */
  readonly shorter: number;
}

/** The length of a picture's shorter side for a view of a size, when none was chosen: 256 for 224. */
export function shorterFor(size: number): number {
  return Math.round(size * 8 / 7);
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly mirrored: boolean;
}

const TRIES = 10;

export function boxOf(picture: Omit<RgbImage, "pixels">, view: View, size: ViewSize): Box {
  switch (view.kind) {
    case "middle":
      return { ...placed(picture, size, 0.5, 0.5), mirrored: false };
    case "ten": {
      const [x = 0.5, y = 0.5] = [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5]][view.index % 5] ?? [];
      return { ...placed(picture, size, x, y), mirrored: view.index >= 5 };
    }
    case "random":
      return randomBox(picture, view, size);
    default:
      return view satisfies never;
  }
}

/** A box of the views' proportions at a share of the room that is left. */
function placed(
  { height, width }: Omit<RgbImage, "pixels">,
  size: ViewSize,
  x: number,
  y: number,
): Omit<Box, "mirrored"> {
  const scale = Math.min(height, width) / size.shorter;
  // A picture whose other side is too short for the view is cut to what it has.
  const inside = Math.min(1, height / (size.height * scale), width / (size.width * scale));
  const rows = Math.max(1, Math.round(size.height * scale * inside));
  const columns = Math.max(1, Math.round(size.width * scale * inside));
  return {
    top: Math.floor((height - rows) * y),
    left: Math.floor((width - columns) * x),
    height: rows,
    width: columns,
  };
}

function randomBox(
  picture: Omit<RgbImage, "pixels">,
  { key, area, ratio, flip }: Extract<View, { readonly kind: "random" }>,
  size: ViewSize,
): Box {
  const draws = uniforms(key, 1 + 4 * TRIES);
  const mirrored = flip && (draws[0] ?? 0) < 0.5;
  const { height, width } = picture;
  for (let i = 0; i < TRIES; i++) {
    const [a = 0, r = 0, y = 0, x = 0] = draws.subarray(1 + 4 * i, 5 + 4 * i);
    const part = (area[0] + (area[1] - area[0]) * a) * height * width;
    const proportion = ratio[0] * (ratio[1] / ratio[0]) ** r;
    const rows = Math.round(Math.sqrt(part / proportion));
    const columns = Math.round(Math.sqrt(part * proportion));
    if (rows < 1 || columns < 1 || rows > height || columns > width) continue;
    return {
      top: Math.floor((height - rows + 1) * y),
      left: Math.floor((width - columns + 1) * x),
      height: rows,
      width: columns,
      mirrored,
    };
  }
  const largest = { ...size, shorter: Math.min(size.height, size.width) };
  return { ...placed(picture, largest, 0.5, 0.5), mirrored };
}

/** A view's pixels, height x width x 3 bytes. */
export function viewOf(picture: RgbImage, view: View, size: ViewSize): Uint8Array<ArrayBuffer> {
  const box = boxOf(picture, view, size);
  const part = cut(picture, box);
  const same = box.height === size.height && box.width === size.width;
  const fitted = same ? part : Uint8Array.from(resize(part, box, size), Math.round);
  if (box.mirrored) mirror(fitted, size);
  return fitted;
}

export function cut(picture: RgbImage, box: Omit<Box, "mirrored">): Uint8Array<ArrayBuffer> {
  const part = new Uint8Array(box.height * box.width * 3);
  for (let row = 0; row < box.height; row++) {
    const from = ((box.top + row) * picture.width + box.left) * 3;
    part.set(picture.pixels.subarray(from, from + box.width * 3), row * box.width * 3);
  }
  return part;
}

function mirror(pixels: Uint8Array, { height, width }: ViewSize): void {
  for (let row = 0; row < height; row++) {
    for (let left = 0, other = width - 1; left < other; left++, other--) {
      for (let c = 0; c < 3; c++) {
        const [a, b] = [(row * width + left) * 3 + c, (row * width + other) * 3 + c];
        [pixels[a], pixels[b]] = [pixels[b] as number, pixels[a] as number];
      }
    }
  }
}
