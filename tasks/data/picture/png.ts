/**
 * PNG to RGB: grey, palette and colour, 1 to 16 bits, interlaced or not, with or without
 * transparency (PNG specification, third edition, section 11). 16 bits are rounded to 8; what is
 * transparent is laid over white. Gamma and colour profiles are not applied.
 */
import {
  CHANNELS,
  type Chunks,
  type ColourType,
  isPng,
  pngChunks,
  type PngHeader,
} from "./_png_chunks.ts";
import { turned, turningBytes } from "./exif.ts";
import { readRows } from "./_png_rows.ts";
import { type Format, overWhite, viewOf } from "./format.ts";

/** Writes the colours of a row's samples where they belong: `at` is a pixel's first byte. */
type Paint = (samples: ArrayLike<number>, at: (pixel: number) => number, pixels: number) => void;

const PALETTE: ColourType = 3;

/** The samples of a row one by one. */
function samplesOf(bytes: Uint8Array, depth: number, count: number): ArrayLike<number> {
  if (depth === 8) return bytes;
  const out = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    if (depth === 16) {
      out[i] = (bytes[2 * i] as number) << 8 | bytes[2 * i + 1] as number;
    } else {
      const bit = i * depth;
      out[i] = (bytes[bit >> 3] as number) >> (8 - depth - (bit & 7)) & (1 << depth) - 1;
    }
  }
  return out;
}

/** The sample values that stand for transparent; none where opacity is stored, or they are cut short. */
function keyOf({ header: { colourType, depth }, transparency }: Chunks): readonly number[] {
  const channels = CHANNELS[colourType];
  const hasKey = colourType === 0 || colourType === 2;
  if (!hasKey || transparency === undefined || transparency.length < 2 * channels) return [];
  const view = viewOf(transparency);
  return Array.from({ length: channels }, (_, c) => view.getUint16(2 * c) & 2 ** depth - 1);
}

/** The colours of a palette over white. */
function paletteOf({ palette, transparency = new Uint8Array() }: Chunks): readonly Uint8Array[] {
  if (palette === undefined) throw new Error("no palette");
  return Array.from({ length: Math.floor(palette.length / 3) }, (_, i) => {
    const opacity = transparency[i] ?? 255;
    return palette.slice(3 * i, 3 * i + 3).map((value) => overWhite(value, opacity, 255));
  });
}

function palettePainter(chunks: Chunks, out: Uint8Array): Paint {
  const colours = paletteOf(chunks);
  return (samples, at, pixels) => {
    for (let i = 0; i < pixels; i++) {
      const colour = colours[samples[i] as number];
      if (colour === undefined) throw new Error(`the palette has no colour ${samples[i]}`);
      out.set(colour, at(i));
    }
  };
}

function colourPainter(chunks: Chunks, out: Uint8Array): Paint {
  const { colourType, depth } = chunks.header;
  const channels = CHANNELS[colourType];
  const largest = 2 ** depth - 1;
  const key = keyOf(chunks);
  const colours = channels < 3 ? 1 : 3;
  const hasOpacity = channels > colours;
  return (samples, at, pixels) => {
    for (let i = 0; i < pixels; i++) {
      const first = i * channels;
      const isKey = key.length > 0 && key.every((value, c) => value === samples[first + c]);
      const opacity = isKey ? 0 : hasOpacity ? samples[first + colours] as number : largest;
      for (let c = 0, to = at(i); c < 3; c++, to++) {
        const value = samples[first + (colours === 3 ? c : 0)] as number;
        out[to] = depth === 8 && opacity === 255 ? value : overWhite(value, opacity, largest);
      }
    }
  };
}

function decoded(chunks: Chunks): Uint8Array {
  const { header, transparency, data } = chunks;
  const { width, height, colourType, depth } = header;
  const out = new Uint8Array(width * height * 3);
  const isPlain = colourType === 2 && depth === 8 && transparency === undefined;
  const paint = colourType === PALETTE ? palettePainter(chunks, out) : colourPainter(chunks, out);
  readRows(header, data, (bytes, { row, column, step, pixels }) => {
    if (isPlain && step === 1) out.set(bytes, row * width * 3);
    else {
      const at = (pixel: number): number => (row * width + column + pixel * step) * 3;
      paint(samplesOf(bytes, depth, pixels * CHANNELS[colourType]), at, pixels);
    }
  });
  return out;
}

/** The rows that are kept beside the picture, packed and one by one. */
function rowBytes({ width, colourType, depth }: PngHeader): number {
  const samples = width * CHANNELS[colourType];
  return 2 * Math.ceil(samples * depth / 8) + (depth === 8 ? 0 : 2 * samples);
}

/** PNG files. */
export const PNG: Format = {
  name: "PNG",
  begins: isPng,
  open: (bytes) => {
    const chunks = pngChunks(bytes);
    const { header, orientation } = chunks;
    const { width, height } = header;
    return {
      width,
      height,
      orientation,
      memory: (3 + turningBytes(orientation)) * width * height + rowBytes(header),
      decode: () => turned(decoded(chunks), header, orientation),
    };
  },
};
