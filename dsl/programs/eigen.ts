/** Second moments of patches, and the eigenvectors of a small symmetric matrix. */
import type { HostTensor } from "../graph/tensors.ts";

/** The mean of products of every two entries of the patches of images, a symmetric matrix by rows. */
export function secondMoment(images: HostTensor, height: number, width: number): Float64Array {
  const { shape: [count = 0, rows = 0, columns = 0, channels = 0], data } = images;
  const [size, line] = [height * width * channels, width * channels];
  const offsets = Array.from(
    { length: size },
    (_, i) => Math.floor(i / line) * columns * channels + i % line,
  );
  const patches = count * (rows - height + 1) * (columns - width + 1);
  const moment = new Float64Array(size * size);
  const add = (at: number, x: number) => moment[at] = (moment[at] ?? 0) + x;
  for (let row = 0; row < count * rows; row++) {
    if (row % rows + height > rows) continue;
    for (let x = 0; x + width <= columns; x++) {
      const patch = offsets.map((offset) => data[(row * columns + x) * channels + offset] ?? 0);
      patch.forEach((a, i) => {
        for (let j = 0; j <= i; j++) add(i * size + j, a * (patch[j] ?? 0));
      });
    }
  }
  return moment.map((_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return (moment[Math.max(i, j) * size + Math.min(i, j)] ?? 0) / patches;
  });
}

/** Eigenvalues, falling, and the eigenvector of each, whose largest entry is positive. */
export interface Eigen {
  readonly values: readonly number[];
  readonly vectors: readonly Float64Array[];
}

/** Decomposes a symmetric matrix of `size` rows by Jacobi's rotations. */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = a.map((_, at) => at % (size + 1) === 0 ? 1 : 0);
  const scale = Math.hypot(...a);
  const turn = (m: Float64Array, i: number, j: number, c: number, s: number) => {
    const [x, y] = [m[i] ?? 0, m[j] ?? 0];
    [m[i], m[j]] = [c * x - s * y, s * x + c * y];
  };
  for (let sweep = 0, off = Infinity; sweep < 60 && off > 1e-15 * scale; sweep++) {
    off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const [pp = 0, pq = 0, qq = 0] = [a[p * size + p], a[p * size + q], a[q * size + q]];
        off = Math.max(off, Math.abs(pq));
        if (pq === 0) continue;
        const theta = (qq - pp) / (2 * pq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, c, t * c);
        for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, c, t * c);
        for (let k = 0; k < size; k++) turn(v, k * size + p, k * size + q, c, t * c);
      }
    }
  }
  const found = Array.from({ length: size }, (_, i) => {
    const vector = Float64Array.from({ length: size }, (_, k) => v[k * size + i] ?? 0);
    const largest = vector.reduce((most, x) => Math.abs(x) > Math.abs(most) ? x : most, 0);
    return { value: a[i * size + i] ?? 0, vector: vector.map((x) => largest < 0 ? -x : x) };
  }).toSorted((a, b) => b.value - a.value);
  return { values: found.map(({ value }) => value), vectors: found.map(({ vector }) => vector) };
}
