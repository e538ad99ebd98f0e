/** The board's page in a browser, as a person uses it. One browser serves all. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { printable } from "../../dsl/problem/escape.ts";
import { renderSummary } from "../../dsl/interpreters/summary/mod.ts";
import { chain, orThrow, plan, toJSON } from "../../mod.ts";
import { conv, relu } from "../../layers/mod.ts";
import { network } from "../../nets/mod.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { truncateSteps } from "../../tasks/files/steps.ts";
import { browserTest } from "../_browser.ts";
import { smallNet } from "../tasks/_task.ts";
import { makeRun, withBoard, writeEpoch, writeTest } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

/** Markup, and a mark that turns around what follows it. */
const HOSTILE = "<img src=x onerror=document.title='hacked'>\u202e";
const ROWS = ".runs tbody td:nth-child(2)";
const COURSE = `document.querySelector(".chart [role=img]").getAttribute("aria-label")`;

browserTest("the board shows runs and networks", async (browser) => {
  const runs = join(browser.folder, "runs");
  const a = await makeRun(join(runs, "a"), { name: "cifar/attention-8" });
  for (const epoch of [1, 2, 3]) await writeEpoch(a, epoch);
  await writeTest(a, 0.8);
  const b = await makeRun(join(runs, "deeper/b"), { name: HOSTILE, net: chain(smallNet, relu()) });
  await writeEpoch(b, 1);
  await makeRun(join(runs, HOSTILE));

  await withBoard(runs, async (address) => {
    await Page.with(browser, async (page) => {
      await page.look(1280, "light");
      await page.goTo(address);
      await page.until(`document.querySelectorAll(".runs tbody tr").length === 3`);

      // The table is sorted and filtered, and names are text.
      await page.click(".runs th:nth-child(7) button");
      assertEquals((await page.texts(ROWS))[0], "a");
      await page.click(".runs th:nth-child(2) button");
      assertEquals(await page.texts(ROWS), [printable(HOSTILE), "a", "deeper/b"].sort());
      await page.fill("input[type=search]", "stopped deeper");
      await page.until(`document.querySelectorAll(".runs tbody tr").length === 1`);
      assertStringIncludes((await page.texts(".runs tbody tr")).join(), printable(HOSTILE));
      assertEquals(await page.texts(`input[aria-label="draw ${HOSTILE}"]`), []);
      await page.fill("input[type=search]", "");
      await page.until(`document.querySelectorAll(".runs tbody tr").length === 3`);

      // Selected runs are drawn, and stay selected in a link.
      for (const name of ["a", "deeper/b"]) await page.click(`input[aria-label="draw ${name}"]`);
      await page.until(`document.querySelectorAll(".chart canvas").length === 3`);
      assertEquals((await page.texts("figcaption")).map((text) => text.trim()), [
        "loss",
        "accuracy",
        "learning rate",
      ]);
      await page.until(`location.hash.includes("run=a&run=deeper%2Fb")`);
      await page.goTo(await page.value("location.href"));
      await page.until(`document.querySelectorAll(".chart canvas").length === 3`);
      await page.until(`document.querySelectorAll("dl").length >= 2`);
      assertStringIncludes((await page.texts("dl"))[0] ?? "", "sgd, learning rate 0.1 (cosine)");
      assertStringIncludes((await page.texts("details"))[1] ?? "", "158 in all");
      // The second's network is told apart from the first's.
      await page.until(`document.querySelector(".difference")`);
      const differences = await page.texts(".difference");
      assertEquals(differences.length, 1);
      assertStringIncludes(differences[0] ?? "", "--- a\n+++ deeper/b\n");
      assert(/^\+ relu/m.test(differences[0] ?? ""), differences[0]);

      // A run that trains is followed, and so is one that is resumed from an earlier step.
      {
        await using _lock = orThrow(await lockRun(b.folder));
        await writeEpoch(b, 2);
        await page.until(`document.querySelector(".legend .training")`);
        await page.until(`${COURSE}.includes("deeper/b, held out 1.2")`);
      }
      orThrow(await truncateSteps(b, 40));
      await writeEpoch(b, 3);
      await writeTest(b, 0.6);
      await page.until(
        `[...document.querySelectorAll(".legend li")][1].textContent.includes("done")`,
      );
      assertEquals(await faults(page), []);

      // A network's summary is that of the terminal.
      await page.goTo(`${address}#/networks?zoo=cifar/attention-20&to.zoo=cifar/plain`);
      const { net, input } = orThrow(network("cifar/attention-20"));
      const text = renderSummary(orThrow(plan(net, input)), {
        name: "cifar/attention-20",
        width: 400,
      });
      await page.until(`document.querySelector(".summary .total")`);
      const [, , rows = "", total = ""] = text.split(/^-+$/m);
      const words = `${rows} ${total.trim().split("\n")[0]}`.trim().split(/\s+/);
      const cells = (await page.texts(".summary tbody tr > *")).join(" ");
      assertEquals(cells.replaceAll(/[▾▸]/g, "").trim().split(/\s+/), words);
      assertStringIncludes((await page.texts(".difference"))[0] ?? "", "+++ cifar/attention-20");
      await page.until(`document.querySelector(".diagram img")?.naturalWidth > 100`);
      assertEquals(await faults(page), []);
      const before = (await page.texts(".summary tr")).length;
      await page.click(".summary .fold[aria-expanded=false]");
      assert((await page.texts(".summary tr")).length > before);

      // It is sorted within its groups, and back in the order of computation; columns are chosen.
      const parts = async () =>
        (await page.texts(".summary td:first-child")).map((text) => text.replace(/^[▾▸] /, ""))
          .filter((text) => /^(stem|stage\d|tail|classifier|total)/.test(text)).join(" ");
      const press = (title: string) =>
        page.value(`[...document.querySelectorAll(".summary button.sort")]
          .find((one) => one.textContent.startsWith("${title}")).click()`);
      const inOrder = await parts();
      const sorted = "stage3 stage2 stage1 classifier (dense) stem (conv) total";
      await press("params");
      await page.until(`document.querySelector(".summary th[aria-sort=descending]")`);
      assertEquals(await parts(), sorted);
      await press("params");
      await page.until(`document.querySelector(".summary th[aria-sort=ascending]")`);
      assertEquals(await parts(), "stem (conv) classifier (dense) stage1 stage2 stage3 total");
      await press("layer");
      await page.until(`!document.querySelector(".summary th[aria-sort]")`);
      assertEquals(await parts(), inOrder);
      const titles = async () => (await page.texts(".summary th")).join();
      const usual = await titles();
      await page.click(".columns label:first-of-type input");
      await page.until(`document.querySelectorAll(".summary th")[1].textContent === "type"`);
      await page.click(".columns label:first-of-type input");
      await page.until(`document.querySelectorAll(".summary th")[1].textContent === "input"`);
      assertEquals(await titles(), usual);

      // The family's numbers change it, and what does not fit together is a problem.
      await page.click(".kinds label:nth-of-type(2) input");
      await page.until(`document.querySelector("label.slider")`);
      await page.fill("label.slider input", "2");
      await page.until(`location.hash.includes("p=2")`);
      await page.until(
        `document.querySelector(".whole").textContent.includes("depth 74")`,
      );
      await page.fill(".pair input", "big");
      await page.until(`document.querySelector("[role=alert]")?.textContent.includes("32x32x3")`);
      await page.fill(".pair input", "32x32x3");
      await page.until(`document.querySelector(".summary")`);
      await page.click(".kinds label:nth-of-type(3) input");
      await page.until(`document.querySelector("textarea")`);
      await page.fill("textarea", toJSON(conv(30, { groups: 4 })));
      await page.until(`document.querySelector("[role=alert]")?.textContent.includes("conv1")`);

      // All of it fits a telephone, light and dark, and nothing was forbidden by its own policy.
      await page.look(390, "dark");
      for (const part of ["runs?run=a&run=deeper/b", "networks", "networks?family=x&p=2"]) {
        await page.goTo(`${address}#/${part}`);
        await page.until(`document.querySelector(".chart canvas, .diagram img")`);
        const root = "document.documentElement";
        assertEquals(await page.value(`${root}.scrollWidth - ${root}.clientWidth`), 0, part);
      }
      assertEquals(await faults(page), []);
      assertEquals(await page.complaints(), []);
      assertEquals(await page.value("document.title"), "netfold board");
    });
  });
});
