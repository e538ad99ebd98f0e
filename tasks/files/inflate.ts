/**
 * Deflated data, inflated piece by piece and no further than they are wanted: a small file can hold
 * any number of bytes.
 */
import { Inflate } from "pako";

/** The wrapping of the data, by the number that zlib has for it: a window of 15 bits, and 16 for gzip. */
const WINDOW_BITS = { zlib: 15, gzip: 31 } as const;
const PIECE = 65_536;

/**
 * Gives pieces of at most 64 KiB to `onPiece` until it returns `false` or throws.
 *
 * @throws {Error} When the data are damaged, a checksum is wrong, or they have no end.
 */
export function inflate(
  wrapping: keyof typeof WINDOW_BITS,
  parts: readonly Uint8Array[],
  onPiece: (piece: Uint8Array) => boolean,
): void {
  const inflated = new Inflate({ windowBits: WINDOW_BITS[wrapping], chunkSize: PIECE });
  let isWanted = true;
  inflated.onEnd = () => {};
  inflated.onData = (piece) => {
    isWanted &&= onPiece(piece);
  };
  for (const part of parts) {
    for (let at = 0; at < part.length && isWanted; at += PIECE) {
      inflated.push(part.subarray(at, at + PIECE));
    }
  }
  if (!isWanted) return;
  if (inflated.err !== 0) throw new Error(inflated.msg);
  if (!inflated.ended) throw new Error("data without an end");
}
