/**
 * JPEG to RGB: baseline and progressive, grey, RGB, YCbCr, CMYK and YCCK, 8 bits (ITU-T T.81 and
 * T.872), by libjpeg-turbo. Four inks are stored as what they leave of the light, as all programs
 * write them, and become RGB by the plain formula: colour times black.
 */
import { openJpeg } from "./_codecs.js";
import { type Frame, type Segments, segmentsOf } from "./_jpeg_segments.ts";
import { allocate, bytesAt, put, reusing } from "./_wasm.ts";
import { turned, turningBytes } from "./exif.ts";
import { type Format, holds, type Orientation } from "./format.ts";

/** TurboJPEG's pixel formats, by the number of components. */
const FORMATS = {
  1: { format: 6, channels: 1 },
  3: { format: 0, channels: 3 },
  4: { format: 11, channels: 4 },
} as const;

/** What is said of damaged pixels; padding behind the last of them is none, nor is an odd header. */
const DAMAGED = /^Corrupt JPEG data(?!: \d+ extraneous bytes before marker 0xd9)|^Premature end/;

const turbo = /* @__PURE__ */ reusing(openJpeg);

function layoutOf({ components: { length } }: Frame): (typeof FORMATS)[1 | 3 | 4] {
  return FORMATS[length === 1 || length === 4 ? length : 3];
}

/** Whether there can be as much data as the frame needs: a bit for each unit at least. */
function isEnough({ width, height, components }: Frame, scanned: number): boolean {
  const units = (side: number, factors: readonly number[]): number =>
    Math.ceil(side / (8 * Math.max(1, ...factors)));
  const across = units(width, components.map(({ across }) => across));
  return scanned * 8 >= across * units(height, components.map(({ down }) => down));
}

/** The bytes that decoding takes: a progressive picture's coefficients are all kept, two bytes each. */
function memoryOf(frame: Frame, orientation: Orientation, file: number): number {
  const { width, height, components, isProgressive } = frame;
  const most = (of: readonly number[]): number => Math.max(1, ...of);
  const across = most(components.map(({ across }) => across));
  const down = most(components.map(({ down }) => down));
  const samples = components.reduce((sum, one) => sum + one.across * one.down / across / down, 0);
  const { channels } = layoutOf(frame);
  const coefficients = isProgressive ? 2 * samples : 0;
  const turning = turningBytes(orientation);
  // The room of the coefficients is free again when colours are turned.
  const each = channels === 1
    ? coefficients + 4 + turning
    : channels + Math.max(coefficients, turning);
  return 2 * file + width * height * each;
}

function decoded({ frame, orientation, picture }: Segments): Uint8Array {
  const { width, height } = frame;
  const { format, channels } = layoutOf(frame);
  const pixels = turbo((heap) => {
    const file = put(heap, picture);
    const address = allocate(heap, width * height * channels);
    const decoder = heap.tjInitDecompress();
    const size = [width, width * channels, height] as const;
    const end = heap.tjDecompress2(decoder, file, picture.length, address, ...size, format, 0);
    // Such a warning counts: part of the picture is a guess.
    if (end !== 0 && DAMAGED.test(heap.complaint())) throw new Error(heap.complaint());
    heap.tjDestroy(decoder);
    heap.free(file);
    const pixels = (): Uint8Array => {
      const stored = bytesAt(heap, address, width * height * channels);
      return channels === 4 ? withoutBlack(stored) : stored;
    };
    if (channels === 1 || orientation === 1) return { address, pixels: pixels() };
    const room = allocate(heap, 3 * width * height);
    const upright = bytesAt(heap, room, 3 * width * height);
    turned(pixels(), frame, orientation, upright);
    heap.free(address);
    return { address: room, pixels: upright };
  });
  return channels === 1 ? turned(repeated(pixels), frame, orientation) : pixels;
}

/** CMYK to RGB, in place. */
function withoutBlack(pixels: Uint8Array): Uint8Array {
  let next = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const black = pixels[at + 3] as number;
    for (let c = 0; c < 3; c++) {
      pixels[next++] = Math.round((pixels[at + c] as number) * black / 255);
    }
  }
  return pixels.subarray(0, next);
}

function repeated(grey: Uint8Array): Uint8Array {
  const out = new Uint8Array(grey.length * 3);
  for (let i = 0, next = 0; i < grey.length; i++) {
    const value = grey[i] as number;
    out[next++] = value;
    out[next++] = value;
    out[next++] = value;
  }
  return out;
}

/** JPEG files. */
export const JPEG: Format = {
  name: "JPEG",
  begins: (bytes) => holds(bytes, "\xff\xd8\xff"),
  open: (bytes) => {
    const segments = segmentsOf(bytes);
    const { frame, orientation, picture, scanned } = segments;
    const { width, height } = frame;
    return {
      width,
      height,
      orientation,
      memory: memoryOf(frame, orientation, picture.length),
      decode: () => {
        if (isEnough(frame, scanned)) return decoded(segments);
        throw new Error(`${scanned} bytes of pixel data, too few for ${width}x${height} pixels`);
      },
    };
  },
};
