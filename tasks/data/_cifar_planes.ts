/** CIFAR's images as its authors store them, plane after plane, and as pixels. */
import type { Images } from "./dataset.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;

/** The bytes of an image: the red plane, the green, the blue. */
export const PLANES = 3 * PLANE;

/** Images, and a label for each. */
export interface Planes {
  readonly planes: Uint8Array;
  readonly labels: Uint8Array;
}

/** The images of all files, pixel after pixel. */
export function imagesOf(files: readonly Planes[]): Images {
  const count = files.reduce((sum, { labels }) => sum + labels.length, 0);
  const pixels = new Uint8Array(count * PLANES);
  const labels = new Uint8Array(count);
  let image = 0;
  for (const file of files) {
    labels.set(file.labels, image);
    for (let at = 0; at < file.planes.length; at += PLANES, image++) {
      interleave(file.planes.subarray(at, at + PLANES), pixels, image * PLANES);
    }
  }
  return { count, shape: [SIDE, SIDE, 3], pixels, labels };
}

/** Three planes become pixels of three bytes. */
function interleave(planes: Uint8Array, out: Uint8Array, at: number): void {
  for (let i = 0; i < PLANE; i++) {
    for (let c = 0; c < 3; c++) out[at + i * 3 + c] = planes[c * PLANE + i] as number;
  }
}
