/**
 * Data sets in IDX files, the format of MNIST and of Fashion-MNIST (Xiao,
 * Rasul and Vollgraf, Fashion-MNIST, 2017; arXiv 1708.07747): two zero bytes,
 * the type of the numbers (8, unsigned bytes), the number of dimensions, each
 * dimension as a big-endian 32-bit number, the numbers. Files may be gzipped,
 * as they are distributed, or unpacked.
 */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { readBytes } from "../files/atomic.ts";
import { isMissing, messageOf } from "../files/io_problem.ts";
import { checkDataset, type Images, type TestedDataset } from "./dataset.ts";

/** The classes of Fashion-MNIST in the order of its labels. */
export const FASHION_CLASSES: readonly string[] = [
  "T-shirt/top",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

/** Where Debian's package dataset-fashion-mnist puts its files. */
export const FASHION_FOLDER = "/usr/share/datasets/fashion-mnist";

const FILES = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
} as const;
const UNSIGNED_BYTES = 8;
const MOST_BYTES = 2 ** 31;

/** Options of {@link idx}. */
export interface IdxOptions {
  /** The data set's name. */
  readonly name: string;
  /** The names of its classes; by default the numbers from 0 to the largest label. */
  readonly classes?: readonly string[];
}

/** Fashion-MNIST: 60,000 training and 10,000 test images of 28 x 28 grey pixels in ten classes. */
export function fashionMnist(folder: string = FASHION_FOLDER): Promise<Result<TestedDataset>> {
  return idx(folder, { name: "fashion-mnist", classes: FASHION_CLASSES });
}

/**
 * A data set in four IDX files with MNIST's names, gzipped or not. Needs
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
export async function idx(folder: string, options: IdxOptions): Promise<Result<TestedDataset>> {
  const train = await readSplit(folder, "train");
  if (train._tag === "Left") return train;
  const test = await readSplit(folder, "test");
  if (test._tag === "Left") return test;
  const { name, classes = numbersUpTo(train.right.labels) } = options;
  const [height, width, channels] = train.right.shape;
  return checkDataset({
    name,
    classes,
    height,
    width,
    channels,
    train: train.right,
    test: test.right,
  });
}

function numbersUpTo(labels: ArrayLike<number>): readonly string[] {
  let largest = 0;
  for (let i = 0; i < labels.length; i++) largest = Math.max(largest, labels[i] ?? 0);
  return Array.from({ length: largest + 1 }, (_, i) => `${i}`);
}

async function readSplit(folder: string, split: "train" | "test"): Promise<Result<Images>> {
  const pixels = await readIdx(join(folder, FILES[split].images), 3);
  if (pixels._tag === "Left") return pixels;
  const labels = await readIdx(join(folder, FILES[split].labels), 1);
  if (labels._tag === "Left") return labels;
  const [count = 0, height = 0, width = 0] = pixels.right.sizes;
  return right({
    count,
    shape: [height, width, 1],
    pixels: pixels.right.data,
    labels: labels.right.data,
  });
}

interface Numbers {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

/** Reads `path`, or `path.gz`. */
async function readIdx(path: string, dimensions: number): Promise<Result<Numbers>> {
  const plain = await readBytes(path);
  if (plain._tag === "Right") return parse(path, plain.right, dimensions);
  if (!plain.left.every(isMissing)) return plain;
  const packed = await readBytes(`${path}.gz`);
  if (packed._tag === "Left") {
    return packed.left.every(isMissing)
      ? fail(...packed.left.map((problem) => ({
        ...problem,
        path,
        got: `neither this file nor "${path}.gz"`,
        hint: "name the folder of the four IDX files; Debian has Fashion-MNIST as the package " +
          "dataset-fashion-mnist",
      })))
      : packed;
  }
  const bytes = await unpack(`${path}.gz`, packed.right);
  return bytes._tag === "Left" ? bytes : parse(`${path}.gz`, bytes.right, dimensions);
}

async function unpack(path: string, packed: Uint8Array<ArrayBuffer>): Promise<Result<Uint8Array>> {
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return right(new Uint8Array(await new Response(stream).arrayBuffer()));
  } catch (error) {
    return fail(wrong(path, "the file is whole gzip data", messageOf(error), "a gzip file"));
  }
}

function parse(path: string, bytes: Uint8Array, dimensions: number): Result<Numbers> {
  const rule = `the file is IDX data of ${dimensions} dimensions`;
  const start = 4 + 4 * dimensions;
  const [zero, alsoZero, type, found] = bytes;
  if (
    bytes.length < start || zero !== 0 || alsoZero !== 0 || type !== UNSIGNED_BYTES ||
    found !== dimensions
  ) {
    const first = [...bytes.subarray(0, 4)].join(" ");
    const wanted = `0 0 ${UNSIGNED_BYTES} ${dimensions} and ${dimensions} sizes`;
    return fail(wrong(path, rule, `${bytes.length} bytes that begin with ${first}`, wanted));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sizes = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const size = sizes.reduce((a, b) => a * b, 1);
  if (size > MOST_BYTES || bytes.length !== start + size) {
    const wanted = `${start + size} bytes for ${sizes.join("x")}`;
    return fail(wrong(path, "the numbers fill the sizes exactly", `${bytes.length} bytes`, wanted));
  }
  return right({ sizes, data: bytes.subarray(start) });
}

function wrong(path: string, rule: string, got: string, wanted: string): Problem {
  return {
    path,
    layer: "data set",
    code: "broken-data",
    rule,
    got,
    wanted,
    hint: "download the file again",
  };
}
