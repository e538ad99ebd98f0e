/**
 * Data sets in IDX files, the format of MNIST and of Fashion-MNIST (Xiao, Rasul and Vollgraf,
 * Fashion-MNIST, 2017; arXiv 1708.07747): two zero bytes, the type of the numbers (8, unsigned
 * bytes), the number of dimensions, each dimension as a big-endian 32-bit number, the numbers.
 * Files may be gzipped, as they are distributed, or unpacked.
 */
import { expected, optionsOf, TEXT } from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import { readBytes } from "../files/atomic.ts";
import { isMissing, messageOf } from "../files/io_problem.ts";
import type { Problem, Result, TaskResult } from "../fp.ts";
import { allAsync, fail, pipe, right, TE, tried } from "../fp.ts";
import { brokenData, datasetOf, type Images, type Labels, type TestedDataset } from "./dataset.ts";

/** The classes of Fashion-MNIST in the order of its labels. */
export const FASHION_CLASSES: readonly string[] =
  "T-shirt/top,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot".split(",");

/** Where Debian's package dataset-fashion-mnist puts its files. */
const FASHION_FOLDER = "/usr/share/datasets/fashion-mnist";

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
export function idx(folder: string, options: IdxOptions): Promise<Result<TestedDataset>> {
  expected(folder, TEXT, "folder");
  const { name, classes } = optionsOf(options, { name: "", classes: undefined });
  return pipe(
    allAsync({ train: readSplit(folder, FILES.train), test: readSplit(folder, FILES.test) }),
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
  folder: string,
  { images, labels }: (typeof FILES)["train" | "test"],
): TaskResult<Images> {
  return pipe(
    allAsync({
      pixels: readIdx(join(folder, images), 3),
      labels: readIdx(join(folder, labels), 1),
    }),
    TE.map(({ pixels: { sizes, data: pixels }, labels }): Images => {
      const [count = 0, height = 0, width = 0] = sizes;
      return { count, shape: [height, width, 1], pixels, labels: labels.data };
    }),
  );
}

interface Numbers {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

/** Reads `path`, or `path.gz`. */
function readIdx(path: string, dimensions: number): TaskResult<Numbers> {
  const packed = `${path}.gz`;
  return pipe(
    () => readBytes(path),
    TE.map((bytes) => ({ path, bytes })),
    TE.orElse((problems): TaskResult<{ path: string; bytes: Uint8Array<ArrayBuffer> }> =>
      !problems.every(isMissing) ? TE.left(problems) : pipe(
        () => readBytes(packed),
        TE.mapLeft((problems) =>
          problems.map((problem) => isMissing(problem) ? withoutBoth(problem, path) : problem)
        ),
        TE.flatMap((bytes) => unpack(packed, bytes, dimensions)),
        TE.map((bytes) => ({ path: packed, bytes })),
      )
    ),
    TE.flatMapEither(({ path, bytes }) => numbersOf(path, bytes, dimensions)),
  );
}

function withoutBoth(problem: Problem, path: string): Problem {
  const hint = "name the folder of the four IDX files; Debian has Fashion-MNIST as the package " +
    "dataset-fashion-mnist";
  return { ...problem, path, got: `neither this file nor "${path}.gz"`, hint };
}

function unpack(
  path: string,
  packed: Uint8Array<ArrayBuffer>,
  dimensions: number,
): TaskResult<Uint8Array<ArrayBuffer>> {
  return tried(
    () => unpacked(packed, dimensions),
    (error) => wrong(path, "the file is whole gzip data", messageOf(error), "a gzip file"),
  );
}

/** Unpacks what the sizes at the beginning need; a file that holds more is not unpacked further. */
async function unpacked(
  packed: Uint8Array<ArrayBuffer>,
  dimensions: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  let [out, got] = [new Uint8Array(startOf(dimensions)), 0];
  for await (const piece of stream) {
    for (let at = 0; at < piece.length;) {
      const more = Math.min(piece.length - at, out.length - got);
      out.set(piece.subarray(at, at + more), got);
      [at, got] = [at + more, got + more];
      if (got < out.length) break;
      const needed = neededBytes(out, dimensions);
      // What is no such file is told by its beginning.
      if (needed === undefined) return out;
      if (needed <= got && at < piece.length) {
        throw new Error(`more than the ${got} bytes that its sizes need`);
      }
      if (needed > got) out = grown(out, needed);
    }
  }
  return out.subarray(0, got);
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}

/** Where the numbers begin. */
const startOf = (dimensions: number): number => 4 + 4 * dimensions;
/** What the file of so many dimensions begins with. */
const headOf = (dimensions: number): readonly number[] => [0, 0, UNSIGNED_BYTES, dimensions];

function sizesOf(bytes: Uint8Array, dimensions: number): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
}

/** The bytes of a whole file that begins so, where it is one that is read. */
function neededBytes(bytes: Uint8Array, dimensions: number): number | undefined {
  if (headOf(dimensions).some((byte, i) => bytes[i] !== byte)) return undefined;
  const size = sizesOf(bytes, dimensions).reduce((a, b) => a * b, 1);
  return size > MOST_BYTES ? undefined : startOf(dimensions) + size;
}

function numbersOf(path: string, bytes: Uint8Array, dimensions: number): Result<Numbers> {
  const start = startOf(dimensions);
  const head = headOf(dimensions);
  if (bytes.length < start || head.some((byte, i) => bytes[i] !== byte)) {
    const rule = `the file is IDX data of ${dimensions} dimensions`;
    const got = `${bytes.length} bytes that begin with ${bytes.subarray(0, 4).join(" ")}`;
    return fail(wrong(path, rule, got, `${head.join(" ")} and ${dimensions} sizes`));
  }
  const sizes = sizesOf(bytes, dimensions);
  const size = sizes.reduce((a, b) => a * b, 1);
  if (size > MOST_BYTES || bytes.length !== start + size) {
    const wanted = `${start + size} bytes for ${sizes.join("x")}`;
    return fail(wrong(path, "the numbers fill the sizes exactly", `${bytes.length} bytes`, wanted));
  }
  return right({ sizes, data: bytes.subarray(start) });
}

function wrong(path: string, rule: string, got: string, wanted: string): Problem {
  return brokenData(path, rule, got, wanted, "download the file again");
}
