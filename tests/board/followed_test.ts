/** A run that several people follow while it trains, is killed, and is resumed. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../dsl/problem/throw.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { readSteps, truncateSteps } from "../../tasks/files/steps.ts";
import { browserTest, withBrowser } from "../_browser.ts";
import { makeRun, withBoard, writeEpoch, writeTest } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const STEPS = 40;

browserTest("two browsers follow a run that is killed and resumed", async (browser) => {
  const runs = join(browser.folder, "runs");
  const run = await makeRun(join(runs, "a"));
  await writeEpoch(run, 1, STEPS);
  await withBoard(
    runs,
    (address) =>
      Page.with(browser, (first) =>
        withBrowser((other) =>
          Page.with(other, async (second) => {
            const pages = [first, second];
            const both = (expression: string) =>
              Promise.all(pages.map((page) => page.until(expression)));
            const state = (name: string) => both(`document.querySelector(".legend .${name}")`);
            const steps = (count: number) =>
              both(`document.body.innerText.includes("${count} in ")`);
            await first.look(1280, "light");
            await second.look(390, "dark");
            for (const page of pages) await page.goTo(`${address}#/runs?run=a`);
            await state("stopped");
            {
              await using _lock = orThrow(await lockRun(run.folder));
              await writeEpoch(run, 2, STEPS);
              await state("training");
              await steps(2 * STEPS);
            }
            // Whoever is killed says nothing; steps behind the checkpoint are made again.
            await state("stopped");
            orThrow(await truncateSteps(run, STEPS));
            {
              await using _lock = orThrow(await lockRun(run.folder));
              await state("training");
              for (const epoch of [2, 3]) await writeEpoch(run, epoch, STEPS);
              await steps(3 * STEPS);
            }
            await writeTest(run, 0.6);
            await state("done");
            assertEquals(orThrow(await readSteps(run)).length, 3 * STEPS);
            for (const page of pages) assertEquals(await faults(page), []);
          })
        )),
  );
});
