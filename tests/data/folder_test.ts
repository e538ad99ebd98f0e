import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../dsl/problem/throw.ts";
import {
  areFiles,
  fileBatches,
  type FileBatchOptions,
  folder,
  type ImageFiles,
  loadDataset,
  SCALE,
} from "../../tasks/data/mod.ts";
import { normalizationOf } from "../../tasks/data/normalize.ts";
import { CMYK, jpeg, png, withFolder } from "./_pictures.ts";
import { assertProblem } from "./_results.ts";

/** Two classes, pictures of several kinds and sizes. */
const MIXED = {
  "train/red/a.png": png(30, 20),
  "train/red/b.jpg": jpeg(17, 41),
  "train/red/c.JPEG": png(9, 9, { depth: 16 }),
  "train/blue/a.jpeg": jpeg(64, 64, 2),
  "train/blue/grey.png": png(12, 40, { channels: 1 }),
  "train/blue/cmyk.jpg": CMYK,
  "val/red/x.png": png(16, 16),
  "val/blue/y.jpg": jpeg(16, 16, 2),
};

function options(files: ImageFiles, changes: Partial<FileBatchOptions> = {}): FileBatchOptions {
  return {
    size: 4,
    classes: 2,
    key: [3, 4],
    epoch: 0,
    normalization: orThrow(normalizationOf(files)),
    ...changes,
  };
}

Deno.test("folder() reads pictures of mixed kinds and sizes as one set", async () => {
  await withFolder(MIXED, async (root) => {
    const data = orThrow(await folder(root, { size: 16 }));
    assertEquals(data.classes, ["blue", "red"]);
    assertEquals(data.train.paths, [
      "blue/a.jpeg",
      "blue/cmyk.jpg",
      "blue/grey.png",
      "red/a.png",
      "red/b.jpg",
      "red/c.JPEG",
    ]);
    assertEquals([...data.train.labels], [0, 0, 0, 1, 1, 1]);
    assertEquals(data.broken, []);
    const seen = await Array.fromAsync(orThrow(fileBatches(data.train, options(data.train))));
    assertEquals(seen.map(({ count }) => count), [4, 2]);
    assertEquals(seen.flatMap(({ labels, count }) => [...labels.subarray(0, count)]), [
      0,
      0,
      0,
      1,
      1,
      1,
    ]);
    for (const { images, broken } of seen) {
      assertEquals(broken, undefined);
      assert(images.every(Number.isFinite));
    }
    // A grey picture has the same brightness in every channel, here before normalisation.
    const { mean, std } = data.train.colours;
    const grey = seen[0]?.images.subarray(2 * 16 * 16 * 3, 2 * 16 * 16 * 3 + 3) ?? [];
    const [r = 0, g = 0, b = 0] = Array.from(
      grey,
      (v, c) => Math.round((v * (std[c] ?? 0) + (mean[c] ?? 0)) * 255),
    );
    assertEquals([g, b], [r, r]);
  });
});

Deno.test("batches of files are the same each time, shuffled and cut at random", async () => {
  await withFolder(MIXED, async (root) => {
    const { train } = orThrow(await folder(root, { size: 16 }));
    const random = { shuffle: true, augment: SCALE, last: "drop", size: 2 } as const;
    const read = (changes: Partial<FileBatchOptions>) =>
      Array.fromAsync(orThrow(fileBatches(train, options(train, { ...random, ...changes }))));
    const [first, again, resumed, next] = [
      await read({}),
      await read({}),
      await read({ start: 2 }),
      await read({ epoch: 1 }),
    ];
    assertEquals(first, again);
    assertEquals(resumed, first.slice(2));
    assertNotEquals(first[0]?.images, next[0]?.images);
  });
});

Deno.test("ten crops show ten views of each picture, the last five mirrored", async () => {
  await withFolder(MIXED, async (root) => {
    const { test } = orThrow(await folder(root, { size: 8 }));
    const views = await Array.fromAsync(
      orThrow(fileBatches(test, options(test, { tenCrops: true, size: 2 }))),
    );
    assertEquals(views.map(({ view }) => view), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const pixel = (view: number, row: number, column: number) =>
      views[view]?.images.subarray((row * 8 + column) * 3, (row * 8 + column) * 3 + 3);
    assertEquals(pixel(0, 3, 1), pixel(5, 3, 6));
    assertEquals(pixel(4, 0, 0), pixel(9, 0, 7));
    assertNotEquals(views[0]?.images, views[3]?.images);
  });
});

Deno.test("folder() names every file that is broken at a glance, and leaves it out", async () => {
  const whole = jpeg(40, 40);
  const broken = {
    "train/red/empty.png": new Uint8Array(),
    "train/red/cut.jpg": whole.subarray(0, whole.length - 30),
    "train/blue/cut.png": png(20, 20).subarray(0, 60),
    "train/blue/notes.txt": "not a picture",
    "train/readme.txt": "beside the classes",
    "val/blue/more/deep.png": png(4, 4),
  };
  await withFolder({ ...MIXED, ...broken }, async (root) => {
    const { train, broken: found = [] } = orThrow(await folder(root, { size: 16 }));
    assertEquals(train.count, 6);
    assertEquals(found.map(({ path }) => path.slice(root.length + 1)).sort(), [
      "train/blue/cut.png",
      "train/blue/notes.txt",
      "train/readme.txt",
      "train/red/cut.jpg",
      "train/red/empty.png",
      "val/blue/more",
    ]);
    const text = found.map(({ got }) => got).join("\n");
    for (const part of ["an empty file", "begins with 6e 6f 74", "end-of-image marker"]) {
      assert(text.includes(part), text);
    }
  });
});

Deno.test("a file that turns out broken leaves its place empty and is named", async () => {
  const damaged = jpeg(40, 40).slice();
  damaged.fill(0xff, 300, damaged.length - 2);
  await withFolder({ ...MIXED, "train/blue/b.jpg": damaged }, async (root) => {
    const { train } = orThrow(await folder(root, { size: 16 }));
    assertEquals(train.count, 7);
    const [batch] = await Array.fromAsync(orThrow(fileBatches(train, options(train))));
    assertEquals([...batch?.broken?.keys() ?? []], [1]);
    assertEquals(batch?.broken?.get(1)?.path, join(root, "train", "blue/b.jpg"));
    assertEquals([...batch?.targets ?? []], [1, 0, 0, 0, 1, 0, 1, 0]);
    const size = 16 * 16 * 3;
    assert(batch?.images.subarray(size, 2 * size).every((value) => value === 0));
  });
});

Deno.test("folder() says what a folder lacks", async () => {
  const told = async (files: Parameters<typeof withFolder>[0], ...parts: readonly string[]) => {
    await withFolder(files, async (root) => assertProblem(await folder(root), ...parts));
  };
  await told({ "train/red/a.png": png(4, 4) }, "got     train", "one of test, val");
  await told({ "cats/a.png": png(4, 4) }, "got     cats", "name the folder that holds train");
  await withFolder({ "a.png": png(4, 4) }, async (root) => {
    assertProblem(await folder(`${root}/a.png`), `wanted  a folder at "${root}/a.png"`);
  });
  await told({ "train/a.png": png(4, 4), "val/red/a.png": png(4, 4) }, "no folders in it");
  await told(
    { ...MIXED, "train/green/": "", "val/green/": "" },
    "green (data set): a class has at least one picture",
    "got     an empty folder",
  );
  await told(
    { ...MIXED, "train/green/a.png": "" },
    "got     1 file that cannot be used",
  );
  await told(
    { ...MIXED, "val/rde/a.png": png(4, 4) },
    "rde (data set): a class that is measured is one that was learnt",
  );
});

Deno.test("loadDataset() takes a folder with its size", async () => {
  await withFolder(MIXED, async (root) => {
    const data = orThrow(await loadDataset(`folder:${root},size=24,shorter=24`));
    assertEquals([data.name, data.height], [`folder:${root},size=24,shorter=24`, 24]);
    assert(areFiles(data.train) && data.train.shorter === 24);
    assertProblem(await loadDataset(`folder:${root},side=24`), 'got     "side"', "size or shorter");
    assertProblem(await loadDataset(`folder:${root},size=0`), "got     size=0");
    assertProblem(await loadDataset("folder"), "the data set needs the path of its folder");
  });
});
