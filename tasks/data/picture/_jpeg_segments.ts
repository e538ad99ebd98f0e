/**
 * The segments of a JPEG file (ITU-T T.81, annex B): its frame, its orientation, and where it ends.
 * What lies behind its end, as phones put films and second pictures there, belongs to it no more.
 */
import { orientationOf } from "./exif.ts";
import { holds, type Orientation, type Size, UnreadKind, viewOf } from "./format.ts";

/** One channel of the stored picture: how many blocks of 8x8 samples a unit of the scan has. */
interface Component {
  readonly across: number;
  readonly down: number;
}

/** What the frame header says. */
export interface Frame extends Size {
  readonly isProgressive: boolean;
  readonly components: readonly Component[];
}

/** A whole JPEG file. */
export interface Segments {
  readonly frame: Frame;
  readonly orientation: Orientation;
  /** The file up to its end, without what says nothing of its pixels. */
  readonly picture: Uint8Array;
  /** How many bytes hold pixels. */
  readonly scanned: number;
}

const [SOI, EOI, SOS, APP1, TEM] = [0xd8, 0xd9, 0xda, 0xe1, 0x01];
const WANTED = "baseline or progressive JPEG of 8 bits, grey, RGB, YCbCr, CMYK or YCCK";
/** Each scan may go over the whole picture. */
const MOST_SCANS = 100;

/** Frame headers are the markers C0 to CF, except those of tables (C4, CC) and an extension (C8). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Applications' data but JFIF's and Adobe's, which say how colours are stored, and comments. */
const isAncillary = (marker: number): boolean =>
  marker > 0xe0 && marker <= 0xef && marker !== 0xee || marker === 0xfe;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/** The kinds of frames that are not read. */
function kindOf(marker: number): string {
  if (marker >= 0xc9) return "arithmetic coding";
  return marker === 0xc3 ? "lossless coding" : "hierarchical coding";
}

function frameOf(marker: number, segment: Uint8Array): Frame {
  if (segment.length < 6) throw new Error("a frame header that is cut short");
  const view = viewOf(segment);
  const [bits = 0, count = 0] = [segment[0], segment[5]];
  if (marker > 0xc2) throw new UnreadKind(kindOf(marker), WANTED);
  if (bits !== 8) throw new UnreadKind(`samples of ${bits} bits`, WANTED);
  if (![1, 3, 4].includes(count)) throw new UnreadKind(`${count} components`, WANTED);
  if (segment.length !== 6 + 3 * count) throw new Error("a frame header of a wrong length");
  return {
    height: view.getUint16(1),
    width: view.getUint16(3),
    isProgressive: marker === 0xc2,
    components: Array.from({ length: count }, (_, i) => {
      const factors = segment[7 + 3 * i] ?? 0;
      return { across: factors >> 4, down: factors & 15 };
    }),
  };
}

/** The place of the marker that ends pixel data; within it FF is followed by 00 or a restart marker. */
function scanEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return bytes.length;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Reads the segments of a file that begins with a start of image.
 *
 * @throws {Error} When it has no end, or no frame, or two.
 * @throws {UnreadKind} When its frame is of another kind.
 */
export function segmentsOf(bytes: Uint8Array): Segments {
  const view = viewOf(bytes);
  let frame: Frame | undefined;
  let orientation: Orientation | undefined;
  const kept = [bytes.subarray(0, 2)];
  let [at, scanned, scans] = [2, 0, 0];
  while (at + 2 <= bytes.length) {
    const begin = at;
    const marker = bytes[at + 1] ?? 0;
    // What belongs to no segment is passed over, and so are the fill bytes before a marker.
    const isMarker = bytes[at] === 0xff && marker !== 0xff && marker !== 0;
    at += isMarker ? 2 : 1;
    if (!isMarker || marker === TEM || isRestart(marker)) continue;
    if (marker === SOI) throw new Error("a second start of image");
    if (marker === EOI) {
      if (frame === undefined) throw new Error("no frame header");
      if (scans === 0) throw new Error("no pixel data");
      kept.push(bytes.subarray(begin, at));
      return { frame, orientation: orientation ?? 1, picture: joined(kept), scanned };
    }
    const length = at + 2 <= bytes.length ? view.getUint16(at) : 2;
    if (length < 2) throw new Error(`a segment of ${length} bytes`);
    const segment = bytes.subarray(at + 2, at + length);
    at += length;
    if (at > bytes.length) break;
    if (isFrame(marker)) {
      if (frame !== undefined) throw new Error("a second frame header");
      frame = frameOf(marker, segment);
    } else if (marker === APP1 && holds(segment, "Exif\0\0")) {
      orientation ??= orientationOf(segment);
    } else if (marker === SOS) {
      if (frame === undefined) throw new Error("pixel data before the frame header");
      if (++scans > MOST_SCANS) throw new Error(`more than ${MOST_SCANS} scans`);
      const end = scanEnd(bytes, at);
      scanned += end - at;
      at = end;
    }
    if (!isAncillary(marker)) kept.push(bytes.subarray(begin, at));
  }
  throw new Error("the file ends before its end-of-image marker");
}
