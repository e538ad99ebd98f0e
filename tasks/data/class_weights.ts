/**
 * What classes count for: in the loss, by the weight of a class's targets, and in training, by how
 * often its images are drawn.
 */
import * as v from "valibot";
import { type Key, threefry } from "../../dsl/programs/random.ts";
import { refused, type Result, right } from "../fp.ts";
import type { Labels } from "./dataset.ts";

/** What each class counts for: `balanced`, all classes alike, or a number for each, in their order. */
export type ClassWeights = "balanced" | readonly number[];

/** What {@link ClassWeights} are. */
export const classWeights = v.union([
  v.literal("balanced"),
  v.array(v.pipe(v.number(), v.finite(), v.check((weight) => weight > 0, "numbers above 0"))),
], '"balanced", or a number above 0 for each class');

/** Gives weights back when there is one for each class. */
export function checkWeights(
  weights: ClassWeights | undefined,
  option: string,
  classes: readonly string[],
): Result<unknown> {
  if (weights === undefined || weights === "balanced" || weights.length === classes.length) {
    return right(weights);
  }
  return refused({ path: option, layer: "option", code: "data-does-not-fit" }, {
    rule: "every class has a weight",
    got: `${weights.length} weights`,
    wanted: `${classes.length}, one for each of ${classes.join(", ")}`,
    hint: 'or say "balanced"',
  });
}

/** How many images there are of each class. */
function countsOf(labels: Labels, classes: number): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/**
 * The target of each class, classes x classes: its distribution, of which a share `smoothing` is
 * spread evenly over all classes, times its weight. Balanced weights are inverse to the number of
 * images, and 1 on average over the images.
 */
export function weightedTargets(
  weights: ClassWeights,
  labels: Labels,
  { classes, smoothing }: { readonly classes: number; readonly smoothing: number },
): Float32Array {
  const counts = countsOf(labels, classes);
  const weightOf = (label: number): number => {
    if (weights !== "balanced") return weights[label] ?? 1;
    const count = counts[label] ?? 0;
    return count === 0 ? 1 : labels.length / (classes * count);
  };
  return Float32Array.from({ length: classes ** 2 }, (_, at) => {
    const [label, other] = [Math.floor(at / classes), at % classes];
    return weightOf(label) * ((label === other ? 1 - smoothing : 0) + smoothing / classes);
  });
}

/** How likely each class is to be drawn, in no unit: nothing of one without images. */
export function shares(weights: ClassWeights, labels: Labels, classes: number): readonly number[] {
  return countsOf(labels, classes).map((count, label) =>
    count === 0 ? 0 : weights === "balanced" ? 1 : weights[label] ?? 0
  );
}

/** As many images as there are, drawn with replacement: first a class by its share, then one of its images. */
export function drawnPlaces(labels: Labels, shares: readonly number[], key: Key): Uint32Array {
  const members = shares.map((): number[] => []);
  labels.forEach((label, place) => members[label]?.push(place));
  let sum = 0;
  const bounds = shares.map((share) => sum += share);
  return Uint32Array.from(labels, (_, position) => {
    const [a, b] = threefry(key, position, 8);
    const drawn = a / 2 ** 32 * sum;
    const own = members[bounds.findIndex((bound) => bound > drawn)] ?? [];
    return own[Math.floor(b / 2 ** 32 * own.length)] ?? 0;
  });
}

/** Writes the target of a class as the i-th of a batch's: a row of a table, or one-hot. */
export function setTarget(
  targets: Float32Array,
  i: number,
  label: number,
  { classes, targets: table }: { readonly classes: number; readonly targets?: Float32Array },
): void {
  if (table === undefined) targets[i * classes + label] = 1;
  else targets.set(table.subarray(label * classes, (label + 1) * classes), i * classes);
}
