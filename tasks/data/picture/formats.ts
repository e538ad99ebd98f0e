/** Kinds of files, told apart by their first bytes and not by their names: those that are read, and others. */
import { type Format, holds } from "./format.ts";
import { JPEG } from "./jpeg.ts";
import { PNG } from "./png.ts";
import { PPM } from "./ppm.ts";
import { WEBP } from "./webp.ts";

/** The kinds that are read. */
export const FORMATS: readonly Format[] = [PNG, JPEG, WEBP, PPM];

/** What other files are that people take for pictures: the bytes, their place, the kind. */
const OTHERS: readonly (readonly [string, number, string])[] = [
  ["GIF8", 0, "a GIF picture"],
  ["BM", 0, "a BMP picture"],
  ["II*\0", 0, "a TIFF picture"],
  ["MM\0*", 0, "a TIFF picture"],
  ["II+\0", 0, "a TIFF picture"],
  ["MM\0+", 0, "a TIFF picture"],
  ["ftypavif", 4, "an AVIF picture"],
  ["ftypavis", 4, "an AVIF picture"],
  ["ftyphei", 4, "a HEIC picture"],
  ["ftyphev", 4, "a HEIC picture"],
  ["ftypmif1", 4, "a HEIF picture"],
  ["ftyp", 4, "a film"],
  ["jP  \r\n\x87\n", 4, "a JPEG 2000 picture"],
  ["\xff\x4f\xff\x51", 0, "a JPEG 2000 picture"],
  ["JXL \r\n\x87\n", 4, "a JPEG XL picture"],
  ["\xff\x0a", 0, "a JPEG XL picture"],
  ["8BPS", 0, "a Photoshop picture"],
  ["\0\0\x01\0", 0, "an icon"],
  ["%PDF", 0, "a PDF document"],
  ["<svg", 0, "an SVG picture"],
  ["PK\x03\x04", 0, "a ZIP archive"],
  ["\x1f\x8b", 0, "a gzip file"],
];

/** The kind of a file that is read; `undefined` for all others. */
export function formatOf(bytes: Uint8Array): Format | undefined {
  return FORMATS.find(({ begins }) => begins(bytes));
}

/** What a file is that is not read, as far as its first bytes tell. */
export function otherKind(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const known = OTHERS.find(([text, at]) => holds(bytes, text, at));
  const first = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return `${known?.[2] ?? "a file"} that begins with ${first.join(" ")}`;
}
