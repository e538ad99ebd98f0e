/** The board while runs come and go, are written and are locked. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { boardRuns, runDetails } from "../../tasks/board/_runs.ts";
import { readOn, recorded, START } from "../../tasks/board/_recorded.ts";
import { followed } from "../../tasks/board/_follow.ts";
import { keptPictures } from "../../tasks/board/_kept.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { truncateSteps } from "../../tasks/files/steps.ts";
import type { Recorded, Unread } from "../../tasks/board/wire.ts";
import { orThrow } from "../../mod.ts";
import { withFolder } from "../files/_folder.ts";
import { makeRun, writeEpoch } from "./_board.ts";

/** Milliseconds for which runs come and go. */
const FOR_MS = 3000;

Deno.test("runs that come and go, are written and are locked disturb no other", async () => {
  await withFolder(async (root) => {
    const end = performance.now() + FOR_MS;
    const isOn = () => performance.now() < end;
    const stays = await makeRun(join(root, "stays"));
    await writeEpoch(stays, 1);
    const comeAndGo = async (folder: string) => {
      while (isOn()) {
        const run = await makeRun(folder);
        const lock = orThrow(await lockRun(folder));
        for (const epoch of [1, 2]) await writeEpoch(run, epoch);
        orThrow(await truncateSteps(run, 40));
        await lock[Symbol.asyncDispose]();
        await Deno.remove(folder, { recursive: true });
      }
    };
    const list = async () => {
      for (; isOn(); await pause(1)) {
        const { runs, problems } = orThrow(await boardRuns(root));
        assertEquals(problems, []);
        assert(runs.some(({ id }) => id === "stays"));
      }
    };
    /** What is wrong with a run that is gone is told, and never thrown. */
    const lookAt = async (id: string) => {
      for (; isOn(); await pause(1)) {
        for (const look of [recorded, runDetails, keptPictures]) {
          const found = await look(root, id);
          const codes = found._tag === "Left" ? found.left.map(({ code }) => code) : [];
          assert(codes.every((code) => ["not-a-run", "not-found"].includes(code)), codes.join());
        }
      }
    };
    const names = ["below/a", "below/b", "other/c"];
    await Promise.all([
      ...names.map((name) => comeAndGo(join(root, name))),
      ...names.map(lookAt),
      list(),
      list(),
    ]);
  });
});

Deno.test("another run in the place of one that was removed begins from its first step", async () => {
  await withFolder(async (root) => {
    const folder = join(root, "a");
    const run = await makeRun(folder);
    await writeEpoch(run, 1, 3);
    const { at } = await readOn(run.steps, START);
    for (let again = 0; again < 5; again++) {
      await Deno.remove(folder, { recursive: true });
      // Its file may get the number that the old one had.
      await pause(5);
      await makeRun(folder);
      await writeEpoch(run, 1, 9);
      const next = await readOn(run.steps, at);
      assertEquals([next.anew, next.steps.step.length], [true, 9]);
    }
  });
});

Deno.test("what cannot be read of a run that is followed is told once, by its name, until it can", async () => {
  await withFolder(async (root) => {
    const run = await makeRun(join(root, "a"));
    await writeEpoch(run, 1);
    const events = followed(root, [{ id: "a", at: START }]).getReader();
    const next = async (): Promise<Recorded | Unread> => {
      while (true) {
        const text = new TextDecoder().decode((await events.read()).value);
        const [, data] = /^data: (.*)$/m.exec(text) ?? [];
        if (data !== undefined) return JSON.parse(data);
      }
    };
    assert("run" in await next());
    const config = await Deno.readTextFile(run.config);
    await Deno.remove(run.config);
    const unread = await next();
    const problems = "problems" in unread ? unread.problems : [];
    assertEquals([unread.id, problems[0]?.code], ["a", "not-a-run"]);
    await Deno.writeTextFile(run.config, config);
    assert("run" in await next());
    await events.cancel();
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
