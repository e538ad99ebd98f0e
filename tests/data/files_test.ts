import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { loadDataset } from "../../tasks/data/mod.ts";
import { withFolder } from "./_pictures.ts";
import { assertProblem } from "./_results.ts";

/** Records of label bytes and three planes, each plane of its own value. */
function records(labels: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(labels.flatMap((label, i) => [
    ...label,
    ...[1, 2, 3].flatMap((plane) => new Array<number>(1024).fill(plane * 10 + i)),
  ]));
}

const names = (count: number): string =>
  Array.from({ length: count }, (_, i) => `class ${i}\n`).join("");

const CIFAR100 = {
  "train.bin": records([[3, 40], [19, 99], [0, 0]]),
  "test.bin": records([[1, 7]]),
  "fine_label_names.txt": names(100),
  "coarse_label_names.txt": names(20),
};

type Fields = Readonly<Record<string, readonly number[] | readonly string[]>>;

/** Text, bytes and numbers in a pickle's opcodes. */
const op = {
  short: (code: string, text: string) => [code.charCodeAt(0), text.length, ...text].map(toByte),
  global: (module: string, name: string) => [...`c${module}\n${name}\n`].map(toByte),
  number: (value: number) => [77, value & 255, value >> 8],
};

function toByte(value: string | number): number {
  return typeof value === "number" ? value : value.charCodeAt(0);
}

/**
 * A pickled dictionary of CIFAR's, with an array of images when it has labels; `text` is the opcode
 * of text, `content` those in front of the array's bytes.
 */
function pickle(
  fields: Fields,
  { text, module, content }: {
    readonly text: string;
    readonly module: string;
    readonly content: string;
  },
): Uint8Array {
  const [first = []] = Object.values(fields);
  const count = typeof first[0] === "number" ? first.length : 0;
  const size = count * 3072;
  const array = [
    ...op.global(`${module}.multiarray`, "_reconstruct"),
    ...op.global("numpy", "ndarray"),
    ...[75, 0, 0x85, ...op.short(text, "b"), 0x87, 82, 40, 75, 1],
    ...[...op.number(count), ...op.number(3072), 0x86],
    ...op.global("numpy", "dtype"),
    ...[...op.short(text, "u1"), 75, 0, 75, 1, 0x87, 82, 40, 75, 3, ...op.short(text, "|")],
    ...[78, 78, 78, ...[0, 0].flatMap(() => [74, 255, 255, 255, 255]), 75, 0, 116, 98, 0x89],
    ...[content.charCodeAt(0), size & 255, (size >> 8) & 255, size >> 16, 0],
    ...Array.from(
      { length: size },
      (_, i) => Math.min(255, 100 * (Math.floor(i / 1024) % 3) + 28 + Math.floor(i / 3072)),
    ),
    ...[116, 98],
  ];
  const entries = Object.entries(fields).flatMap(([name, values]) => [
    ...[...op.short(text, name), 93, 40],
    ...values.flatMap((value) =>
      typeof value === "number" ? op.number(value) : op.short(text, value)
    ),
    101,
  ]);
  const data = count === 0 ? [] : [...op.short(text, "data"), ...array];
  return Uint8Array.from([0x80, 2, 125, 40, ...entries, ...data, 117, 46]);
}

const python2 = (fields: Fields) =>
  pickle(fields, { text: "U", module: "numpy.core", content: "T" });
const python3 = (fields: Fields) =>
  pickle(fields, { text: "\x8c", module: "numpy._core", content: "B" });

Deno.test("cifar100 reads the authors' binary files, fine and coarse", async () => {
  await withFolder(CIFAR100, async (root) => {
    const fine = orThrow(await loadDataset(`cifar100:${root}`));
    assertEquals([fine.classes.length, fine.train.count, fine.test.count], [100, 3, 1]);
    assertEquals([...fine.train.labels], [40, 99, 0]);
    const { train } = fine;
    const pixels = "pixels" in train ? [...train.pixels.subarray(3072, 3078)] : [];
    assertEquals(pixels, [11, 21, 31, 11, 21, 31]);
    const coarse = orThrow(await loadDataset(`cifar100:${root},labels=coarse`));
    assertEquals([coarse.classes.length, ...coarse.train.labels], [20, 3, 19, 0]);
  });
  const below = Object.fromEntries(
    Object.entries(CIFAR100).map(([name, content]) => [`cifar-100-binary/${name}`, content]),
  );
  await withFolder(below, async (root) => {
    assertEquals(orThrow(await loadDataset(`cifar100:${root}`)).test.count, 1);
  });
});

Deno.test("cifar10 reads the authors' binary files", async () => {
  const batches = Object.fromEntries(
    [1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, records([[i], [9]])]),
  );
  const files = {
    ...batches,
    "test_batch.bin": records([[8]]),
    "batches.meta.txt": `${names(10)}\n`,
  };
  await withFolder(files, async (root) => {
    const { train, test, classes } = orThrow(await loadDataset(`cifar10:${root}`));
    assertEquals([...train.labels], [1, 9, 2, 9, 3, 9, 4, 9, 5, 9]);
    assertEquals([test.count, classes.length], [1, 10]);
  });
});

Deno.test("cifar10 and cifar100 read the authors' Python files, as Python 2 wrote them and as Python 3 does", async () => {
  for (const pickle of [python2, python3]) {
    const batches = Object.fromEntries(
      [1, 2, 3, 4, 5].map((i) => [`data_batch_${i}`, pickle({ labels: [i, 9] })]),
    );
    const files = {
      ...batches,
      "test_batch": pickle({ labels: [8] }),
      "batches.meta": pickle({ label_names: Array.from({ length: 10 }, (_, i) => `class ${i}`) }),
    };
    const below = Object.fromEntries(
      Object.entries(files).map(([name, content]) => [`cifar-10-batches-py/${name}`, content]),
    );
    for (const placed of [files, below]) {
      await withFolder(placed, async (root) => {
        const { train, test, classes } = orThrow(await loadDataset(`cifar10:${root}`));
        assertEquals([...train.labels], [1, 9, 2, 9, 3, 9, 4, 9, 5, 9]);
        assertEquals([test.count, classes.at(-1)], [1, "class 9"]);
        const pixels = "pixels" in train ? [...train.pixels.subarray(3072, 3078)] : [];
        assertEquals(pixels, [29, 129, 229, 29, 129, 229]);
      });
    }
  }
  const hundred = {
    train: python2({ fine_labels: [40, 99], coarse_labels: [3, 19] }),
    test: python2({ fine_labels: [7], coarse_labels: [1] }),
    meta: python2({
      fine_label_names: names(100).split("\n").slice(0, 100),
      coarse_label_names: names(20).split("\n").slice(0, 20),
    }),
  };
  await withFolder(hundred, async (root) => {
    assertEquals([...orThrow(await loadDataset(`cifar100:${root}`)).train.labels], [40, 99]);
    const coarse = orThrow(await loadDataset(`cifar100:${root},labels=coarse`));
    assertEquals([coarse.classes.length, ...coarse.train.labels], [20, 3, 19]);
  });
});

Deno.test("a pickle that is damaged, or names what it may not, is refused and not executed", async () => {
  const meta = python2({ label_names: Array.from({ length: 10 }, (_, i) => `class ${i}`) });
  const told = async (batch: Uint8Array | string, ...parts: readonly string[]) => {
    await withFolder({ "batches.meta": meta, "data_batch_1": batch }, async (root) => {
      assertProblem(await loadDataset(`cifar10:${root}`), "data_batch_1", ...parts);
    });
  };
  const evil = new TextEncoder().encode("cos\nsystem\n(S'true'\ntR.");
  await told(evil, "got     the global os.system");
  await told(python2({ labels: [1, 2] }).subarray(0, 4000), "CIFAR's Python version");
  await told("", "CIFAR's Python version");
  await told(python2({ labels: [1, 300] }), "labels from 0 to 255");
  // Bytes of a length below 0 would be read for ever.
  await told(Uint8Array.of(0x42, 0xfb, 0xff, 0xff, 0xff, 0x2e), "a length below 0");
});

Deno.test("binary files that are not CIFAR's are told apart", async () => {
  await withFolder({}, async (root) => {
    assertProblem(
      await loadDataset(`cifar100:${root}`),
      "the file must exist",
      'name the folder "cifar-100-binary" of its archive',
    );
  });
  const cut = { ...CIFAR100, "train.bin": CIFAR100["train.bin"].subarray(0, 4000) };
  await withFolder(cut, async (root) => {
    assertProblem(await loadDataset(`cifar100:${root}`), "got     4000 bytes", "3074 bytes");
  });
  await withFolder({ ...CIFAR100, "test.bin": "" }, async (root) => {
    assertProblem(await loadDataset(`cifar100:${root}`), "test.bin", "got     0 bytes");
  });
  await withFolder({ ...CIFAR100, "fine_label_names.txt": "one\n" }, async (root) => {
    assertProblem(await loadDataset(`cifar100:${root}`), "got     1 names");
  });
  await withFolder({ ...CIFAR100, "test.bin": records([[1, 200]]) }, async (root) => {
    assertProblem(await loadDataset(`cifar100:${root}`), "label 200 of image 0");
  });
});

const big = (
  value: number,
) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function idx(sizes: readonly number[], data: readonly number[]): Uint8Array {
  return Uint8Array.from([0, 0, 8, sizes.length, ...sizes.flatMap(big), ...data]);
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const MNIST = {
  "train-images-idx3-ubyte": idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
  "train-labels-idx1-ubyte": idx([2], [4, 0]),
  "t10k-images-idx3-ubyte": idx([1, 2, 3], [9, 9, 9, 9, 9, 9]),
  "t10k-labels-idx1-ubyte": idx([1], [3]),
};

Deno.test("IDX files are read, gzipped or not", async () => {
  const packed: Record<string, Uint8Array> = {};
  for (const [name, bytes] of Object.entries(MNIST)) packed[`${name}.gz`] = await gzip(bytes);
  for (const files of [MNIST, packed]) {
    await withFolder(files, async (root) => {
      const data = orThrow(await loadDataset(`idx:${root}`));
      assertEquals([data.height, data.width, data.channels], [2, 3, 1]);
      assertEquals(data.classes, ["0", "1", "2", "3", "4"]);
      assertEquals([...data.train.labels], [4, 0]);
      const fashion = orThrow(await loadDataset(`fashion-mnist:${root}`));
      assertEquals(fashion.classes[fashion.test.labels[0] ?? -1], "dress");
    });
  }
});

Deno.test("IDX files are found by MNIST's own names, where torchvision puts them, and gzipped under any name", async () => {
  const dotted = Object.entries(MNIST).map(([name, bytes]) =>
    [name.replace("-idx", ".idx"), bytes] as const
  );
  const packed = await Promise.all(
    dotted.map(async ([name, bytes]) => [name, await gzip(bytes)] as const),
  );
  const ways = [
    ["idx", "", dotted],
    ["idx", "", packed],
    ["idx", "", packed.map(([name, bytes]) => [`${name}.gz`, bytes] as const)],
    ["idx", "raw/", dotted],
    ["idx", "MNIST/raw/", Object.entries(MNIST)],
    ["fashion-mnist", "FashionMNIST/raw/", Object.entries(MNIST)],
  ] as const;
  for (const [name, within, files] of ways) {
    const placed = Object.fromEntries(files.map(([name, bytes]) => [within + name, bytes]));
    await withFolder(placed, async (root) => {
      const data = orThrow(await loadDataset(`${name}:${root}`));
      assertEquals([...data.train.labels, ...data.test.labels], [4, 0, 3]);
    });
  }
});

Deno.test("IDX files that are damaged are refused", async () => {
  const told = async (files: Record<string, Uint8Array | string>, ...parts: readonly string[]) => {
    await withFolder({ ...MNIST, ...files }, async (root) => {
      assertProblem(await loadDataset(`idx:${root}`), ...parts);
    });
  };
  const name = "train-images-idx3-ubyte";
  await told({ [name]: "" }, "got     0 bytes");
  await told({ [name]: MNIST[name].subarray(0, 20) }, "got     20 bytes", "28 bytes for 2x2x3");
  await told({ [name]: idx([2], [1, 2]) }, "IDX data of 3 dimensions");
  await told({ "train-labels-idx1-ubyte": idx([1], [1]) }, "every image has one label");
  const { [name]: images, ...rest } = MNIST;
  const packed = await gzip(images);
  await withFolder({ ...rest, [`${name}.gz`]: packed.subarray(0, 25) }, async (root) => {
    assertProblem(await loadDataset(`idx:${root}`), "the file is whole gzip data");
  });
  const bomb = idx([2, 2, 3], new Array<number>(100_000).fill(0));
  await withFolder({ ...rest, [`${name}.gz`]: await gzip(bomb) }, async (root) => {
    assertProblem(
      await loadDataset(`idx:${root}`),
      "got     more than the 28 bytes that its sizes need",
    );
  });
  await withFolder({ ...rest, [`${name}.gz`]: await gzip(new Uint8Array(99)) }, async (root) => {
    assertProblem(await loadDataset(`idx:${root}`), "the file is IDX data of 3 dimensions");
  });
  await withFolder(rest, async (root) => {
    assertProblem(
      await loadDataset(`idx:${root}`),
      "neither this file nor",
      "dataset-fashion-mnist",
    );
  });
});
