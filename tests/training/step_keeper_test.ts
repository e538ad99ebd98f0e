/** Steps reach the disk while training goes on, each once and in order, whatever fails on the way. */
import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { createRun, type RunFolder } from "../../tasks/files/run_folder.ts";
import { readSteps, type StepRecord } from "../../tasks/files/steps.ts";
import { stepKeeper } from "../../tasks/training/step_keeper.ts";
import { withFolder } from "../files/_folder.ts";

const record = (step: number): StepRecord => ({ step, epoch: 1, loss: 1, rate: 0.1, seconds: 0 });
const kept = async (run: RunFolder) => orThrow(await readSteps(run)).map(({ step }) => step);

Deno.test("steps are kept twice a second, and all of them when somebody waits", async () => {
  await withFolder(async (folder) => {
    const run = orThrow(await createRun(folder, {}));
    let now = 0;
    const told: number[] = [];
    const board = {
      addSteps: (records: readonly StepRecord[]) => {
        told.push(...records.map(({ step }) => step));
        return Promise.resolve({ _tag: "Right", right: undefined } as const);
      },
    };
    const keeper = stepKeeper(run, board, () => now);
    for (let step = 1; step <= 10; step++) {
      keeper.add(record(step));
      now += 400;
    }
    while ((await kept(run)).length < 9) await new Promise((resolve) => setTimeout(resolve, 10));
    assertEquals(told, []);
    orThrow(await keeper.write());
    orThrow(await keeper.write());
    const all = Array.from({ length: 10 }, (_, i) => i + 1);
    assertEquals([await kept(run), told], [all, all]);
  });
});

Deno.test("steps that cannot be written are a problem for who waits, and are written once they can be", async () => {
  await withFolder(async (folder) => {
    const run = orThrow(await createRun(folder, {}));
    await Deno.mkdir(run.steps);
    let now = 0;
    const keeper = stepKeeper(run, undefined, () => now);
    keeper.add(record(1));
    now = 5000;
    keeper.add(record(2));
    assertEquals((await keeper.write())._tag, "Left");
    await Deno.remove(run.steps);
    keeper.add(record(3));
    orThrow(await keeper.write());
    assertEquals(await kept(run), [1, 2, 3]);
  });
});
