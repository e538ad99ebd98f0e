/**
 * CIFAR-10 and CIFAR-100 from the binary files of their authors (Krizhevsky, Learning multiple
 * layers of features from tiny images, 2009). A record is one label byte (CIFAR-10), or a coarse
 * and a fine one (CIFAR-100), and 3,072 bytes of pixels: the red plane, the green, the blue. A
 * folder that holds the authors' folder is taken as well.
 */
import { expected, oneOf, TEXT } from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import { readBytes, readText } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import type { Result, TaskResult } from "../fp.ts";
import { allAsync, allOfAsync, E, pipe, refused, right, TE } from "../fp.ts";
import { datasetOf, type Images, type TestedDataset } from "./dataset.ts";

/** Which labels of CIFAR-100 to learn. */
export type Cifar100Labels = "fine" | "coarse";

interface Layout {
  readonly name: string;
  readonly folder: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** The file with a class name on each line. */
  readonly names: string;
  readonly classes: number;
  /** Label bytes in front of the pixels, and which of them counts. */
  readonly labelBytes: number;
  readonly label: number;
}

const SIDE = 32;
const PLANE = SIDE * SIDE;

const CIFAR10: Layout = {
  name: "cifar10",
  folder: "cifar-10-batches-bin",
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ["test_batch.bin"],
  names: "batches.meta.txt",
  classes: 10,
  labelBytes: 1,
  label: 0,
};

const CIFAR100 = {
  name: "cifar100",
  folder: "cifar-100-binary",
  train: ["train.bin"],
  test: ["test.bin"],
  labelBytes: 2,
} as const;

/**
 * CIFAR-10 from the folder of its binary version, which holds `data_batch_1.bin` to
 * `data_batch_5.bin`, `test_batch.bin` and `batches.meta.txt`. Needs `--allow-read` for it.
 */
export function cifar10Binary(folder: string): Promise<Result<TestedDataset>> {
  return readLayout(folder, CIFAR10);
}

/**
 * CIFAR-100 from the folder of its binary version, which holds `train.bin`, `test.bin` and the
 * names of its 100 fine or 20 coarse classes. Needs `--allow-read` for it.
 *
 * @example
 * ```ts
 * import { cifar100Binary } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await cifar100Binary("no/such/folder");
 * assertEquals(data._tag === "Left" && data.left[0]?.rule, "the file must exist");
 * ```
 */
export function cifar100Binary(
  folder: string,
  labels: Cifar100Labels = "fine",
): Promise<Result<TestedDataset>> {
  expected(labels, oneOf(["fine", "coarse"]), "labels");
  const own = labels === "fine"
    ? { names: "fine_label_names.txt", classes: 100, label: 1 }
    : { names: "coarse_label_names.txt", classes: 20, label: 0 };
  return readLayout(folder, { ...CIFAR100, ...own });
}

async function readLayout(given: string, layout: Layout): Promise<Result<TestedDataset>> {
  const { name } = layout;
  const inner = join(expected(given, TEXT, "folder"), layout.folder);
  const below = await readText(join(inner, layout.names));
  const folder = E.isLeft(below) && below.left.every(isMissing) ? given : inner;
  return pipe(
    allAsync({
      classes: classNames(join(folder, layout.names), layout),
      train: readSplit(folder, layout.train, layout),
      test: readSplit(folder, layout.test, layout),
    }),
    TE.flatMapEither((parts) => datasetOf({ name, ...parts })),
  )();
}

function classNames(
  path: string,
  { name, folder, classes }: Layout,
): TaskResult<readonly string[]> {
  const wanted = `the binary version of ${name}, unpacked`;
  const hint = `name the folder "${folder}" of its archive`;
  return pipe(
    () => readText(path, { atMost: 2 ** 16 }),
    TE.mapLeft((problems) =>
      problems.map((problem) => isMissing(problem) ? { ...problem, wanted, hint } : problem)
    ),
    TE.map((text) => text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "")),
    TE.flatMapEither((names) =>
      names.length === classes
        ? right(names)
        : refused({ path, layer: "data set", code: "class-names" }, {
          rule: "there is a name for each class, one on each line",
          got: `${names.length} names`,
          wanted: `${classes} names`,
          hint: "unpack the archive again",
        })
    ),
  );
}

function readSplit(folder: string, names: readonly string[], layout: Layout): TaskResult<Images> {
  const record = layout.labelBytes + 3 * PLANE;
  return pipe(
    allOfAsync(names.map((name) => readRecords(join(folder, name), record))),
    TE.map((files): Images => {
      const count = files.reduce((sum, { length }) => sum + length / record, 0);
      const pixels = new Uint8Array(count * 3 * PLANE);
      const labels = new Uint8Array(count);
      let image = 0;
      for (const bytes of files) {
        for (let at = 0; at < bytes.length; at += record, image++) {
          labels[image] = bytes[at + layout.label] ?? 0;
          const planes = bytes.subarray(at + layout.labelBytes, at + record);
          interleave(planes, pixels, image * 3 * PLANE);
        }
      }
      return { count, shape: [SIDE, SIDE, 3], pixels, labels };
    }),
  );
}

function readRecords(path: string, record: number): TaskResult<Uint8Array> {
  return pipe(
    () => readBytes(path),
    TE.flatMapEither((bytes) =>
      bytes.length > 0 && bytes.length % record === 0
        ? right(bytes)
        : refused({ path, layer: "data set", code: "broken-file" }, {
          rule: `the file holds whole records of ${record} bytes`,
          got: `${bytes.length} bytes`,
          wanted: `a multiple of ${record} bytes, not none`,
          hint: "the file is cut off, or another version's; unpack the archive again",
        })
    ),
  );
}

/** Three planes become pixels of three bytes. */
function interleave(planes: Uint8Array, out: Uint8Array, at: number): void {
  for (let i = 0; i < PLANE; i++) {
    for (let c = 0; c < 3; c++) out[at + i * 3 + c] = planes[c * PLANE + i] as number;
  }
}
