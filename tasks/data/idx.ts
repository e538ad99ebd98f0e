/**
 * Data sets in IDX files, the format of MNIST and of Fashion-MNIST (Xiao, Rasul and Vollgraf,
 * Fashion-MNIST, 2017; arXiv 1708.07747): two zero bytes, the type of the numbers (8, unsigned
 * bytes), the number of dimensions, each dimension as a big-endian 32-bit number, the numbers.
 * Files may be gzipped, as they are distributed, or unpacked, with a hyphen or a dot in their names,
 * and lie in the folder itself or where torchvision puts them, `MNIST/raw`.
 */
import { expected, optionsOf, TEXT } from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import type { Result, TaskResult } from "../fp.ts";
import { allAsync, pipe, TE } from "../fp.ts";
import { readIdx } from "./_idx_file.ts";
import { datasetOf, type Images, type Labels, type TestedDataset } from "./dataset.ts";

/** The classes of Fashion-MNIST in the order of its labels. */
export const FASHION_CLASSES: readonly string[] =
  "T-shirt/top,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot".split(",");

/** Where Debian's package dataset-fashion-mnist puts its files. */
const FASHION_FOLDER = "/usr/share/datasets/fashion-mnist";

const FILES = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
} as const;

/** Where files lie within the folder that is named. */
const WITHIN = {
  mnist: ["", "raw", "MNIST/raw"],
  fashion: ["", "raw", "FashionMNIST/raw"],
} as const;

/** Options of {@link idx}. */
export interface IdxOptions {
  /** The data set's name. */
  readonly name: string;
  /** The names of its classes; by default the numbers from 0 to the largest label. */
  readonly classes?: readonly string[];
}

/** Fashion-MNIST: 60,000 training and 10,000 test images of 28 x 28 grey pixels in ten classes. */
export function fashionMnist(folder: string = FASHION_FOLDER): Promise<Result<TestedDataset>> {
  const named = { name: "fashion-mnist", classes: FASHION_CLASSES };
  return idxWithin(expected(folder, TEXT, "folder"), WITHIN.fashion, named);
}

/**
 * A data set in four IDX files with MNIST's names, gzipped or not, or in `MNIST/raw` below it. Needs
 * `--allow-read` for the folder.
 *
 * @example
 * ```ts
 * import { idx } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await idx("no/such/folder", { name: "mnist" });
 * assertEquals(data._tag === "Left" && data.left[0]?.rule, "the file must exist");
 * ```
 */
export function idx(folder: string, options: IdxOptions): Promise<Result<TestedDataset>> {
  return idxWithin(expected(folder, TEXT, "folder"), WITHIN.mnist, options);
}

function idxWithin(
  folder: string,
  within: readonly string[],
  options: IdxOptions,
): Promise<Result<TestedDataset>> {
  const { name, classes } = optionsOf(options, { name: "", classes: undefined });
  const folders = within.map((inner) => join(folder, inner));
  return pipe(
    allAsync({ train: readSplit(folders, FILES.train), test: readSplit(folders, FILES.test) }),
    TE.flatMapEither(({ train, test }) => {
      return datasetOf({ name, classes: classes ?? numbersUpTo(train.labels), train, test });
    }),
  )();
}

function numbersUpTo(labels: Labels): readonly string[] {
  let largest = 0;
  for (const label of labels) largest = Math.max(largest, label);
  return Array.from({ length: largest + 1 }, (_, i) => `${i}`);
}

function readSplit(
  folders: readonly string[],
  { images, labels }: (typeof FILES)["train" | "test"],
): TaskResult<Images> {
  return pipe(
    allAsync({
      pixels: readIdx(folders, images, 3),
      labels: readIdx(folders, labels, 1),
    }),
    TE.map(({ pixels: { sizes, data: pixels }, labels }): Images => {
      const [count = 0, height = 0, width = 0] = sizes;
      return { count, shape: [height, width, 1], pixels, labels: labels.data };
    }),
  );
}
