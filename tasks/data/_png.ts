/**
 * PNG to RGB: grey, palette and colour, 1 to 16 bits, with or without transparency (PNG
 * specification, third edition, section 11). 16 bits are rounded to 8; what is transparent is laid
 * over white. The checksums of the file's parts are verified. Interlaced files of less than 8 bits
 * are refused, since the decoder would misread them.
 */
import { decode, type DecodedPng } from "fast-png";

const COLOUR_TYPE = 25;
const INTERLACE = 28;
const PALETTE = 3;

/** The samples of a decoded image one by one: those below 8 bits lie packed, each row from a new byte. */
function samples(png: DecodedPng): ArrayLike<number> {
  const { width, height, channels, depth, data } = png;
  if (depth >= 8) return data;
  const perRow = width * channels;
  const rowBytes = Math.ceil(perRow * depth / 8);
  const out = new Uint8Array(perRow * height);
  for (let i = 0; i < out.length; i++) {
    const inRow = i % perRow;
    const bit = inRow * depth;
    const byte = data[Math.floor(i / perRow) * rowBytes + (bit >> 3)] ?? 0;
    out[i] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }
  return out;
}

/** Red, green, blue and opacity of each pixel from 0 to 1, in turn. */
function* colours(
  png: DecodedPng,
  isPalette: boolean,
): Generator<readonly [number, number, number, number]> {
  const values = samples(png);
  const { channels, depth, transparency: key } = png;
  const largest = 2 ** depth - 1;
  for (let i = 0; i < png.width * png.height * channels; i += channels) {
    const at = (c: number): number => values[i + c] ?? 0;
    if (isPalette) {
      const colour = png.palette?.[at(0)];
      if (colour === undefined) {
        throw new Error(`the palette has no colour ${at(0)}`);
      }
      const [r = 0, g = 0, b = 0, opacity = 255] = colour;
      yield [r / 255, g / 255, b / 255, opacity / 255];
      continue;
    }
    const colour = channels < 3 ? [0, 0, 0] : [0, 1, 2];
    const [r = 0, g = 0, b = 0] = colour.map((c) => at(c) / largest);
    const hasOpacity = channels === 2 || channels === 4;
    const isKey = key !== undefined && !hasOpacity && key.every((value, c) => value === at(c));
    yield [r, g, b, isKey ? 0 : hasOpacity ? at(channels - 1) / largest : 1];
  }
}

/**
 * Decodes a PNG file whose header is known to be whole.
 *
 * @throws {Error} When the file is damaged, truncated or of a refused kind.
 */
export function decodePng(bytes: Uint8Array): Uint8Array {
  const png = decode(bytes, { checkCrc: true });
  if (bytes[INTERLACE] === 1 && png.depth < 8) {
    throw new Error(`interlaced PNG files of ${png.depth} bits are not read`);
  }
  const { channels, depth, transparency, data } = png;
  if (channels === 3 && depth === 8 && transparency === undefined && data instanceof Uint8Array) {
    return data;
  }
  const out = new Uint8Array(png.width * png.height * 3);
  let next = 0;
  for (const colour of colours(png, bytes[COLOUR_TYPE] === PALETTE)) {
    const opacity = colour[3];
    for (let c = 0; c < 3; c++) {
      const value = colour[c as 0 | 1 | 2] * opacity + 1 - opacity;
      out[next++] = Math.round(value * 255);
    }
  }
  return out;
}
