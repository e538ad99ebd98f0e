/**
 * Image files: PNG, JPEG, WebP and PPM, told apart by their first bytes, not by their names. The
 * result is always RGB of 8 bits as it is to be seen: grey is repeated, 16 bits are rounded,
 * transparent parts are laid over white, and the orientation that a camera wrote is applied.
 */
import { expectAll, expected, TEXT } from "../../dsl/problem/expect.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { messageOf } from "../files/io_problem.ts";
import { LARGEST, readRegular } from "../files/regular.ts";
import { isSideways } from "./picture/exif.ts";
import { type Format, type Opened, UnreadKind } from "./picture/format.ts";
import { formatOf, otherKind } from "./picture/formats.ts";
import { PICTURE_KINDS } from "./picture/kinds.ts";

/** A picture: three bytes for each pixel, row after row. */
export interface RgbImage {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Red, green, blue, red, ...: 3 x width x height bytes. */
  readonly pixels: Uint8Array;
}

/** The largest image that is decoded: 100 million pixels, 300 MB. */
const MOST_PIXELS = 100_000_000;
/** The most that a file and what is made of it may take together, in bytes. */
const MOST_BYTES = 1_200_000_000;

const BYTES = {
  fits: (value: unknown) => value instanceof Uint8Array,
  wanted: "bytes: a Uint8Array",
};

type Words = Pick<Problem, "rule" | "got" | "wanted" | "hint">;

function refusal(path: string, words: Words): Problem {
  return { path, layer: "file", code: "broken-image", ...words };
}

/** Why a file could not be opened or decoded. */
function fault({ name }: Format, error: unknown): Words {
  if (error instanceof UnreadKind) {
    const rule = `the ${name} file must be of a kind that is read`;
    return { rule, got: error.message, wanted: error.wanted, hint: "convert the image to PNG" };
  }
  return {
    rule: `the ${name} file must be whole`,
    got: messageOf(error),
    wanted: "a file that can be decoded",
    hint: "copy or download the file again",
  };
}

/** What is wrong with a size, before anything of that size is made. */
function sizeFault({ width, height, memory }: Opened, file: number): Words[] {
  const pixels = width * height;
  if (pixels < 1 || pixels > MOST_PIXELS) {
    return [{
      rule: "an image has a sensible size",
      got: `${width}x${height} pixels`,
      wanted: `1 to ${MOST_PIXELS / 1e6} million pixels`,
      hint: pixels > MOST_PIXELS ? "make the image smaller" : "",
    }];
  }
  const needed = file + memory;
  return needed <= MOST_BYTES ? [] : [tooLarge(`${width}x${height} pixels`, needed)];
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

function tooLarge(what: string, needed: number): Words {
  return {
    rule: "an image can be decoded in a bounded memory",
    got: `${what} that take ${megabytes(needed)}`,
    wanted: `${megabytes(MOST_BYTES)} at most`,
    hint: "make the image smaller",
  };
}

/**
 * Decodes the bytes of a PNG, JPEG, WebP or PPM file. `path` names them in problems: not an image,
 * truncated or damaged, of a kind that is not read, or without a sensible size.
 */
export function decodeImage(bytes: Uint8Array, path: string): Result<RgbImage> {
  expectAll({ bytes: [bytes, BYTES], path: [path, TEXT] });
  const format = formatOf(bytes);
  if (format === undefined) {
    return fail(refusal(path, {
      rule: `the file must be a ${PICTURE_KINDS} image`,
      got: otherKind(bytes),
      wanted: "89 50 4e 47 0d 0a 1a 0a (PNG) or ff d8 ff (JPEG) or RIFF....WEBP (WebP) or P6 (PPM)",
      hint: "convert the image to PNG",
    }));
  }
  try {
    const opened = format.open(bytes);
    const [wrong] = sizeFault(opened, bytes.length);
    if (wrong !== undefined) return fail(refusal(path, wrong));
    const { width, height, orientation } = opened;
    const pixels = opened.decode();
    return right({
      ...(isSideways(orientation) ? { width: height, height: width } : { width, height }),
      pixels,
    });
  } catch (error) {
    return fail(refusal(path, fault(format, error)));
  }
}

/**
 * Reads an image file as RGB. Reads `path` and nothing else. Fails when the file is missing or
 * forbidden, and as {@link decodeImage} does.
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
