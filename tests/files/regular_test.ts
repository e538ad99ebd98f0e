/** Files that are none, or are too large, are refused before they are opened, wherever a path is read. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Result } from "../../dsl/problem/result.ts";
import { readBytes, readJson, readText, writeAtomic } from "../../tasks/files/atomic.ts";
import { LARGEST } from "../../tasks/files/regular.ts";
import { folder as pictures, idx, readImage } from "../../tasks/data/mod.ts";
import { readStateDict } from "../../tasks/import/state_dict.ts";
import { networkModule } from "../../tasks/networks/module.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { openRunIn } from "../../tasks/training/config.ts";
import { png } from "../data/_pictures.ts";
import { withFolder } from "./_folder.ts";
import { problemOf } from "./_problem.ts";

const READERS: Readonly<Record<string, (path: string) => Promise<Result<unknown>>>> = {
  bytes: readBytes,
  text: readText,
  JSON: readJson,
  image: readImage,
  checkpoint: loadCheckpoint,
  "state dict": (path) => readStateDict(`${path}`, "python3"),
  module: networkModule,
};

async function makePipe(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assertEquals(success, true);
}

Deno.test({
  name: "a pipe or a device is no file to read or to replace, and nothing waits for it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const path = join(folder, "pipe");
      await makePipe(path);
      for (const [name, read] of Object.entries(READERS)) {
        assertEquals(problemOf(await read(path)).rule, "only an ordinary file can be read", name);
        assertEquals(problemOf(await read("/dev/zero")).code, "not-a-file", name);
      }
      const { rule } = problemOf(await writeAtomic(path, "text"));
      assertEquals(rule, "only an ordinary file can be replaced");
      await makePipe(join(folder, "config.json"));
      assertEquals(problemOf(await openRunIn({}, folder)).code, "not-a-file");
      await makePipe(join(folder, "train-images-idx3-ubyte"));
      const data = await idx(folder, { name: "mnist" });
      assertEquals(data._tag === "Left" && data.left[0]?.code, "not-a-file");
    }),
});

Deno.test({
  name: "a pipe among pictures is a broken file",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      for (const part of ["train/a", "val/a"]) {
        await Deno.mkdir(join(folder, part), { recursive: true });
        await Deno.writeFile(join(folder, part, "1.png"), png(8, 8));
        await makePipe(join(folder, part, "2.png"));
      }
      const data = await pictures(folder, { size: 8 });
      assertEquals(
        data._tag === "Right" && data.right.broken?.map(({ rule }) => rule),
        Array(2).fill("only an ordinary file can be read"),
      );
    }),
});

Deno.test("a file that is larger than its kind can be is not read, sparse or not", () =>
  withFolder(async (folder) => {
    const path = join(folder, "sparse");
    await Deno.writeFile(path, new Uint8Array());
    await Deno.truncate(path, 2 ** 40);
    const limits: Readonly<Record<string, number>> = {
      bytes: LARGEST.data,
      image: LARGEST.image,
      checkpoint: LARGEST.weights,
      "state dict": LARGEST.weights,
    };
    for (const [name, read] of Object.entries(READERS)) {
      const { got, wanted } = problemOf(await read(path));
      assertEquals([got, wanted], [
        `${2 ** 40} bytes`,
        `at most ${limits[name] ?? LARGEST.text} bytes`,
      ]);
    }
  }));

Deno.test("a path with NUL is a problem, not an error", async () => {
  for (const read of [...Object.values(READERS), (path: string) => writeAtomic(path, "")]) {
    const { code, path } = problemOf(await read("a\0b"));
    assertEquals([code, path], ["invalid-path", `"a\\u0000b"`]);
  }
});
