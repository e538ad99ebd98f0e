/**
 * From scores to answers: the class with the highest score, and whether the
 * right class is among the highest few.
 */

/**
 * The class with the highest score of each image, the first of equals. Scores
 * are `[images, classes]` in row-major order.
 *
 * @throws {RangeError} When the scores are not whole rows.
 */
export function predictionsOf(
  scores: Float32Array,
  classes: number,
): Uint32Array {
  return Uint32Array.from({ length: rowsOf(scores, classes) }, (_, image) => {
    const row = scores.subarray(image * classes, (image + 1) * classes);
    return row.reduce(
      (best, score, i) => score > (row[best] ?? NaN) ? i : best,
      0,
    );
  });
}

/**
 * The share of images whose right class is among the `k` highest scores. A
 * class of equal score counts as higher, so a constant answer earns nothing.
 * NaN without images.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { topAccuracy } from "./ranking.ts";
 *
 * const scores = new Float32Array([0.1, 0.7, 0.2, 0.5, 0.3, 0.2]);
 * assertEquals(topAccuracy(scores, [2, 0], 1), 0.5);
 * assertEquals(topAccuracy(scores, [2, 0], 2), 1);
 * ```
 *
 * @throws {RangeError} When the scores are not a whole row for each label, or a label is not a class.
 */
export function topAccuracy(
  scores: Float32Array,
  labels: ArrayLike<number>,
  k: number,
): number {
  const classes = scores.length / labels.length;
  if (labels.length > 0) rowsOf(scores, classes);
  const hits = Array.from(labels).filter((label, image) => {
    const row = scores.subarray(image * classes, (image + 1) * classes);
    const own = row[label];
    if (own === undefined) {
      throw new RangeError(
        `Cannot rank image ${image}: ${label} is not a class`,
      );
    }
    const higher = row.reduce(
      (count, score, i) => i !== label && !(score < own) ? count + 1 : count,
      0,
    );
    return higher < k;
  });
  return hits.length / labels.length;
}

function rowsOf(scores: Float32Array, classes: number): number {
  const rows = scores.length / classes;
  if (!Number.isInteger(classes) || !Number.isInteger(rows)) {
    throw new RangeError(
      `Cannot split ${scores.length} scores into rows of ${classes}`,
    );
  }
  return rows;
}
