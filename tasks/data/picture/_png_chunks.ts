/**
 * The chunks of a PNG file (PNG specification, third edition, sections 5 and 11). Only those that
 * the pixels follow from are kept: the critical ones, transparency and the orientation. An
 * ancillary chunk that is damaged counts as absent and stops nothing.
 */
import { crc32 } from "../../files/crc32.ts";
import { orientationOf } from "./exif.ts";
import { holds, type Orientation, type Size, UnreadKind, viewOf } from "./format.ts";

/** What the header says. */
export interface PngHeader extends Size {
  readonly depth: number;
  readonly colourType: ColourType;
  readonly isInterlaced: boolean;
}

/** Grey, colour, palette, grey with opacity, colour with opacity. */
export type ColourType = keyof typeof CHANNELS;

/** A whole PNG file. */
export interface Chunks {
  readonly header: PngHeader;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  readonly orientation: Orientation;
  /** The compressed pixels, part after part. */
  readonly data: readonly Uint8Array[];
}

/** The samples of a pixel. */
export const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;
const DEPTHS: Readonly<Record<ColourType, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const SIGNATURE = 8;
const ANCILLARY = 32;
const CRITICAL = ["IHDR", "PLTE", "IDAT", "IEND"];
const WANTED = "a PNG file of the chunks IHDR, PLTE, IDAT and IEND, and any ancillary ones";

interface Chunk {
  readonly name: string;
  readonly data: Uint8Array;
}

/** The chunks up to the last, each checked by its sum; damaged ancillary ones are left out. */
function* chunksIn(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  let name = "";
  for (let at = SIGNATURE; name !== "IEND";) {
    const start = at + 8;
    const end = start <= bytes.length ? start + view.getUint32(at) : Infinity;
    if (end + 4 > bytes.length) throw new Error("the file ends before its chunk IEND");
    name = String.fromCharCode(...bytes.subarray(at + 4, start));
    if (!/^[A-Za-z]{4}$/.test(name)) throw new Error(`byte ${at} begins no chunk`);
    const isCritical = (name.charCodeAt(0) & ANCILLARY) === 0;
    if (isCritical && !CRITICAL.includes(name)) {
      throw new UnreadKind(`the critical chunk ${name}, which is unknown`, WANTED);
    }
    const isSound = crc32(bytes.subarray(at + 4, end)) === view.getUint32(end);
    if (isCritical && !isSound) throw new Error(`the chunk ${name} has a wrong checksum`);
    if (isSound) yield { name, data: bytes.subarray(start, end) };
    at = end + 4;
  }
}

const isColourType = (value: number): value is ColourType => value in CHANNELS;

function headerOf(data: Uint8Array): PngHeader {
  if (data.length !== 13) throw new Error("a header of a wrong length");
  const view = viewOf(data);
  const [depth = 0, colourType = 0, compression = 0, filter = 0, interlace = 0] = data.subarray(8);
  if (!isColourType(colourType) || !DEPTHS[colourType].includes(depth)) {
    throw new Error(`colours of type ${colourType} with ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw new Error(`compression ${compression}, filter ${filter}, interlace ${interlace}`);
  }
  const size = { width: view.getUint32(0), height: view.getUint32(4) };
  return { ...size, depth, colourType, isInterlaced: interlace === 1 };
}

/**
 * Reads the chunks of a file that begins with PNG's signature.
 *
 * @throws {Error} When it is cut off, or a critical chunk is damaged, missing or out of place.
 * @throws {UnreadKind} When it has a critical chunk that is unknown.
 */
export function pngChunks(bytes: Uint8Array): Chunks {
  let header: PngHeader | undefined;
  const data: Uint8Array[] = [];
  const first = new Map<string, Uint8Array>();
  let last = "";
  for (const chunk of chunksIn(bytes)) {
    if ((header === undefined) !== (chunk.name === "IHDR")) {
      throw new Error("a file has one header, at its beginning");
    }
    header ??= headerOf(chunk.data);
    if (chunk.name === "IDAT") {
      if (data.length > 0 && last !== "IDAT") throw new Error("pixel data that lie apart");
      data.push(chunk.data);
    } else if (!first.has(chunk.name)) first.set(chunk.name, chunk.data);
    last = chunk.name;
  }
  if (header === undefined || data.length === 0) throw new Error("no pixel data");
  const exif = first.get("eXIf");
  return {
    header,
    palette: first.get("PLTE"),
    transparency: first.get("tRNS"),
    orientation: exif === undefined ? 1 : orientationOf(exif),
    data,
  };
}

/** Whether a file begins with PNG's signature. */
export function isPng(bytes: Uint8Array): boolean {
  return holds(bytes, "\x89PNG\r\n\x1a\n");
}
