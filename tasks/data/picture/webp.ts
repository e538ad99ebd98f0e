/**
 * WebP to RGB: lossy and lossless, with or without transparency, by libwebp. A file is a RIFF
 * container (RFC 9649); of one that is animated no picture is read.
 */
import { openWebp } from "./_codecs.js";
import { bytesAt, type Decoded, put, reusing } from "./_wasm.ts";
import { orientationOf, turned, turningBytes } from "./exif.ts";
import { type Format, holds, overWhite, type Size, UnreadKind, viewOf } from "./format.ts";

const FIRST_CHUNK = 12;
const ANIMATED = 2;
const OPACITY = 16;
const SIDE = 2 ** 14 - 1;

const libwebp = /* @__PURE__ */ reusing(openWebp);

/** The chunks of a file by their names; the first of each name counts. */
function chunksOf(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = viewOf(bytes);
  const end = bytes.length < FIRST_CHUNK ? Infinity : 8 + view.getUint32(4, true);
  if (end > bytes.length) throw new Error("the file ends before its last part");
  const chunks = new Map<string, Uint8Array>();
  for (let at = FIRST_CHUNK; at + 8 <= end;) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const data = bytes.subarray(at + 8, Math.min(end, at + 8 + view.getUint32(at + 4, true)));
    if (!chunks.has(name)) chunks.set(name, data);
    at += 8 + view.getUint32(at + 4, true);
    at += at % 2;
  }
  return chunks;
}

/** The chunk that holds the picture itself. */
interface Picture extends Size {
  readonly name: "VP8 " | "VP8L";
  readonly data: Uint8Array;
}

function pictureIn(chunks: ReadonlyMap<string, Uint8Array>): Picture {
  const lossy = chunks.get("VP8 ");
  const lossless = chunks.get("VP8L");
  if (lossy !== undefined && holds(lossy, "\x9d\x01\x2a", 3) && lossy.length >= 10) {
    const view = viewOf(lossy);
    const [width, height] = [view.getUint16(6, true) & SIDE, view.getUint16(8, true) & SIDE];
    return { name: "VP8 ", data: lossy, width, height };
  }
  if (lossless !== undefined && holds(lossless, "\x2f") && lossless.length >= 5) {
    const bits = viewOf(lossless).getUint32(1, true);
    const [width, height] = [1 + (bits & SIDE), 1 + (bits >>> 14 & SIDE)];
    return { name: "VP8L", data: lossless, width, height };
  }
  throw new Error("no picture in the file");
}

/** A file of the picture and its opacity alone, so that no other chunk stops it from being read. */
function fileOf(
  { name, data, width, height }: Picture,
  opacity: Uint8Array | undefined,
): Uint8Array {
  const features = new Uint8Array(10);
  features[0] = OPACITY;
  viewOf(features).setUint16(4, width - 1, true);
  viewOf(features).setUint16(7, height - 1, true);
  const chunks = opacity === undefined || name === "VP8L"
    ? [[name, data] as const]
    : [["VP8X", features] as const, ["ALPH", opacity] as const, [name, data] as const];
  const even = ({ length }: Uint8Array): number => 8 + length + length % 2;
  const file = new Uint8Array(FIRST_CHUNK + chunks.reduce((sum, [, part]) => sum + even(part), 0));
  const text = new TextEncoder();
  file.set(text.encode("RIFF    WEBP"));
  viewOf(file).setUint32(4, file.length - 8, true);
  let at = FIRST_CHUNK;
  for (const [title, part] of chunks) {
    file.set(text.encode(title), at);
    viewOf(file).setUint32(at + 4, part.length, true);
    file.set(part, at + 8);
    at += even(part);
  }
  return file;
}

function decoded(file: Uint8Array, { width, height }: Size): Uint8Array {
  return libwebp((heap): Decoded => {
    const from = put(heap, file);
    const size = put(heap, new Uint8Array(8));
    const address = heap.WebPDecodeRGBA(from, file.length, size, size + 4);
    const found = viewOf(bytesAt(heap, size, 8));
    if (address === 0) throw new Error("pixel data that are damaged or missing");
    if (found.getUint32(0, true) !== width || found.getUint32(4, true) !== height) {
      throw new Error("two sizes of one picture");
    }
    heap.free(size);
    heap.free(from);
    return { address, pixels: withoutOpacity(bytesAt(heap, address, width * height * 4)) };
  });
}

/** RGB and opacity to RGB over white, in place. */
function withoutOpacity(pixels: Uint8Array): Uint8Array {
  let next = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const opacity = pixels[at + 3] as number;
    for (let c = 0; c < 3; c++) {
      const value = pixels[at + c] as number;
      pixels[next++] = opacity === 255 ? value : overWhite(value, opacity, 255);
    }
  }
  return pixels.subarray(0, next);
}

/** WebP files. */
export const WEBP: Format = {
  name: "WebP",
  begins: (bytes) => holds(bytes, "RIFF") && holds(bytes, "WEBP", 8),
  open: (bytes) => {
    const chunks = chunksOf(bytes);
    if (((chunks.get("VP8X")?.[0] ?? 0) & ANIMATED) !== 0) {
      throw new UnreadKind("an animation", "WebP files of one picture");
    }
    const picture = pictureIn(chunks);
    const { width, height } = picture;
    const exif = chunks.get("EXIF");
    const orientation = exif === undefined ? 1 : orientationOf(exif);
    // Lossless pictures are decoded into one place and copied to another, four bytes for a pixel.
    const each = (picture.name === "VP8L" ? 8 : 5) + turningBytes(orientation);
    return {
      width,
      height,
      orientation,
      memory: 2 * picture.data.length + width * height * each,
      decode: () => {
        const pixels = decoded(fileOf(picture, chunks.get("ALPH")), picture);
        return turned(pixels, picture, orientation);
      },
    };
  },
};
