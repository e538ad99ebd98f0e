/** Paths that lead nowhere, or cannot mean what they look like: each is said, by whichever task meets it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { isRun } from "../../tasks/export/subject.ts";
import { attempt } from "../../dsl/problem/throw.ts";
import { dataset } from "../../tasks/cli/dataset_option.ts";
import { oneOf, refusal, text } from "../../tasks/cli/reader.ts";
import { readBytes, readText, writeAtomic } from "../../tasks/files/atomic.ts";
import { withFolder } from "../files/_folder.ts";
import { run, withTasks } from "./_task.ts";

const file = text("FILE", "a file");

Deno.test("a path with ~ that no shell has opened is refused, and what to write is said", () => {
  for (const path of ["~", "~/a.png", "~me/a.png", "~/my images/a.png"]) {
    assertEquals(file.read(path), undefined, path);
    assertStringIncludes(refusal(file, path), "write the whole path");
  }
  for (const name of ["folder:~/images", "cifar10:~/cifar", "folder:a,extra=~/b"]) {
    assertEquals(dataset.read(name), undefined, name);
    assertStringIncludes(refusal(dataset, name), "write the whole path");
  }
  for (const path of ["./~/a.png", "~a.png", "a~", "runs/~", "a ~ b", "/home/me/a b.png"]) {
    assertEquals(file.read(path), path);
    assertEquals(dataset.read(`folder:${path}`), `folder:${path}`);
  }
  assertEquals(refusal(oneOf(["wasm"], "NAME"), "~/"), 'wanted wasm, got "~/"');
});

Deno.test("a name that is not UTF-8 is refused as it is given, and named as it is read", async () => {
  assertStringIncludes(refusal(file, "\ufffd.svg"), "the name is not UTF-8");
  const read = await readBytes("/nowhere/\ufffd.png");
  assertEquals(read._tag === "Left" && read.left.map(({ code }) => code), ["name-not-utf8"]);
});

Deno.test({
  name:
    "a link that leads back to itself is a problem of its own, and so is a name that is too long",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withFolder(async (folder) => {
      const loop = join(folder, "loop.json");
      await Deno.symlink("loop.json", loop);
      const long = join(folder, `${"a".repeat(300)}.json`);
      for (const [path, code] of [[loop, "link-loop"], [long, "name-too-long"]] as const) {
        for (
          const tried of [
            readBytes(path),
            readText(path),
            writeAtomic(path, ""),
            attempt(() => isRun(path)),
          ]
        ) {
          const done = await tried;
          assertEquals(done._tag === "Left" && done.left.map((problem) => problem.code), [code]);
        }
      }
    });
  },
});

Deno.test({
  name: "tasks name a link that leads back to itself, and a path with ~",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withTasks(async (folder) => {
      await Deno.symlink("loop.json", join(folder, "loop.json"));
      const cases = [
        ["summary", ["loop.json", "--input=8x8x3"], 1, "links must lead somewhere"],
        ["export", ["loop.json", "--format=onnx"], 1, "links must lead somewhere"],
        [
          "export",
          ["cifar/attention-20", "--format=torch", "--out=~/here"],
          2,
          "write the whole path",
        ],
      ] as const;
      for (const [task, args, code, said] of cases) {
        const ended = await run(folder, task, ...args);
        assertEquals([ended.code, ended.stdout], [code, ""], ended.stderr);
        assertStringIncludes(ended.stderr, said);
      }
      assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
    });
  },
});
