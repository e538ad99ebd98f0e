import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { findRuns } from "../../tasks/runs/find.ts";
import { listedRun } from "../../tasks/runs/listed.ts";
import { apart } from "../../tasks/runs/settings.ts";
import { runsCsv, runsText } from "../../tasks/runs/view.ts";
import { withFolder } from "../files/_folder.ts";
import { stopAfter, trainTiny } from "../training/_runs.ts";

Deno.test("a run that is so many steps long has the epochs that they take", async () => {
  await withFolder(async (folder) => {
    const listed = async (name: string, steps: number, last = Infinity) => {
      const run = join(folder, name);
      await trainTiny(run, { recipe: { epochs: 20, steps }, watch: stopAfter(last) });
      return orThrow(await listedRun(run)).epochs;
    };
    assertEquals(await listed("ended", 6), [2, 2]);
    assertEquals(await listed("short", 3), [1, 1]);
    assertEquals(await listed("stopped", 6, 5), [1, 2]);
    assertEquals(await listed("begun", 6, 2), [0]);
  });
});

Deno.test("runs are listed with what they reached and what tells them apart", async () => {
  await withFolder(async (folder) => {
    const whole = await trainTiny(join(folder, "whole"));
    const more = { rate: 0.01, augment: "none" } as const;
    await trainTiny(join(folder, "study/arm-1"), { recipe: more, watch: stopAfter(6) });
    await Deno.mkdir(join(folder, "broken"));
    await Deno.writeTextFile(join(folder, "broken/config.json"), "{}");
    const { runs, problems } = orThrow(await findRuns([folder]));
    assert(problems.length > 0 && problems.every(({ path }) => path.includes("broken")));
    assertEquals(
      runs.map(({ folder: own, state, steps }) => [own.slice(folder.length + 1), state, steps]),
      [["whole", "finished", 12], ["study/arm-1", "stopped", 4]],
    );
    assertEquals(runs.map(({ epochs }) => epochs), [[3, 3], [1, 3]]);
    const text = runsText(runs, 200);
    assertStringIncludes(text, "network on bands");
    assertStringIncludes(text, `${((whole.test?.top1 ?? NaN) * 100).toFixed(2)} %`);
    const [one = "", two = ""] = text.split("\n").slice(-2);
    assert(one.endsWith("rate 0.05, augment.pad 1, augment.flip true"), one);
    assert(two.endsWith("rate 0.01, augment none"), two);
    const narrow = runsText(runs, 60).split("\n").slice(-4);
    assertEquals(narrow.map((line) => line.startsWith("  ")), [false, true, false, true]);
    assertEquals(narrow[1], "  rate 0.05, augment.pad 1, augment.flip true");
    assertEquals(narrow[3], "  rate 0.01, augment none");
    const [names = "", ...rows] = runsCsv(runs).trim().split("\n");
    assertEquals(rows.length, 2);
    for (const name of ["testTop1", "rate", "augment.pad", "optimizer.kind"]) {
      assert(names.split(",").includes(name), names);
    }
    await using _lock = orThrow(await lockRun(join(folder, "study/arm-1")));
    assertEquals(orThrow(await findRuns([folder])).runs[1]?.state, "running");
  });
});

Deno.test("a long setting is short where runs are told apart, and what one has none of is said once", () => {
  const groups = (rate: number) => JSON.stringify([{ path: "stem", rate }, { path: "classifier" }]);
  const [first = [], second = [], third = []] = apart([
    { rate: "0.1", "optimizer.groups": groups(1), "plateau.by": "10", "plateau.epochs": "3" },
    { rate: "0.1", "optimizer.groups": groups(2), "plateau.by": "5", "plateau.epochs": "4" },
    { rate: "0.1" },
  ]);
  const [one = "", two = ""] = [first[0], second[0]];
  assert(one !== two && one.length < 60 && one.startsWith('optimizer.groups [{"path":"stem"'), one);
  assertEquals(first.slice(1), ["plateau.by 10", "plateau.epochs 3"]);
  assertEquals(third, ["no optimizer", "no plateau"]);
});
