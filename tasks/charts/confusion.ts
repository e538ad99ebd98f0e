/**
 * The confusion matrix of a classifier: how many images of each class were
 * taken for which. Rows are the truth, columns the prediction.
 */

export interface ConfusionMatrix {
  readonly classes: number;
  /** `counts[truth * classes + prediction]`. */
  readonly counts: Uint32Array;
}

/** A pair of classes, the second predicted where the first was true. */
export interface Confusion {
  readonly truth: string;
  readonly predicted: string;
  readonly count: number;
  /** Their share of the true class's images. */
  readonly share: number;
}

/** How well one class is recognised; a ratio of nothing is NaN. */
export interface ClassScore {
  readonly name: string;
  readonly images: number;
  /** The images that were taken for it. */
  readonly predicted: number;
  /** The images that were rightly taken for it. */
  readonly correct: number;
  /** The share of its images that were recognised. */
  readonly recall: number;
  /** The share of the predictions of it that were right. */
  readonly precision: number;
  readonly f1: number;
}

/**
 * Counts predictions against labels, both class numbers, image by image.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { accuracyOf, confusionOf } from "./confusion.ts";
 *
 * const matrix = confusionOf([0, 0, 1], [0, 1, 1], 2);
 * assertEquals([...matrix.counts], [1, 1, 0, 1]);
 * assertEquals(accuracyOf(matrix), 2 / 3);
 * ```
 *
 * @throws {RangeError} When the lists differ in length, or hold something that is not a class.
 */
export function confusionOf(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  if (labels.length !== predictions.length) {
    const lengths = `${predictions.length} predictions against ${labels.length} labels`;
    throw new RangeError(`Cannot count ${lengths}`);
  }
  const counts = new Uint32Array(classes * classes);
  for (let i = 0; i < labels.length; i++) {
    const cell = classAt(labels, i, classes) * classes +
      classAt(predictions, i, classes);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return { classes, counts };
}

/** The images of a truth that were taken for a prediction. */
export function countAt(
  { classes, counts }: ConfusionMatrix,
  truth: number,
  predicted: number,
): number {
  return counts[truth * classes + predicted] ?? 0;
}

export function imagesOf({ counts }: ConfusionMatrix): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The share of images that were classified correctly; NaN without images. */
export function accuracyOf(matrix: ConfusionMatrix): number {
  const correct = indices(matrix).map((i) => countAt(matrix, i, i));
  return sum(correct) / imagesOf(matrix);
}

/** The `n` most frequent confusions, the most frequent first. */
export function worstConfusions(
  matrix: ConfusionMatrix,
  names: readonly string[],
  n: number,
): readonly Confusion[] {
  checkNames(matrix, names);
  const rows = rowSums(matrix);
  return indices(matrix).flatMap((truth) =>
    indices(matrix).flatMap((predicted) => {
      const count = countAt(matrix, truth, predicted);
      return truth === predicted || count === 0 ? [] : [{
        truth: names[truth] ?? "",
        predicted: names[predicted] ?? "",
        count,
        share: count / (rows[truth] ?? NaN),
      }];
    })
  ).sort((a, b) => b.count - a.count || b.share - a.share).slice(0, n);
}

/** How well each class is recognised. */
export function classScores(
  matrix: ConfusionMatrix,
  names: readonly string[],
): readonly ClassScore[] {
  checkNames(matrix, names);
  const rows = rowSums(matrix);
  return names.map((name, i) => {
    const images = rows[i] ?? 0;
    const predicted = sum(indices(matrix).map((j) => countAt(matrix, j, i)));
    const correct = countAt(matrix, i, i);
    return {
      name,
      images,
      predicted,
      correct,
      recall: correct / images,
      precision: correct / predicted,
      f1: 2 * correct / (images + predicted),
    };
  });
}

/** The number of images of each class. */
export function rowSums(matrix: ConfusionMatrix): readonly number[] {
  return indices(matrix).map((truth) =>
    sum(indices(matrix).map((predicted) => countAt(matrix, truth, predicted)))
  );
}

/**
 * Checks that there is a name for each class.
 *
 * @throws {RangeError} When there is not.
 */
export function checkNames({ classes }: ConfusionMatrix, names: readonly string[]): void {
  if (names.length !== classes) {
    throw new RangeError(`Cannot name ${classes} classes with ${names.length} names`);
  }
}

function indices({ classes }: ConfusionMatrix): readonly number[] {
  return Array.from({ length: classes }, (_, i) => i);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function classAt(list: ArrayLike<number>, index: number, classes: number): number {
  const value = list[index] ?? NaN;
  if (!Number.isInteger(value) || value < 0 || value >= classes) {
    throw new RangeError(
      `Cannot count image ${index}: ${value} is not a class from 0 to ${classes - 1}`,
    );
  }
  return value;
}
