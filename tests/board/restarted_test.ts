/** The board that is down for a while, with a page open. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { browserTest } from "../_browser.ts";
import { makeRun, withBoard, writeEpoch } from "./_board.ts";
import { Page } from "./_page.ts";

browserTest(
  "what a page asks for while the board is down comes once it is up again",
  async (browser) => {
    const runs = join(browser.folder, "runs");
    for (const name of ["a", "b"]) await writeEpoch(await makeRun(join(runs, name)), 1);
    await Page.with(browser, async (page) => {
      let port = 0;
      await withBoard(runs, async (address) => {
        port = Number(new URL(address).port);
        await page.goTo(`${address}#/runs?run=a`);
        await page.until(`document.querySelector("section[aria-label='Run a'] dl")`);
      });
      await page.value(`location.hash = "#/runs?run=a&run=b"; 0`);
      const detail = `document.querySelector("section[aria-label='Run b']")`;
      await page.until(`${detail}?.textContent.includes("the board's server must run")`);
      await page.value(`notAnew = true; 0`);
      await withBoard(runs, async () => {
        await page.until(`${detail}.querySelector("dl")`);
        await page.until(`!document.querySelector("[role=alert]")`);
        await page.until(`document.querySelectorAll(".legend li").length === 2`);
        // Its curves come with what else it is, and the network's difference to the first.
        await page.until(
          `[...${detail}.querySelectorAll("summary")].at(-1).textContent.includes("from that of a")`,
        );
      }, { port });
      // So does a network, with the engine that computes it.
      await page.value(`location.hash = "#/try"; 0`);
      await page.until(`document.querySelector("[role=alert]")`);
      await withBoard(runs, async () => {
        await page.until(`document.querySelector(".standing output").textContent.includes("wasm")`);
        await page.until(`!document.querySelector("[role=alert]")`);
        assertEquals(await page.value("notAnew"), true);
      }, { port });
    });
  },
);
