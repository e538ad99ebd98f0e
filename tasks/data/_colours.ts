/**
 * The colours of a set of images: means, deviations, and the principal directions along which
 * AlexNet's augmentation shifts all pixels of an image (Krizhevsky, Sutskever and Hinton, ImageNet
 * classification with deep convolutional neural networks, 2012, section 4.1). The directions are
 * the eigenvectors of the channels' covariance, found by Jacobi's rotations.
 */
import type { ColourStatistics } from "./dataset.ts";

/** Adds up the colours of images, one after the other, in constant memory. */
export class ColourSums {
  #pixels = 0;
  readonly #sums = new Float64Array(3);
  readonly #products = new Float64Array(9);

  add(image: Uint8Array): void {
    const [sums, products] = [this.#sums, this.#products];
    for (let at = 0; at < image.length; at += 3) {
      for (let a = 0; a < 3; a++) {
        const value = (image[at + a] as number) / 255;
        sums[a] = (sums[a] as number) + value;
        for (let b = 0; b <= a; b++) {
          const other = (image[at + b] as number) / 255;
          products[a * 3 + b] = (products[a * 3 + b] as number) + value * other;
        }
      }
    }
    this.#pixels += image.length / 3;
  }

  statistics(): ColourStatistics {
    const mean = this.#sums.map((sum) => sum / this.#pixels);
    const covariance = Float64Array.from({ length: 9 }, (_, i) => {
      const [a, b] = [Math.floor(i / 3), i % 3].sort((x, y) => y - x) as [number, number];
      return (this.#products[a * 3 + b] as number) / this.#pixels -
        (mean[a] as number) * (mean[b] as number);
    });
    const std = [0, 4, 8].map((i) => Math.sqrt(Math.max(0, covariance[i] as number)));
    return {
      mean: Float32Array.from(mean),
      std: Float32Array.from(std),
      directions: principalDirections(covariance),
    };
  }
}

const SWEEPS = 30;

/** The eigenvectors of a symmetric 3x3 matrix, each as long as the root of its eigenvalue, longest first. */
export function principalDirections(matrix: Float64Array): Float32Array {
  const a = matrix.slice();
  const v = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const at = (m: Float64Array, row: number, column: number): number => m[row * 3 + column] ?? 0;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [p, q] of [[0, 1], [0, 2], [1, 2]] as const) {
      if (Math.abs(at(a, p, q)) < 1e-18) continue;
      const theta = (at(a, q, q) - at(a, p, p)) / (2 * at(a, p, q));
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
      const cos = 1 / Math.hypot(t, 1);
      const sin = t * cos;
      rotateColumns(a, [p, q], cos, sin);
      rotateRows(a, [p, q], cos, sin);
      rotateColumns(v, [p, q], cos, sin);
    }
  }
  const order = [0, 1, 2].sort((i, j) => at(a, j, j) - at(a, i, i));
  return Float32Array.from(order.flatMap((i) => {
    const length = Math.sqrt(Math.max(0, at(a, i, i)));
    return [0, 1, 2].map((row) => at(v, row, i) * length);
  }));
}

type Axes = readonly [number, number];

function rotateColumns(m: Float64Array, [p, q]: Axes, cos: number, sin: number): void {
  for (let row = 0; row < 3; row++) {
    const [x, y] = [m[row * 3 + p] ?? 0, m[row * 3 + q] ?? 0];
    m[row * 3 + p] = cos * x - sin * y;
    m[row * 3 + q] = sin * x + cos * y;
  }
}

function rotateRows(m: Float64Array, [p, q]: Axes, cos: number, sin: number): void {
  for (let column = 0; column < 3; column++) {
    const [x, y] = [m[p * 3 + column] ?? 0, m[q * 3 + column] ?? 0];
    m[p * 3 + column] = cos * x - sin * y;
    m[q * 3 + column] = sin * x + cos * y;
  }
}
