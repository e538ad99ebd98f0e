/**
 * JPEG to RGB: baseline and progressive, grey, colour and CMYK, 8 bits (ITU-T T.81). An orientation
 * in the Exif data is not applied: the picture is taken as it is stored.
 */
import { decode } from "jpeg-js";

interface Size {
  readonly width: number;
  readonly height: number;
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Frame headers are the markers C0 to CF, except those of tables (C4, CC) and an extension (C8). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The size that the frame header states; `undefined` when there is none before the file ends. */
export function jpegSize(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (isFrame(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    // A marker can be preceded by any number of fill bytes.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The position of the last such marker, or -1. Within pixel data FF is always followed by 00 or a restart marker. */
function lastMarker(bytes: Uint8Array, marker: number): number {
  let at = bytes.lastIndexOf(marker);
  while (at > 0 && bytes[at - 1] !== 0xff) {
    at = bytes.lastIndexOf(marker, at - 1);
  }
  return at - 1;
}

/**
 * Decodes a JPEG file whose size is known to be acceptable.
 *
 * @throws {Error} When the file is damaged or truncated.
 */
export function decodeJpeg(bytes: Uint8Array): Uint8Array {
  if (lastMarker(bytes, END_OF_IMAGE) < lastMarker(bytes, START_OF_SCAN)) {
    throw new Error("the file ends before its end-of-image marker");
  }
  return decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: Infinity,
    maxMemoryUsageInMB: 4096,
  }).data;
}
