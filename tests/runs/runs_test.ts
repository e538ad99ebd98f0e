import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { findRuns } from "../../tasks/runs/find.ts";
import { runsCsv, runsText } from "../../tasks/runs/view.ts";
import { withFolder } from "../files/_folder.ts";
import { stopAfter, trainTiny } from "../training/_runs.ts";

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
    const text = runsText(runs, 200);
    assertStringIncludes(text, "network on bands");
    assertStringIncludes(text, `${((whole.test?.top1 ?? NaN) * 100).toFixed(2)} %`);
    const [one = "", two = ""] = text.split("\n").slice(-2);
    assert(one.endsWith("rate 0.05, augment.pad 1, augment.flip true"), one);
    assert(two.endsWith("rate 0.01, augment none"), two);
    const [names = "", ...rows] = runsCsv(runs).trim().split("\n");
    assertEquals(rows.length, 2);
    for (const name of ["testTop1", "rate", "augment.pad", "optimizer.kind"]) {
      assert(names.split(",").includes(name), names);
    }
    await using _lock = orThrow(await lockRun(join(folder, "study/arm-1")));
    assertEquals(orThrow(await findRuns([folder])).runs[1]?.state, "running");
  });
});
