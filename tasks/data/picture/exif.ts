/**
 * The orientation of a picture as cameras write it into Exif data (Exif 2.32, tag 274): a TIFF
 * header, then a directory of numbered fields. Data that cannot be read turns nothing.
 */
import { holds, type Orientation, type Size, viewOf } from "./format.ts";

const ORIENTATION = 274;
const SHORT = 3;
const FIELD_BYTES = 12;
const isOrientation = (value: number): value is Orientation => value >= 1 && value <= 8;

/** The orientation in Exif data, which may begin with its name; 1 when there is none. */
export function orientationOf(exif: Uint8Array): Orientation {
  const tiff = holds(exif, "Exif\0\0") ? exif.subarray(6) : exif;
  const isLittle = holds(tiff, "II*\0");
  if (tiff.length < 8 || !isLittle && !holds(tiff, "MM\0*")) return 1;
  const view = viewOf(tiff);
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.length) return 1;
  const fields = view.getUint16(directory, isLittle);
  for (let i = 0; i < fields; i++) {
    const at = directory + 2 + i * FIELD_BYTES;
    if (at + FIELD_BYTES > tiff.length) return 1;
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, isLittle);
    return view.getUint16(at + 2, isLittle) === SHORT && isOrientation(value) ? value : 1;
  }
  return 1;
}

/** Whether an orientation turns a picture onto its side. */
export function isSideways(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** The bytes that turning takes, for each pixel. */
export function turningBytes(orientation: Orientation): number {
  return orientation === 1 ? 0 : 3;
}

/** The pixels of a stored picture as it is to be seen; what is turned is written to `room`. */
export function turned(
  pixels: Uint8Array,
  size: Size,
  orientation: Orientation,
  room?: Uint8Array,
): Uint8Array {
  if (orientation === 1) return pixels;
  const { width: w, height: h } = size;
  const [width, height] = isSideways(orientation) ? [h, w] : [w, h];
  // The stored pixel that comes first, and the way to those on its right and below it.
  const [first, right, down] = ({
    2: [w - 1, -1, w],
    3: [w * h - 1, -1, -w],
    4: [w * (h - 1), 1, -w],
    5: [0, w, 1],
    6: [w * (h - 1), -w, 1],
    7: [w * h - 1, -w, -1],
    8: [w - 1, w, -1],
  } as const)[orientation];
  const out = room ?? new Uint8Array(pixels.length);
  let next = 0;
  for (let y = 0; y < height; y++) {
    let from = (first + y * down) * 3;
    for (let x = 0; x < width; x++, from += right * 3) {
      out[next++] = pixels[from] as number;
      out[next++] = pixels[from + 1] as number;
      out[next++] = pixels[from + 2] as number;
    }
  }
  return out;
}
