/** Picture files that are broken, or that are whole and hold something broken that says nothing of the pixels. */
import { crc32, deflateSync } from "node:zlib";
import { jpeg } from "./_pictures.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A chunk of a PNG file; `sum` replaces its checksum. */
export function chunk(name: string, data: ArrayLike<number>, sum?: number): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(Array.from(data), 8);
  view.setUint32(8 + data.length, sum ?? crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** The header chunk of a PNG file. */
export function header(width: number, height: number, depth = 8, colourType = 2): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, colourType], 8);
  return chunk("IHDR", data);
}

export function joined(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

/** A PNG file of chunks. */
export function pngOf(...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joined(SIGNATURE, ...chunks, chunk("IEND", []));
}

/** The compressed rows of a PNG file. */
export function rows(...bytes: readonly number[]): Uint8Array {
  return deflateSync(Uint8Array.from(bytes));
}

const RGB = rows(0, 200, 30, 60);
const pixels = chunk("IDAT", RGB);
const changed = (bytes: Uint8Array, at: number, value: number): Uint8Array =>
  bytes.map((byte, i) => i === (at + bytes.length) % bytes.length ? value : byte);

/** Whole files of one pixel, 200, 30, 60. */
export const WHOLE: Readonly<Record<string, Uint8Array>> = {
  "broken_profile.png": pngOf(header(1, 1), chunk("iCCP", [65, 0, 0, 1, 2, 3]), pixels),
  "no_keyword.png": pngOf(header(1, 1), chunk("tEXt", [0, 65]), pixels),
  "wrong_sum.png": pngOf(header(1, 1), chunk("gAMA", [0, 0, 0, 1], 7), pixels),
  "unknown_ancillary.png": pngOf(header(1, 1), chunk("abCd", [1, 2]), pixels),
  "clear_of_opacity.png": pngOf(
    header(1, 1, 8, 6),
    chunk("tRNS", [0, 1, 0, 2, 0, 3]),
    chunk("IDAT", rows(0, 200, 30, 60, 255)),
  ),
  "other_clear.png": pngOf(header(1, 1), chunk("tRNS", [0, 1, 0, 2, 0, 3]), pixels),
  "short_clear.png": pngOf(header(1, 1), chunk("tRNS", [0, 200]), pixels),
  "text_between.png": pngOf(header(1, 1), pixels, chunk("tEXt", [65, 0, 66])),
  "behind_end.png": joined(pngOf(header(1, 1), pixels), [1, 2, 3]),
  "bomb_profile.png": pngOf(
    header(1, 1),
    chunk("iCCP", joined([65, 0, 0], deflateSync(new Uint8Array(1 << 20)))),
    pixels,
  ),
};

/** Files that no picture can be read from, and what is said of each. */
export const BROKEN: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "short_row.png": [
    pngOf(header(1, 1), chunk("IDAT", rows(0, 200, 30))),
    "3 bytes of pixels, too few for 1x1 pixels",
  ],
  "no_rows.png": [pngOf(header(10_000, 10_000), pixels), "too few for 10000x10000 pixels"],
  "wide.png": [pngOf(header(100_000_000, 1, 16, 6), pixels), "that take 2701 MB"],
  "bomb.png": [
    pngOf(header(1, 1), chunk("IDAT", deflateSync(new Uint8Array(1 << 20)))),
    "more pixel data than 1x1 pixels have",
  ],
  "sum.png": [
    pngOf(header(1, 1), chunk("IDAT", changed(RGB, -1, 9))),
    "incorrect data check",
  ],
  "no_end.png": [pngOf(header(1, 1), chunk("IDAT", RGB.subarray(0, -4))), "data without an end"],
  "critical.png": [
    pngOf(header(1, 1), chunk("ABCD", []), pixels),
    "the critical chunk ABCD, which is unknown",
  ],
  "second_header.png": [pngOf(header(1, 1), header(1, 1), pixels), "one header"],
  "filter.png": [pngOf(header(1, 1), chunk("IDAT", rows(5, 1, 2, 3))), "the filter 5"],
  "depth.png": [pngOf(header(1, 1, 4, 2), pixels), "colours of type 2 with 4 bits"],
  "no_palette.png": [pngOf(header(1, 1, 8, 3), chunk("IDAT", rows(0, 0))), "no palette"],
  "palette.png": [
    pngOf(header(1, 1, 8, 3), chunk("PLTE", [1, 2, 3]), chunk("IDAT", rows(0, 1))),
    "the palette has no colour 1",
  ],
  "apart.png": [pngOf(header(1, 1), pixels, chunk("tEXt", [65, 0]), pixels), "lie apart"],
  "second_frame.jpg": [
    Uint8Array.fromHex(
      "ffd8ffc0000b080008000801011100ffc0000b087530753001011100ffda0008010100003f00ffd9",
    ),
    "a second frame header",
  ],
  "no_data.jpg": [
    Uint8Array.fromHex("ffd8ffc0000b082710271001011100ffda0008010100003f00ffd9"),
    "too few for 10000x10000 pixels",
  ],
  "arithmetic.jpg": [
    Uint8Array.fromHex("ffd8ffc9000b080008000801011100ffda0008010100003f000000ffd9"),
    "arithmetic coding",
  ],
  "twelve.jpg": [
    Uint8Array.fromHex("ffd8ffc1000b0c0008000801011100ffda0008010100003f000000ffd9"),
    "samples of 12 bits",
  ],
  "scans.jpg": [
    Uint8Array.fromHex(
      `ffd8ffc2000b080008000801011100${"ffda0008010100003f0000".repeat(101)}ffd9`,
    ),
    "more than 100 scans",
  ],
  "no_tables.jpg": [
    Uint8Array.fromHex("ffd8ffc0000b080008000801011100ffda0008010100003f000000ffd9"),
    "Quantization table 0x00 was not defined",
  ],
};

/** All of them by their names, and pictures that are cut off. */
export function allBroken(): Readonly<Record<string, Uint8Array>> {
  const files = Object.entries(BROKEN).map(([name, [bytes]]) => [name, bytes]);
  return { ...WHOLE, ...Object.fromEntries(files), "cut.jpg": jpeg(9, 9).subarray(0, -2) };
}
