/**
 * CIFAR-10 and CIFAR-100 from the files of their authors, of the binary version or of the Python one (Krizhevsky, Learning multiple
 * layers of features from tiny images, 2009). A binary record is one label byte (CIFAR-10), or a
 * coarse and a fine one (CIFAR-100), and 3,072 bytes of pixels: the red plane, the green, the blue.
 * A folder that holds the authors' folder is taken as well.
 */
import { expected, oneOf, TEXT } from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import { readBytes, readText } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { LARGEST, regularSize } from "../files/regular.ts";
import type { Result, TaskResult } from "../fp.ts";
import { allAsync, allOfAsync, E, pipe, refused, right, TE } from "../fp.ts";
import { imagesOf, PLANES, type Planes } from "./_cifar_planes.ts";
import type { PythonLayout } from "./_cifar_python.ts";
import { datasetOf, type TestedDataset } from "./dataset.ts";

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
  readonly python: PythonLayout;
}

const CIFAR10: Layout = {
  name: "cifar10",
  folder: "cifar-10-batches-bin",
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ["test_batch.bin"],
  names: "batches.meta.txt",
  classes: 10,
  labelBytes: 1,
  label: 0,
  python: {
    folder: "cifar-10-batches-py",
    train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}`),
    test: ["test_batch"],
    meta: "batches.meta",
    names: "label_names",
    labels: "labels",
  },
};

const CIFAR100 = {
  name: "cifar100",
  folder: "cifar-100-binary",
  train: ["train.bin"],
  test: ["test.bin"],
  labelBytes: 2,
} as const;

const CIFAR100_PYTHON = {
  folder: "cifar-100-python",
  train: ["train"],
  test: ["test"],
  meta: "meta",
} as const;

/**
 * CIFAR-10 from the folder of its binary version, which holds `data_batch_1.bin` to
 * `data_batch_5.bin`, `test_batch.bin` and `batches.meta.txt`, or from that of its Python version,
 * whose pickles are read and not executed. Needs `--allow-read` for it.
 */
export function cifar10Binary(folder: string): Promise<Result<TestedDataset>> {
  return readLayout(folder, CIFAR10);
}

/**
 * CIFAR-100 from the folder of its binary version, which holds `train.bin`, `test.bin` and the
 * names of its 100 fine or 20 coarse classes, or from that of its Python version. Needs
 * `--allow-read` for it.
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
  const python = {
    ...CIFAR100_PYTHON,
    names: `${labels}_label_names`,
    labels: `${labels}_labels`,
  };
  return readLayout(folder, { ...CIFAR100, ...own, python });
}

async function readLayout(given: string, layout: Layout): Promise<Result<TestedDataset>> {
  const { name, python } = layout;
  const root = expected(given, TEXT, "folder");
  const binary = await folderWith(layout.names, root, layout.folder);
  const pickled = binary === undefined
    ? await folderWith(python.meta, root, python.folder)
    : undefined;
  if (pickled !== undefined) return await readPickled(pickled, name, python);
  const folder = binary ?? root;
  const split = (names: readonly string[]) =>
    pipe(
      allOfAsync(names.map((name) => readRecords(join(folder, name), layout))),
      TE.map(imagesOf),
    );
  return pipe(
    allAsync({
      classes: classNames(join(folder, layout.names), layout),
      train: split(layout.train),
      test: split(layout.test),
    }),
    TE.flatMapEither((parts) => datasetOf({ name, ...parts })),
  )();
}

async function readPickled(
  folder: string,
  name: string,
  layout: PythonLayout,
): Promise<Result<TestedDataset>> {
  const { readBatches, readNames } = await import("./_cifar_python.ts");
  const split = (names: readonly string[]) =>
    pipe(readBatches(folder, names, layout), TE.map(imagesOf));
  return await pipe(
    allAsync({
      classes: readNames(folder, layout),
      train: split(layout.train),
      test: split(layout.test),
    }),
    TE.flatMapEither((parts) => datasetOf({ name, ...parts })),
  )();
}

/** The folder that has a file of this name: the authors' one within the folder, or the folder itself. */
async function folderWith(name: string, root: string, within: string): Promise<string | undefined> {
  for (const folder of [join(root, within), root]) {
    const found = await regularSize(join(folder, name), LARGEST.data);
    if (E.isRight(found) || !found.left.every(isMissing)) return folder;
  }
  return undefined;
}

function classNames(
  path: string,
  { name, folder, classes, python }: Layout,
): TaskResult<readonly string[]> {
  const wanted = `the binary version of ${name}, or the Python one, unpacked`;
  const hint = `name the folder "${folder}" of its archive, or "${python.folder}"`;
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

function readRecords(path: string, { labelBytes, label }: Layout): TaskResult<Planes> {
  const record = labelBytes + PLANES;
  return pipe(
    () => readBytes(path),
    TE.flatMapEither((bytes) => {
      if (bytes.length === 0 || bytes.length % record !== 0) {
        return refused({ path, layer: "data set", code: "broken-file" }, {
          rule: `the file holds whole records of ${record} bytes`,
          got: `${bytes.length} bytes`,
          wanted: `a multiple of ${record} bytes, not none`,
          hint: "the file is cut off, or another version's; unpack the archive again",
        });
      }
      const count = bytes.length / record;
      const labels = Uint8Array.from({ length: count }, (_, i) => bytes[i * record + label] ?? 0);
      const planes = new Uint8Array(count * PLANES);
      for (let i = 0; i < count; i++) {
        planes.set(bytes.subarray(i * record + labelBytes, (i + 1) * record), i * PLANES);
      }
      return right({ planes, labels });
    }),
  );
}
