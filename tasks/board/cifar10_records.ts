/** Pictures of CIFAR-10 as the board gives them to its page: for each its class, in a byte, then its pixels. */
import type { Images } from "../data/dataset.ts";

/** The two parts of the data set. */
export type Split = "train" | "test";

/** Bytes of a picture: red, green and blue of each pixel, row after row. */
export const PICTURE_BYTES = 32 * 32 * 3;

/** Records as images and their labels. */
export function imagesIn(records: Uint8Array): Images {
  const count = Math.floor(records.length / (1 + PICTURE_BYTES));
  const pixels = new Uint8Array(count * PICTURE_BYTES);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const first = i * (1 + PICTURE_BYTES);
    labels[i] = records[first] ?? NaN;
    pixels.set(records.subarray(first + 1, first + 1 + PICTURE_BYTES), i * PICTURE_BYTES);
  }
  return { count, shape: [32, 32, 3], pixels, labels };
}
