/** The masks of a run through its epochs, on the board's page as a person sees them. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { arl, chain, orThrow } from "../../mod.ts";
import { conv, dense, globalAveragePool, sigmoid } from "../../layers/mod.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { appendLine, readLines } from "../../tasks/files/json_lines.ts";
import { appendMetrics } from "../../tasks/files/metrics.ts";
import { runAt } from "../../tasks/files/run_folder.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { masksFile } from "../../tasks/masks/kept_masks.ts";
import { train } from "../../tasks/training/mod.ts";
import { browserTest } from "../_browser.ts";
import { makeRun, withBoard, writeEpoch } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const HOSTILE = "<img src=x onerror=document.title='hacked'>";
const LOOKS = ".looks figure";
const NOTE = `document.querySelector(".masks .tools .note").textContent`;

browserTest("the masks that a run has kept are played through its epochs", async (browser) => {
  const runs = join(browser.folder, "runs");
  const attention = arl(conv("same"), chain(conv("same"), sigmoid()));
  const net = chain(conv(4, { stride: 4 }), attention, globalAveragePool(), dense(10));
  const data = orThrow(shapes({ count: 48, testCount: 10 }));
  const folder = join(runs, "a");
  const classes = data.classes.with(data.test.labels[0] ?? 0, HOSTILE);
  const recipe = { epochs: 2, batch: 16, validation: 8 };
  const request = { net, data: { ...data, classes }, out: folder, recipe, masks: 2 };
  orThrow(await train({ ...request, backend: "cpu" }, { log: false }));
  await writeEpoch(await makeRun(join(runs, "b")), 1);

  await withBoard(runs, async (address) => {
    await Page.with(browser, async (page) => {
      await page.look(1280, "light");
      await page.goTo(`${address}#/runs?run=a`);
      await page.until(`document.querySelectorAll(".looks canvas").length === 4`);
      const masks = () => page.texts(`${LOOKS} .tile:last-child`);
      assertEquals(await page.value(NOTE), "after 4 steps");
      assertEquals((await page.texts(LOOKS))[0]?.startsWith(HOSTILE), true);
      const last = await masks();

      // The slider goes back to the first weights, and playing forth again.
      await page.fill(".masks input[type=range]", "0");
      await page.until(`${NOTE} === "the first weights"`);
      assertNotEquals(await masks(), last);
      await page.click(".masks .tools button");
      await page.until(`${NOTE} === "after 4 steps"`);
      await page.until(`document.querySelector(".masks .tools button").textContent === "Play"`);
      assertEquals(await masks(), last);

      // They grow while the run trains.
      const run = runAt(folder);
      {
        await using _lock = orThrow(await lockRun(folder));
        const [epoch] = orThrow(await readLines(run.metrics)).slice(-2);
        const [line] = orThrow(await readLines(masksFile(run))).slice(-1);
        orThrow(await appendLine(masksFile(run), { ...line, epoch: 3, step: 6 }));
        orThrow(await appendMetrics(run, { ...epoch, epoch: 3, step: 6 }));
        await page.fill(".masks input[type=range]", "2");
        await page.until(`document.querySelector(".masks input[type=range]").max === "3"`);
      }
      for (const [width, scheme] of [[1280, "dark"], [390, "dark"], [390, "light"]] as const) {
        await page.look(width, scheme);
        const root = "document.documentElement";
        await page.until(`${root}.scrollWidth === ${root}.clientWidth`);
        assertEquals(await faults(page), [], `${width} ${scheme}`);
      }

      // A run that was not asked to keep them shows none.
      await page.goTo(`${address}#/runs?run=b`);
      await page.until(`document.querySelector("dl")`);
      assertEquals(await page.texts(".looks"), []);
      assertEquals(await page.complaints(), []);
      assertEquals(await page.value("document.title"), "netfold board");
    });
  });
});
