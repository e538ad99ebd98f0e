/**
 * What the formats of picture files have in common: a file is opened, which looks through its parts
 * and says how large the picture is and what decoding it takes, and only then decoded.
 */

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How Exif data say that a picture is turned: from 1, as it is stored; from 5 on it lies on its side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** A picture's file that has been looked through and not yet decoded; its size is as it is stored. */
export interface Opened extends Size {
  /** How the stored picture is turned when it is decoded. */
  readonly orientation: Orientation;
  /** The bytes that decoding takes, without those of the file. */
  readonly memory: number;
  /**
   * The picture as it is to be seen, red, green and blue of each pixel.
   *
   * @throws {Error} When the pixels are damaged, too few or too many.
   */
  readonly decode: () => Uint8Array;
}

/** A kind of picture file. */
export interface Format {
  readonly name: string;
  /** Whether a file begins as this kind does. */
  readonly begins: (bytes: Uint8Array) => boolean;
  /**
   * Looks through a file.
   *
   * @throws {Error} When it is damaged or cut off.
   * @throws {UnreadKind} When it is whole, and of a kind that is not read.
   */
  readonly open: (bytes: Uint8Array) => Opened;
}

/** A file is whole, and of a kind that is not read. */
export class UnreadKind extends Error {
  /** What is read instead. */
  readonly wanted: string;

  constructor(got: string, wanted: string) {
    super(got);
    this.wanted = wanted;
  }
}

/** Whether bytes hold a text at a place, one character a byte. */
export function holds(bytes: Uint8Array, text: string, at = 0): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** A view for reading numbers. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/**
 * A value from 0 to `largest` that covers white as far as it is opaque, from 0 to 255. Exact: the
 * divisor is odd, or divides, so that nothing lies in the middle between two numbers.
 */
export function overWhite(value: number, opacity: number, largest: number): number {
  const light = value * opacity + largest * (largest - opacity);
  return Math.round(light * 255 / (largest * largest));
}
