/**
 * Image files for prediction: PNG and JPEG, told apart by their first bytes, not by their names.
 * The result is always RGB of 8 bits: grey is repeated, 16 bits are rounded, transparent parts are
 * laid over white. Exif orientation is not applied.
 */
import { expectAll, expected, TEXT } from "../../dsl/problem/expect.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { messageOf } from "../files/io_problem.ts";
import { LARGEST, readRegular } from "../files/regular.ts";
import { decodeJpeg, jpegSize } from "./_jpeg.ts";
import { decodePng } from "./_png.ts";

/** A picture: three bytes for each pixel, row after row. */
export interface RgbImage {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Red, green, blue, red, ...: 3 x width x height bytes. */
  readonly pixels: Uint8Array;
}

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  readonly size: (bytes: Uint8Array) => Omit<RgbImage, "pixels"> | undefined;
  readonly decode: (bytes: Uint8Array) => Uint8Array;
}

/** The largest image that is decoded: 100 million pixels, 300 MB. */
const MOST_PIXELS = 100_000_000;

function pngSize(bytes: Uint8Array): Omit<RgbImage, "pixels"> | undefined {
  if (bytes.length < 33) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

const FORMATS: readonly Format[] = [{
  name: "PNG",
  magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  size: pngSize,
  decode: decodePng,
}, { name: "JPEG", magic: [0xff, 0xd8, 0xff], size: jpegSize, decode: decodeJpeg }];

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

const BYTES = {
  fits: (value: unknown) => value instanceof Uint8Array,
  wanted: "bytes: a Uint8Array",
};

/**
 * Decodes the bytes of a PNG or JPEG file. `path` names them in problems: not
 * an image, truncated or damaged, or without a sensible size.
 */
export function decodeImage(bytes: Uint8Array, path: string): Result<RgbImage> {
  expectAll({ bytes: [bytes, BYTES], path: [path, TEXT] });
  const problem = (
    rule: string,
    got: string,
    wanted: string,
    hint = "",
  ): Problem => ({ path, layer: "file", code: "broken-image", rule, got, wanted, hint });
  const format = FORMATS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
  if (format === undefined) {
    return fail(problem(
      "the file must be a PNG or JPEG image",
      bytes.length === 0 ? "an empty file" : `a file that begins with ${hex(bytes.subarray(0, 8))}`,
      FORMATS.map(({ name, magic }) => `${hex(Uint8Array.from(magic))} (${name})`).join(" or "),
      "convert the image to PNG",
    ));
  }
  const broken = (got: string): Problem =>
    problem(
      `the ${format.name} file must be whole`,
      got,
      "a file that can be decoded",
      "copy or download the file again",
    );
  const size = format.size(bytes);
  if (size === undefined) {
    return fail(broken(`${bytes.length} bytes that end within the header`));
  }
  const { width, height } = size;
  if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
    return fail(problem(
      "an image has a sensible size",
      `${width}x${height} pixels`,
      `1 to ${MOST_PIXELS / 1e6} million pixels`,
      width * height > MOST_PIXELS ? "make the image smaller" : "",
    ));
  }
  try {
    const pixels = format.decode(bytes);
    return pixels.length === width * height * 3
      ? right({ width, height, pixels })
      : fail(broken(`${pixels.length} bytes for ${width}x${height} pixels`));
  } catch (error) {
    return fail(broken(messageOf(error)));
  }
}

/**
 * Reads a PNG or JPEG file as RGB. Reads `path` and nothing else. Fails when the
 * file is missing or forbidden, and as {@link decodeImage} does.
 *
 * @example
 * ```ts
 * import { readImage } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const image = await readImage("no-such-cat.png");
 * assertEquals(image._tag === "Left" && image.left[0]?.got, "nothing at that path");
 * ```
 */
export async function readImage(path: string): Promise<Result<RgbImage>> {
  expected(path, TEXT, "path");
  const bytes = await readRegular(path, LARGEST.image);
  return bytes._tag === "Left" ? bytes : decodeImage(bytes.right, path);
}
