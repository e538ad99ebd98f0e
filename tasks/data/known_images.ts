/**
 * What is known of a data set by its name alone, so that a network can be judged before images are
 * fetched or decoded.
 */
import { namedData } from "./_named_data.ts";
import { CIFAR10_CLASSES } from "./cifar10.ts";
import type { Described } from "./dataset.ts";
import { FASHION_CLASSES } from "./idx.ts";
import { SHAPE_CLASSES } from "./shapes.ts";

type Known = Omit<Described, "name">;

const KNOWN: Readonly<Record<string, (choices: ReadonlyMap<string, string>) => Known>> = {
  cifar10: () => ({ height: 32, width: 32, channels: 3, classes: CIFAR10_CLASSES }),
  cifar100: (choices) => ({
    ...{ height: 32, width: 32, channels: 3 },
    classes: numbered(choices.get("labels") === "coarse" ? 20 : 100),
  }),
  "fashion-mnist": () => ({ height: 28, width: 28, channels: 1, classes: FASHION_CLASSES }),
  shapes: () => ({ height: 32, width: 32, channels: 3, classes: SHAPE_CLASSES }),
};

/**
 * The shape of the images of a data set, and its classes, whose names may not be known yet; nothing
 * where only the images tell.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { knownImages } from "./known_images.ts";
 *
 * assertEquals(knownImages("cifar100:/data/cifar")?.classes.length, 100);
 * assertEquals(knownImages("folder:/data/birds"), undefined);
 * ```
 */
export function knownImages(text: string): Described | undefined {
  const { name, choices } = namedData(text);
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name]?.(choices) : undefined;
  return known && { name: text, ...known };
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `class ${i}`);
}
