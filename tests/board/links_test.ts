/** Links to the board that say something wrong: the page tells it, and shows what it can. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { browserTest } from "../_browser.ts";
import { makeRun, withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const ALERT = `document.querySelector("[role=alert]")`;

browserTest("what a link says wrongly is told on the page", async (browser) => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  for (const name of names) await makeRun(`${browser.folder}/${name}`);
  await withBoard(browser.folder, async (address) => {
    await Page.with(browser, async (page) => {
      await page.look(390, "light");
      const told = async (hash: string) => {
        await page.goTo(`${address}${hash}`);
        await page.until(ALERT);
        return (await page.texts("[role=alert]")).join();
      };
      // The network is not another one than the link says; its slider mends it.
      const deep = await told("#/networks?family=residual-attention&p=9&widths=64,128,512");
      assertStringIncludes(deep, "a whole number from 0 to 4");
      assertEquals(await page.texts(".summary"), []);
      assertEquals(await faults(page), []);
      await page.fill("input[type=range]", "3");
      await page.until(`document.querySelector(".summary .total")`);
      await page.until(`location.hash.includes("p=3&widths=64%2C128%2C512")`);
      assertEquals(await page.texts("[role=alert]"), []);

      assertStringIncludes(await told("#/networks?zoo=cifar/attention-8&clases=7"), "classes");
      assertStringIncludes(await told("#/netwroks?zoo=cifar/attention-8"), '"networks"');
      assertStringIncludes(await told("#/train?steps=9"), "a whole number from 10 to 5000");
      assertStringIncludes(await told("#/try?run=a&weights=worst"), "worst");
      const many = names.map((name) => `run=${name}`).join("&");
      assertStringIncludes(await told(`#/runs?${many}`), "8 runs");
      await page.until(`document.querySelectorAll("tr.drawn").length === 6`);
      await page.click("tr.drawn input");
      await page.until(`document.querySelectorAll("tr.drawn").length === 5`);
      await page.until(`!${ALERT}`);
    });
  });
});
