/** Training in the page on pictures of CIFAR-10, which the board's server has where netfold's cache has them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { imagesIn } from "../../tasks/board/cifar10_records.ts";
import { CIFAR10_CLASSES } from "../../tasks/data/mod.ts";
import { splitFiles, writeRawCache } from "../../tasks/data/raw_cache.ts";
import { orThrow } from "../../mod.ts";
import { browserTest } from "../_browser.ts";
import { withFolder } from "../files/_folder.ts";
import { withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const BYTES = 32 * 32 * 3;

/** So many pictures, of which each tenth is of a class and the last five are of class 0; each has its place in its pixels. */
function pictures(count: number) {
  const labels = Uint8Array.from({ length: count }, (_, i) => i < count - 5 ? i % 10 : 0);
  const pixels = Uint8Array.from({ length: count * BYTES }, (_, i) => {
    const place = Math.floor(i / BYTES);
    return i % BYTES === 0 ? place : (i * (1 + (labels[place] ?? 0))) % 251;
  });
  return { pixels, labels };
}

const SELECT = `[...document.querySelectorAll("form select")][1]`;
const OPTION = `[...document.querySelectorAll("option")].find(({ value }) => value === "cifar10")`;

browserTest("a network is trained in the page on CIFAR-10 from the cache", async (browser) => {
  const [runs, cache] = ["runs", "cache"].map((name) => join(browser.folder, name));
  await Deno.mkdir(runs ?? "");
  await withBoard(runs ?? "", async (address) => {
    const refused = await fetch(`${address}api/cifar10/train`);
    assertEquals(refused.status, 404);
    assertStringIncludes(await refused.text(), "show cifar10");
    await Page.with(browser, async (page) => {
      await page.look(1280, "light");
      await page.goTo(`${address}#/train?steps=10`);
      await page.until(`${OPTION}?.disabled`);
      await page.value(`document.querySelector("details.note").open = true; 0`);
      assertStringIncludes((await page.texts("details.note")).join(), "show cifar10");
      assertEquals(await faults(page), []);

      const files = splitFiles({ train: pictures(65), test: pictures(35) });
      await Deno.mkdir(join(cache ?? "", "netfold", "cifar10"), { recursive: true });
      orThrow(await writeRawCache(join(cache ?? "", "netfold", "cifar10"), files));
      const answer = await fetch(`${address}api/cifar10/train`);
      const { count, labels, pixels } = imagesIn(await answer.bytes());
      const places = Array.from({ length: 60 }, (_, i) => i);
      assertEquals([count, [...labels]], [60, places.map((place) => place % 10)]);
      assertEquals(pixels, pictures(65).pixels.slice(0, 60 * BYTES));

      // Whoever turns to the choice finds it.
      await page.value(`${SELECT}.focus()`);
      await page.until(`!${OPTION}.disabled`);
      await page.value(`(() => {
        ${SELECT}.value = "cifar10";
        ${SELECT}.dispatchEvent(new Event("change", { bubbles: true }));
      })()`);
      await page.until(`location.hash.includes("data=cifar10")`);
      await page.click("button[type=submit]");
      await page.until(
        `document.querySelector(".standing output")?.textContent.startsWith("done")`,
      );
      const looks = (await page.texts(".looks")).join();
      for (const name of CIFAR10_CLASSES.slice(0, 4)) assertStringIncludes(looks, name);
      assertEquals(await faults(page), []);
    });
  }, { cache: cache ?? "" });
});

Deno.test("a board that may not know where the cache is says what it needs", async () => {
  await withFolder((runs) =>
    withBoard(runs, async (address) => {
      const answer = await fetch(`${address}api/cifar10`);
      const { problems } = await answer.json();
      assertStringIncludes(JSON.stringify(problems), "--allow-env=");
    })
  );
});
