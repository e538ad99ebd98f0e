import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../dsl/problem/throw.ts";
import { sha256 } from "../../tasks/data/raw_cache.ts";
import { cifar10, type Cifar10Source } from "../../tasks/data/mod.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { withFolder } from "../files/_folder.ts";
import { fakeByte, fakeSheet, fakeSource } from "./_fake_cifar10.ts";
import { assertProblem } from "./_results.ts";

async function names(cache: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(cache, "cifar10")));
  return entries.map(({ name }) => name).toSorted();
}

const WHOLE = [
  "manifest.json",
  "test_labels.bin",
  "test_pixels.bin",
  "train_labels.bin",
  "train_pixels.bin",
];

Deno.test("cifar10() gives the real images and labels", async () => {
  const { train, test, classes } = orThrow(await cifar10());
  assertEquals([train.count, test.count], [50_000, 10_000]);
  assertEquals([...test.labels.subarray(0, 10)], [3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
  assertEquals(
    [...train.labels.subarray(0, 3)].map((label) => classes[label]),
    ["frog", "truck", "truck"],
  );
  for (const split of [train, test]) {
    const counts = new Array<number>(10).fill(0);
    for (const label of split.labels) counts[label] = (counts[label] ?? 0) + 1;
    assertEquals(counts, new Array(10).fill(split.count / 10));
  }
  // The first test image is a cat on a brown ground, with blue to the lower right.
  assertEquals([...test.pixels.subarray(0, 3)], [158, 112, 49]);
  assertEquals(
    await sha256(Uint8Array.from(test.pixels)),
    "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
  );
  assertEquals(
    await sha256(Uint8Array.from(train.pixels)),
    "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
  );
});

Deno.test("cifar10() puts the rows of all sheets in order", () =>
  withFolder(async (cache) => {
    const { train, test } = orThrow(
      await cifar10({ cache, source: fakeSource() }),
    );
    assertEquals(train.shape, [32, 32, 3]);
    assertEquals([train.count, test.count], [10, 2]);
    const expected = (sheets: readonly number[]) =>
      Uint8Array.from(sheets.flatMap((sheet) =>
        [0, 1].flatMap((row) => Array.from({ length: 3072 }, (_, i) => fakeByte(sheet, row, i)))
      ));
    assertEquals(train.pixels, expected([0, 1, 2, 3, 4]));
    assertEquals(test.pixels, expected([5]));
    assertEquals([...test.labels], [9, 0]);
  }));

Deno.test("cifar10() decodes once and reads its cache after", () =>
  withFolder(async (cache) => {
    const source = fakeSource();
    const steps: string[] = [];
    const first = orThrow(
      await cifar10({
        cache,
        source,
        onProgress: ({ done, total, step }) => steps.push(`${done}/${total} ${step}`),
      }),
    );
    assertEquals(source.loads, 6);
    assertEquals(steps[0], "0/6 fetching the labels");
    assertEquals(steps.at(-1), "6/6 decoded every sheet");
    steps.length = 0;
    const again = orThrow(await cifar10({ cache, source }));
    assertEquals(source.loads, 6);
    assertEquals(steps, []);
    assertEquals(again, first);
    assertEquals(await names(cache), WHOLE);
  }));

const DAMAGES: readonly {
  readonly name: string;
  readonly says: string;
  readonly act: (folder: string) => Promise<void>;
}[] = [
  {
    name: "a file is missing",
    says: "train_pixels.bin is missing",
    act: (folder) => Deno.remove(join(folder, "train_pixels.bin")),
  },
  {
    name: "a file is cut short",
    says: "train_pixels.bin has 100 bytes, not 30720",
    act: (folder) => Deno.truncate(join(folder, "train_pixels.bin"), 100),
  },
  {
    name: "a bit is flipped",
    says: "test_pixels.bin does not have its checksum",
    act: async (folder) => {
      const bytes = await Deno.readFile(join(folder, "test_pixels.bin"));
      bytes[1234] = (bytes[1234] ?? 0) ^ 1;
      await Deno.writeFile(join(folder, "test_pixels.bin"), bytes);
    },
  },
  {
    name: "the manifest is missing",
    says: "manifest.json is missing",
    act: (folder) => Deno.remove(join(folder, "manifest.json")),
  },
  {
    name: "the manifest is not JSON",
    says: "manifest.json cannot be understood",
    act: (folder) => Deno.writeTextFile(join(folder, "manifest.json"), "{"),
  },
  {
    name: "the manifest has another version",
    says: "manifest.json cannot be understood",
    act: (folder) =>
      Deno.writeTextFile(
        join(folder, "manifest.json"),
        '{"version":0,"files":[]}',
      ),
  },
  {
    name: "the manifest leaves a file out",
    says: "manifest.json does not list train_pixels.bin",
    act: (folder) =>
      Deno.writeTextFile(
        join(folder, "manifest.json"),
        '{"version":1,"files":[]}',
      ),
  },
];

for (const { name, says, act } of DAMAGES) {
  Deno.test(`cifar10() rebuilds its cache and says so when ${name}`, () =>
    withFolder(async (cache) => {
      const source = fakeSource();
      const first = orThrow(await cifar10({ cache, source }));
      const folder = join(cache, "cifar10");
      await act(folder);
      const steps: string[] = [];
      const rebuilt = orThrow(
        await cifar10({
          cache,
          source,
          onProgress: ({ step }) => steps.push(step),
        }),
      );
      assertEquals(
        steps[0],
        `rebuilding the damaged cache in "${folder}": ${says}`,
      );
      assertEquals(rebuilt, first);
      assertEquals(source.loads, 12);
      assertEquals(orThrow(await cifar10({ cache, source })), first);
      assertEquals(source.loads, 12);
      assertEquals(await names(cache), WHOLE);
    }));
}

Deno.test("cifar10() leaves a whole cache when several callers decode at once", () =>
  withFolder(async (cache) => {
    const results = await Promise.all(
      Array.from({ length: 4 }, () => cifar10({ cache, source: fakeSource() })),
    );
    const source = fakeSource();
    const after = orThrow(await cifar10({ cache, source }));
    assertEquals(source.loads, 0);
    for (const result of results) assertEquals(orThrow(result), after);
    assertEquals(await names(cache), WHOLE);
  }));

Deno.test("cifar10() removes what a stopped writer left behind, not what a living one writes", () =>
  withFolder(async (cache) => {
    const folder = join(cache, "cifar10");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "old.tmp"), "");
    await Deno.utime(join(folder, "old.tmp"), 0, 0);
    await Deno.writeTextFile(join(folder, "new.tmp"), "");
    orThrow(await cifar10({ cache, source: fakeSource() }));
    assertEquals(
      await names(cache),
      [...WHOLE, "new.tmp"].toSorted(),
    );
  }));

Deno.test("cifar10() removes what a killed writer left, and waits for a living one", () =>
  withFolder(async (cache) => {
    const folder = join(cache, "cifar10");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, `.test_labels.bin.${crypto.randomUUID()}.tmp`), "");
    const steps: string[] = [];
    const lock = orThrow(await lockRun(folder));
    const source = fakeSource();
    const waiting = cifar10({ cache, source, onProgress: ({ step }) => steps.push(step) });
    while (steps.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assertStringIncludes(steps.join(), `waiting for process ${Deno.pid} on `);
    assertEquals(source.loads, 0);
    await lock[Symbol.asyncDispose]();
    orThrow(await waiting);
    assertEquals(await names(cache), WHOLE);
  }));

Deno.test({
  name: "cifar10() names the permissions when it may not write its cache",
  permissions: { read: true },
  fn: async () => {
    const source = fakeSource();
    const folder = join("no-such-cache", "cifar10");
    assertProblem(
      await cifar10({ cache: "no-such-cache", source }),
      "Deno must be allowed to make the folder",
      `--allow-read="${folder}" --allow-write="${folder}"`,
    );
    assertEquals(source.loads, 0);
  },
});

Deno.test({
  name: "cifar10() names the permissions when it may not read its cache",
  permissions: { read: false },
  fn: async () =>
    assertProblem(
      await cifar10({ cache: "no-such-cache", source: fakeSource() }),
      "Deno must be allowed to read the file",
      `--allow-read="${join("no-such-cache", "cifar10")}"`,
    ),
});

Deno.test("cifar10() reports sheets and labels that do not fit", () =>
  withFolder(async (cache) => {
    const broken = (change: Partial<Cifar10Source>) =>
      cifar10({ cache, source: { ...fakeSource(), ...change } });
    assertProblem(
      await broken({ labels: () => Promise.resolve([1, 10]) }),
      "cifar10.train.labels (data set): the labels are class indices",
      "got     10",
    );
    assertProblem(
      await broken({ labels: () => Promise.resolve({}) }),
      "got     {}",
    );
    assertProblem(
      await broken({ labels: () => Promise.resolve([1, 2]) }),
      "10 images, 2 labels",
    );
    assertProblem(
      await broken({ sheet: () => Promise.resolve(new Uint8Array(9)) }),
      "cifar10.0 (data set): a sheet is a PNG file",
    );
    assertProblem(
      await broken({
        sheet: () => Promise.resolve(fakeSheet(0).subarray(0, 400)),
      }),
      "a sheet is a PNG file",
    );
    assertProblem(
      await broken({ sheet: () => Promise.reject(new Error("offline")) }),
      "must be within reach",
      "offline",
      "connect this machine once",
    );
    const left = await names(cache);
    assert(left.length === 0, "a failure leaves nothing in the cache");
  }));
