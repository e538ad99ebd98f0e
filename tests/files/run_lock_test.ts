import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../dsl/problem/throw.ts";
import { beginRun, createRun } from "../../tasks/files/run_folder.ts";
import { isLocked, lockRun } from "../../tasks/files/run_lock.ts";
import { namesIn, withFolder } from "./_folder.ts";
import { problemOf } from "./_problem.ts";

Deno.test("lockRun() refuses a folder that is held, names the holder, and leaves nothing behind", () =>
  withFolder(async (folder) => {
    {
      await using held = orThrow(await lockRun(folder));
      assertEquals(held.notes, []);
      const { code, got } = problemOf(await lockRun(folder));
      assertEquals(code, "run-in-use");
      assertStringIncludes(got, `process ${Deno.pid} on ${Deno.hostname()}`);
    }
    assertEquals(await namesIn(folder), []);
    await using again = orThrow(await lockRun(folder));
    assertEquals(again.notes, []);
  }));

/** Locks a folder in a process of its own, and kills it. */
async function killedHolder(folder: string): Promise<number> {
  const lock = new URL("../../tasks/files/run_lock.ts", import.meta.url).href;
  const code = `const { lockRun } = await import("${lock}");
    const held = await lockRun(${JSON.stringify(folder)});
    console.log(held._tag);
    setInterval(() => held, 1000);`;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--config", config, code],
    stdout: "piped",
  }).spawn();
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    assertEquals(text.trim(), "Right");
    assertEquals(problemOf(await lockRun(folder)).code, "run-in-use");
    process.kill("SIGKILL");
  }
  await process.status;
  return process.pid;
}

Deno.test("lockRun() takes over from a process that was killed, and says so", () =>
  withFolder(async (folder) => {
    const pid = await killedHolder(folder);
    assertEquals(await namesIn(folder), ["lock.json"]);
    await using held = orThrow(await lockRun(folder));
    const [note = "", ...others] = held.notes;
    assertEquals(others, []);
    assertMatch(note, new RegExp(`taken over from process ${pid} on .*, which has ended`));
  }));

Deno.test("lockRun() takes a lock that names nobody", () =>
  withFolder(async (folder) => {
    for (const text of ["", "{", `{"process": "x"}`]) {
      await Deno.writeTextFile(join(folder, "lock.json"), text);
      await using held = orThrow(await lockRun(folder));
      assertEquals(held.notes, []);
    }
    assertEquals(await namesIn(folder), []);
  }));

Deno.test("lockRun() refuses what is no file of the folder alone, and leaves it as it is", () =>
  withFolder(async (base) => {
    const [folder, other] = [join(base, "run"), join(base, "other")];
    const lock = join(folder, "lock.json");
    await Deno.writeTextFile(other, "kept");
    const things: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["a link", () => Deno.symlink(other, lock)],
      ["a link", () => Deno.symlink(join(base, "none"), lock)],
      ["a link", () => Deno.symlink("/dev/zero", lock)],
      ["a file that has other names too", () => Deno.link(other, lock)],
      ["a folder", () => Deno.mkdir(lock)],
      ["a device or a pipe", () => new Deno.Command("mkfifo", { args: [lock] }).output()],
    ];
    for (const [thing, make] of things) {
      await Deno.mkdir(folder);
      await make();
      const { code, path, got, hint } = problemOf(await lockRun(folder));
      assertEquals([code, path, got], ["not-a-file", lock, thing]);
      assertStringIncludes(hint, "remove it");
      assertEquals(await namesIn(folder), ["lock.json"]);
      await Deno.remove(folder, { recursive: true });
    }
    assertEquals(await namesIn(base), ["other"]);
    assertEquals(await Deno.readTextFile(other), "kept");
  }));

Deno.test("of many that want the lock at once, one has it at a time", () =>
  withFolder(async (folder) => {
    let holders = 0;
    const worked = await Promise.all(Array.from({ length: 40 }, async () => {
      const lock = await lockRun(folder);
      if (lock._tag === "Left") return 0;
      await using _held = lock.right;
      assertEquals(++holders, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      holders--;
      return 1;
    }));
    assert(worked.includes(1));
  }));

Deno.test("lockRun() is not refused by those who ask whether the folder is locked", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "lock.json"), "");
    let isOver = false;
    const asking = Array.from({ length: 2 }, async () => {
      while (!isOver) await isLocked(folder);
    });
    for (let i = 0; i < 20; i++) {
      await Deno.writeTextFile(join(folder, "lock.json"), "");
      await using _held = orThrow(await lockRun(folder));
    }
    isOver = true;
    await Promise.all(asking);
  }));

Deno.test("beginRun() gives runs that begin at once folders of their own", () =>
  withFolder(async (base) => {
    const begun = await Promise.all(
      Array.from(
        { length: 10 },
        (_, i) => beginRun({ base: join(base, "runs"), name: "a" }, { i }),
      ),
    );
    const folders = begun.map((run) => orThrow(run).run.folder);
    assertEquals(new Set(folders).size, 10);
    for (const run of begun) await orThrow(run)[Symbol.asyncDispose]();
    assertEquals(await namesIn(join(base, "runs", "a-10")), ["config.json"]);
  }));

Deno.test("of runs that begin in one folder at once, one is begun", () =>
  withFolder(async (base) => {
    const folder = join(base, "a");
    const begun = await Promise.all(Array.from({ length: 10 }, (_, i) => createRun(folder, { i })));
    assertEquals(begun.filter(({ _tag }) => _tag === "Right").length, 1);
    assertEquals(await namesIn(folder), ["config.json"]);
  }));

Deno.test("createRun() takes the folder of a process that was killed before it could begin", () =>
  withFolder(async (folder) => {
    await killedHolder(folder);
    await Deno.writeTextFile(join(folder, `.config.json.${crypto.randomUUID()}.tmp`), "{");
    orThrow(await createRun(folder, {}));
    assertEquals(await namesIn(folder), ["config.json"]);
  }));
