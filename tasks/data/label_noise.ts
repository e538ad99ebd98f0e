/**
 * Noisy labels, as the paper's Table 5 has them: a label is kept with probability 1 - level and is
 * otherwise one of the other classes, all of them as likely. Each image's label is drawn once, from
 * a key and the image's place, so that it is the same in every epoch and for every network.
 */
import { IMAGES, LABELS } from "./dataset.ts";
import { COUNT, expected, needed, NUMBER } from "../../dsl/problem/expect.ts";
import { KEY, type Key, uniforms } from "../../dsl/programs/random.ts";
import type { ImageSet, Labels } from "./dataset.ts";

/** What labels are changed by. */
export interface LabelNoise {
  /** The share of labels that become wrong, from 0 to 1. */
  readonly level: number;
  /** The number of classes. */
  readonly classes: number;
  /** The key of the draws. */
  readonly key: Key;
}

/**
 * Labels of which a share is wrong.
 *
 * @example
 * ```ts
 * import { noisyLabels } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const labels = Uint8Array.of(0, 1, 0, 1);
 * assertEquals([...noisyLabels(labels, { level: 1, classes: 2, key: [0, 1] })], [1, 0, 1, 0]);
 * assertEquals([...noisyLabels(labels, { level: 0, classes: 2, key: [0, 1] })], [0, 1, 0, 1]);
 * ```
 */
export function noisyLabels(labels: Labels, noise: LabelNoise): Labels {
  const { level, classes, key } = needed(noise, { level: NUMBER, classes: COUNT, key: KEY });
  expected(labels, LABELS, "labels");
  const noisy = labels.slice();
  if (classes < 2) return noisy;
  const draws = uniforms(key, labels.length * 2);
  for (let i = 0; i < labels.length; i++) {
    if (!((draws[2 * i] as number) < level)) continue;
    const other = Math.min(classes - 2, Math.floor((draws[2 * i + 1] as number) * (classes - 1)));
    // The classes without the true one, in order.
    noisy[i] = other < (labels[i] as number) ? other : other + 1;
  }
  return noisy;
}

/** The images with noisy labels; pixels are shared. */
export function withLabelNoise<Set extends ImageSet>(images: Set, noise: LabelNoise): Set {
  return { ...expected(images, IMAGES, "images"), labels: noisyLabels(images.labels, noise) };
}
