/**
 * Parts of a set of images: a hold-out for validation, taken from the training
 * images, and a smaller set with the same mix of classes. Both are decided by a
 * key alone. Neither is given the test images, so neither can touch them.
 */
import { expectAll, expected, needed } from "../../dsl/problem/expect.ts";
import { show } from "../../dsl/problem/show.ts";
import { KEY, type Key, permutation, split } from "../../dsl/programs/random.ts";
import { refused, type Result, right } from "../fp.ts";
import { IMAGES, type Images, type ImageSet, type Labels, take } from "./dataset.ts";

/** How much to hold out, and the key that decides which images. */
export interface SplitOptions {
  /** The number of validation images. */
  readonly validation: number;
  /** The key. */
  readonly key: Key;
}

/** Training images in two parts that share none. */
export interface TrainSplit<Set extends ImageSet = Images> {
  /** What is left to learn from. */
  readonly train: Set;
  /** What is held out. */
  readonly validation: Set;
}

function byClass(labels: Labels): ReadonlyMap<number, readonly number[]> {
  const classes = new Map<number, number[]>();
  labels.forEach((label, image) => {
    const members = classes.get(label);
    if (members === undefined) classes.set(label, [image]);
    else members.push(image);
  });
  return new Map([...classes].sort(([a], [b]) => a - b));
}

/**
 * Marks `wanted` images, of each class in proportion to its size. Each class gets the whole part of
 * its share; the images still missing go to the classes with the largest remainders.
 */
function choose(images: ImageSet, wanted: number, key: Key): Uint8Array {
  const shares = [...byClass(images.labels)].map(([label, members]) => {
    const share = wanted * members.length / images.count;
    return { label, members, take: Math.floor(share), rest: share % 1 };
  });
  const missing = wanted - shares.reduce((sum, { take }) => sum + take, 0);
  const favoured = new Set(shares.toSorted((a, b) => b.rest - a.rest).slice(0, missing));
  const marks = new Uint8Array(images.count);
  for (const share of shares) {
    const take = share.take + (favoured.has(share) ? 1 : 0);
    const order = permutation(split(key, share.label), share.members.length);
    for (const position of order.subarray(0, take)) {
      marks[share.members[position] ?? 0] = 1;
    }
  }
  return marks;
}

/** The images that carry a mark, in their order, copied. */
function marked<Set extends ImageSet>(images: Set, marks: Uint8Array, mark: 0 | 1): Set {
  return take(images, Array.from(marks.keys()).filter((place) => marks[place] === mark));
}

/**
 * Holds out images for validation, the same share of every class. The rest
 * keeps its order. Fails when either part would be empty.
 *
 * @example
 * ```ts
 * import { shapes, splitTrain } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = shapes({ count: 100, testCount: 10 });
 * if (data._tag === "Right") {
 *   const parts = splitTrain(data.right.train, { validation: 20, key: [0, 1] });
 *   if (parts._tag === "Right") assertEquals(parts.right.train.count, 80);
 * }
 * ```
 */
export function splitTrain<Set extends ImageSet>(
  images: Set,
  options: SplitOptions,
): Result<TrainSplit<Set>> {
  const { validation, key } = needed(options, { key: KEY }, ["validation"]);
  expected(images, IMAGES, "images");
  if (!Number.isSafeInteger(validation) || validation < 1 || validation >= images.count) {
    return refused({ path: "validation", layer: "option", code: "invalid-hold-out" }, {
      rule: "a hold-out leaves images on both sides",
      got: `${show(validation)} of ${images.count} training images`,
      wanted: images.count < 2
        ? "at least 2 training images"
        : `a whole number from 1 to ${images.count - 1}`,
      hint: "hold out fewer, or none",
    });
  }
  const marks = choose(images, validation, key);
  return right({ train: marked(images, marks, 0), validation: marked(images, marks, 1) });
}

/**
 * A subset of `count` images with the mix of classes of the whole, in the order
 * of the whole. Fails when there are not as many.
 */
export function limit<Set extends ImageSet>(images: Set, count: number, key: Key): Result<Set> {
  expectAll({ images: [images, IMAGES], key: [key, KEY] });
  if (!Number.isSafeInteger(count) || count < 1 || count > images.count) {
    return refused({ path: "limit", layer: "option", code: "invalid-subset" }, {
      rule: "a subset is not empty and not larger than the whole",
      got: `${show(count)} of ${images.count} images`,
      wanted: `a whole number from 1 to ${images.count}`,
      hint: "leave the limit out to use every image",
    });
  }
  return right(marked(images, choose(images, count, key), 1));
}
