/** Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations. */

/** The decomposition of a matrix, the largest eigenvalue first. */
export interface Eigen {
  /** The eigenvalues, falling. */
  readonly values: Float64Array;
  /** The eigenvectors, one a row; the largest entry of each is positive. */
  readonly vectors: Float64Array;
}

const SWEEPS = 60;

/** Decomposes a symmetric matrix of `size` rows. */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  const at = (m: Float64Array, i: number, j: number) => m[i * size + j] ?? 0;
  const scale = Math.hypot(...a);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        off = Math.max(off, Math.abs(at(a, p, q)));
        if (at(a, p, q) !== 0) rotate(p, q);
      }
    }
    if (off <= 1e-15 * scale) break;
  }
  const order = Array.from({ length: size }, (_, i) => i)
    .toSorted((i, j) => at(a, j, j) - at(a, i, i));
  const vectors = new Float64Array(size * size);
  order.forEach((column, row) => {
    const entries = Array.from({ length: size }, (_, i) => at(v, i, column));
    const largest = entries.reduce((most, x) => Math.abs(x) > Math.abs(most) ? x : most, 0);
    entries.forEach((x, i) => vectors[row * size + i] = largest < 0 ? -x : x);
  });
  return { values: Float64Array.from(order, (i) => at(a, i, i)), vectors };

  /** Makes the entries at (p, q) and (q, p) zero. */
  function rotate(p: number, q: number): void {
    const theta = (at(a, q, q) - at(a, p, p)) / (2 * at(a, p, q));
    const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
    const c = 1 / Math.hypot(t, 1);
    const s = t * c;
    for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, c, s);
    for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, c, s);
    for (let k = 0; k < size; k++) turn(v, k * size + p, k * size + q, c, s);
  }
}

/** Turns the plane of two entries. */
function turn(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [m[i] ?? 0, m[j] ?? 0];
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}
