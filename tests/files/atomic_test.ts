import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type FileSystem, replaceFile } from "../../tasks/files/_replace.ts";
import { readBytes, readJson, readText, writeAtomic } from "../../tasks/files/atomic.ts";
import { type FileAction, ioProblem } from "../../tasks/files/io_problem.ts";
import { namesIn, withFolder } from "./_folder.ts";
import { problemOf } from "./_problem.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code} (os error)`), { code });
}

/** A disk that takes `room` bytes, three at a time. */
function smallDisk(room: number): FileSystem {
  return {
    open: async (path, options) => {
      const file = await Deno.open(path, options);
      let left = room;
      return {
        write: async (bytes) => {
          if (left === 0) throw systemError("ENOSPC");
          const written = await file.write(
            bytes.subarray(0, Math.min(3, left)),
          );
          left -= written;
          return written;
        },
        syncData: () => file.syncData(),
        close: () => file.close(),
      };
    },
    rename: Deno.rename,
    remove: Deno.remove,
  };
}

Deno.test("writeAtomic() writes a new file, replaces an old one, and leaves nothing else", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.txt");
    for (const text of ["first, which is long", "second"]) {
      assertEquals((await writeAtomic(path, text))._tag, "Right");
      assertEquals(await Deno.readTextFile(path), text);
    }
    assertEquals(await namesIn(folder), ["a.txt"]);
  }));

Deno.test("writeAtomic() writes bytes as they are, a view of a larger buffer included", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await writeAtomic(path, new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    assertEquals(await Deno.readFile(path), new Uint8Array([2, 3]));
  }));

Deno.test("writeAtomic() reports a missing folder, a folder in the file's place and a file in a folder's", () =>
  withFolder(async (folder) => {
    const missing = problemOf(await writeAtomic(join(folder, "none", "a"), ""));
    assertEquals(missing.rule, "the folder above it must exist");
    assertStringIncludes(missing.got, join(folder, "none"));
    assertEquals(
      problemOf(await writeAtomic(folder, "")).rule,
      "the path must be a file",
    );
    await Deno.writeTextFile(join(folder, "file"), "");
    assertEquals(
      problemOf(await writeAtomic(join(folder, "file", "a"), "")).rule,
      "the path must run through folders",
    );
    assertEquals(await namesIn(folder), ["file"]);
  }));

Deno.test({
  name: "writeAtomic() does not replace a device",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { rule } = problemOf(await writeAtomic("/dev/null", "text"));
    assert(
      rule === "only an ordinary file can be replaced" ||
        rule.startsWith("the system must let"),
    );
  },
});

Deno.test("replaceFile() keeps the old file and removes the temporary one when the disk is full", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.txt");
    await Deno.writeTextFile(path, "old");
    const bytes = new TextEncoder().encode("new content");
    await assertRejects(
      () => replaceFile(path, bytes, smallDisk(5)),
      Error,
      "ENOSPC",
    );
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals(await namesIn(folder), ["a.txt"]);
  }));

Deno.test("replaceFile() writes everything when the system takes a few bytes at a time", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.txt");
    await replaceFile(
      path,
      new TextEncoder().encode("new content"),
      smallDisk(99),
    );
    assertEquals(await Deno.readTextFile(path), "new content");
  }));

Deno.test("ioProblem() has words for each failure of the system", () => {
  const cases: readonly (readonly [Error, FileAction, string])[] = [
    [systemError("ENOSPC"), "write", "the disk must have room"],
    [systemError("EROFS"), "write", "the file system must be writable"],
    [
      systemError("EACCES"),
      "write",
      "the system must let this user write the file",
    ],
    [
      new Deno.errors.PermissionDenied(),
      "make",
      "the system must let this user make the folder",
    ],
    [systemError("ENOENT"), "read", "the file must exist"],
    [systemError("ENOENT"), "list", "the folder must exist"],
    [systemError("EEXIST"), "make", "nothing may stand at the path yet"],
    [systemError("EIO"), "write", "the file must let itself be written"],
  ];
  for (const [error, action, rule] of cases) {
    assertEquals(ioProblem(error, "out/a", action).rule, rule);
  }
});

Deno.test("ioProblem() names the flag that gives Deno access", () => {
  const error = new Deno.errors.NotCapable();
  assertEquals(
    ioProblem(error, "runs/a/last.safetensors", "write").hint,
    "run again with --allow-write=runs/a",
  );
  assertEquals(
    ioProblem(error, "net.json", "read").hint,
    "run again with --allow-read=net.json",
  );
});

Deno.test("readBytes(), readText() and readJson() report what cannot be read", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.json");
    assertEquals(problemOf(await readBytes(path)).rule, "the file must exist");
    assertEquals(
      problemOf(await readText(folder)).rule,
      "the path must be a file",
    );
    await Deno.writeFile(path, new Uint8Array([0xff, 0xfe]));
    assertEquals(
      problemOf(await readText(path)).rule,
      "a text file must be UTF-8",
    );
    await Deno.writeTextFile(path, `{"a": 1,}`);
    assertEquals(problemOf(await readJson(path)).rule, "the file must be JSON");
    assertEquals(problemOf(await readJson(path, { atMost: 8 })).got, "9 bytes");
    await Deno.writeTextFile(path, `{"a": 1}`);
    assertEquals(await readJson(path, { atMost: 8 }), {
      _tag: "Right",
      right: { a: 1 },
    });
  }));
