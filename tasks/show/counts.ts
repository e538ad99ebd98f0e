/** How many images each class of a data set has in its parts, and what is odd about that. */
import { count } from "../terminal/format.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import type { PreparedData } from "../training/prepare_data.ts";
import { ONE_CLASS } from "../training/warnings.ts";
import { PROGRAM } from "../program_name.ts";

/** A part of a data set and the number of each class's images in it. */
export interface PartCounts {
  readonly name: "training" | "validation" | "test";
  readonly images: number;
  readonly ofClass: readonly number[];
}

/** The parts that a run would have, and how many images each class has in each. */
export function partCounts(
  { classes, test }: Dataset<ImageSet>,
  { train, validation }: Pick<PreparedData, "train" | "validation">,
): readonly PartCounts[] {
  const parts = { training: train, validation, test } as const;
  return (["training", "validation", "test"] as const).flatMap((name) => {
    const images = parts[name];
    if (images === undefined) return [];
    const ofClass = new Array<number>(classes.length).fill(0);
    for (const label of images.labels) ofClass[label] = (ofClass[label] ?? 0) + 1;
    return [{ name, images: images.count, ofClass }];
  });
}

/** The training images that a recipe leaves out. */
export function unusedOf(
  { train: { count: all } }: Pick<Dataset<ImageSet>, "train">,
  { train, validation }: Pick<PreparedData, "train" | "validation">,
): number {
  return all - train.count - (validation?.count ?? 0);
}

/** How many times as many images as the smallest the largest class may have. */
const UNEVEN = 3;
/** How many classes are named. */
const NAMED = 5;

/** What is odd: classes without images, and classes of very different sizes. */
export function oddities(
  parts: readonly PartCounts[],
  classes: readonly string[],
): readonly string[] {
  const empty = parts.flatMap(({ name, ofClass }) => {
    const without = classes.filter((_, i) => ofClass[i] === 0);
    return without.length === 0 ? [] : [`${some(without)} without ${name} images`];
  });
  const training = parts.find(({ name }) => name === "training")?.ofClass ?? [];
  const [least, most] = [Math.min(...training), Math.max(...training)];
  const named = (size: number) => `${classes[training.indexOf(size)]} (${count(size)})`;
  const uneven = least > 0 && most >= UNEVEN * least
    ? [
      `the largest class, ${named(most)}, has ${
        (most / least).toFixed(1)
      } times the images of the ` +
      `smallest, ${
        named(least)
      }: ${PROGRAM} train has --class-weights balanced and --sampling balanced`,
    ]
    : [];
  const single = classes.length === 1 ? [ONE_CLASS] : [];
  return [...single, ...empty, ...uneven];
}

function some(classes: readonly string[]): string {
  const more = classes.length - NAMED;
  const named = classes.slice(0, NAMED).join(", ");
  return `${classes.length === 1 ? "class" : "classes"} ${named}${
    more > 0 ? ` and ${more} more` : ""
  }`;
}
