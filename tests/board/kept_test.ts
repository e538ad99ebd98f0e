/** What a run got wrong, on the board's page as a person sees it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { printable } from "../../dsl/problem/escape.ts";
import { classScores, confusionOf } from "../../tasks/charts/confusion.ts";
import { confusionSvg } from "../../tasks/charts/confusion_chart.ts";
import { pictureSheet } from "../../tasks/charts/picture_sheet.ts";
import { orThrow } from "../../mod.ts";
import { browserTest } from "../_browser.ts";
import { makeRun, withBoard, writeEpoch } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";
import type { Confused } from "../../tasks/evaluate/confused.ts";
import { smallPng } from "../../tasks/charts/picture_tile.ts";

const HOSTILE = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">
  <script>document.documentElement.setAttribute("width", "50")</script>
  <image href="/icon.svg" width="40" height="40"/>
</svg>`;

const picture = { height: 1, width: 1, pixels: Uint8Array.of(255, 0, 0) };
const mistakes = pictureSheet({
  title: "The worst mistakes",
  subtitle: [],
  groups: [{ title: "", pictures: Array(9).fill({ picture, words: ["cat", "dog", "99.0 %"] }) }],
});

const png = smallPng(picture).toBase64();

/** A matrix of few classes, with pictures of what was taken for another one. */
const few: Confused = {
  classes: ["cat", "dog", HOSTILE],
  cells: [
    { truth: 0, predicted: 0, count: 5, pictures: [] },
    ...[[0, 1, 1], [0, 2, 7], [2, 1, 1]].map(([truth = 0, predicted = 0, count = 0]) => ({
      ...{ truth, predicted, count },
      pictures: [{ probability: 0.9 - predicted / 10, png }],
    })),
  ],
};

/** One of more classes than a matrix has. */
const many: Confused = {
  classes: Array.from({ length: 40 }, (_, i) => `class ${i}`),
  cells: [1, 2].map((predicted) => ({ truth: 0, predicted, count: predicted, pictures: [] })),
};

const LOADED =
  `[...document.querySelectorAll(".kept img")].map(({ naturalWidth }) => naturalWidth)`;

browserTest("a cell of the confusion matrix shows its pictures", async (browser) => {
  const runs = join(browser.folder, "runs");
  const { folder, best } = await makeRun(join(runs, "a"));
  await Deno.writeTextFile(best, "weights");
  await Deno.writeTextFile(join(folder, "confusion.svg"), mistakes);
  await Deno.writeTextFile(join(folder, "confused.json"), JSON.stringify(few));
  await Deno.writeTextFile(join(folder, "confused-train.json"), JSON.stringify(many));
  await withBoard(runs, async (address) => {
    await Page.with(browser, async (page) => {
      await page.look(1280, "light");
      await page.goTo(`${address}#/runs?run=a`);
      await page.until(`document.querySelector(".confused")`);
      // The matrix takes the place of its picture.
      assertEquals(await page.texts(".kept img"), []);
      assertEquals(await page.texts(".confused td"), ["", "5", "1", "7", "", "", "", "", "1", ""]);
      const shown = async (said: string) => {
        const caption = `document.querySelector(".cell figcaption")?.textContent`;
        await page.until(`${caption} === ${JSON.stringify(said)}`);
        await page.until(`document.querySelector(".cell img")?.naturalWidth === 1`);
      };
      await page.click(".confused [data-at='0 1']");
      await shown("cat taken for dog all 1");
      assertEquals(await page.texts(".cell .tile"), ["80.0 %"]);
      // By keyboard, over what holds nothing.
      await page.value(`document.querySelector(".confused [data-at='0 1']").focus()`);
      await page.press("ArrowDown");
      await page.press("Enter");
      await shown(`${printable(HOSTILE)} taken for dog all 1`);
      await page.press("ArrowUp");
      await page.press("ArrowRight");
      await page.press("Enter");
      await shown(`cat taken for ${printable(HOSTILE)} 1 of 7, those of which it was surest`);
      assertEquals(
        await page.value(`document.querySelectorAll(".confused [tabindex='0']").length`),
        1,
      );

      // Of many classes the most frequent confusions are listed.
      assertEquals(await page.texts(".confusions button"), [
        "class 0 taken for class 2: 2",
        "class 0 taken for class 1: 1",
      ]);
      await page.click(".confusions button");
      await page.until(`document.querySelector(".confusions ~ .cell")`);
      assertStringIncludes((await page.texts(".confusions ~ .cell")).join(), "none of 2 pictures");
      for (const [width, scheme] of [[1280, "dark"], [390, "dark"], [390, "light"]] as const) {
        await page.look(width, scheme);
        const root = "document.documentElement";
        await page.until(`${root}.scrollWidth === ${root}.clientWidth`);
        assertEquals(await faults(page), [], `${width} ${scheme}`);
      }
      assertEquals(await page.complaints(), []);
    });
  });
});

browserTest("a run that is drawn alone shows what it got wrong", async (browser) => {
  const runs = join(browser.folder, "runs");
  for (const name of ["a", "b"]) await writeEpoch(await makeRun(join(runs, name)), 1);
  const folder = join(runs, "a");

  await withBoard(runs, async (address) => {
    await Page.with(browser, async (page) => {
      const button = (text: string) =>
        page.value(
          `[...document.querySelectorAll(".kept button")]
            .find(({ textContent }) => textContent === ${JSON.stringify(text)}).click()`,
        );
      await page.look(1280, "light");
      await page.goTo(`${address}#/runs?run=a`);
      await page.until(`document.querySelector(".kept")?.textContent.includes("no weights yet")`);

      // It says how its pictures are made, and shows them once they are.
      await Deno.writeTextFile(join(folder, "best.safetensors"), "weights");
      await page.goTo(`${address}#/runs?run=a`);
      await page.until(`document.querySelector(".kept pre")`);
      assertStringIncludes((await page.texts(".kept pre")).join(), ` evaluate ${folder}`);
      assertEquals(await faults(page), []);
      const matrix = confusionOf([0, 0, 1, 1], [0, 1, 1, 1], 2);
      const svg = orThrow(await confusionSvg(matrix, ["cat", "dog"]));
      await Deno.writeTextFile(join(folder, "confusion.svg"), svg);
      await Deno.writeTextFile(join(folder, "mistakes.svg"), mistakes);
      const scores = JSON.stringify(classScores(matrix, ["cat", HOSTILE]));
      await Deno.writeTextFile(join(folder, "classes.json"), scores);
      await Deno.writeTextFile(join(folder, "mistakes-train.svg"), HOSTILE);
      await Deno.writeTextFile(join(folder, "confused-train.json"), JSON.stringify(many));
      await button("Look again");
      await page.until(`${LOADED}.length === 3 && ${LOADED}.every((width) => width > 0)`);
      const [, wide] = /width="(\d+)"/.exec(mistakes) ?? [];
      const [confusion = 0, sheet, hostile] = await page.value<readonly number[]>(LOADED);
      assert(confusion > 100);
      // A picture is no document: nothing in it runs.
      assertEquals([sheet, hostile], [Number(wide), 40]);
      assertEquals(await page.texts(".kept figcaption"), [
        "Pictures of what is taken for what: train",
        "Which classes are taken for which",
        "The worst mistakes",
        "The worst mistakes: train",
        "Class by class",
      ]);
      // Each class stands there as evaluate prints it, in an order to choose.
      const cells = () => page.texts(".classes tbody td");
      const cat = ["cat", "2", "50.00 %", "100.00 %", "66.67 %"];
      const other = [printable(HOSTILE), "2", "100.00 %", "66.67 %", "80.00 %"];
      assertEquals(await cells(), [...cat, ...other]);
      await page.click(".classes th:nth-child(4) button");
      await page.until(`document.querySelector(".classes th[aria-sort=ascending]")`);
      assertEquals(await cells(), [...other, ...cat]);
      assertEquals(await page.texts(".kept pre"), []);

      // Pictures that are older than the weights are said to be so.
      const later = new Date(Date.now() + 60_000);
      await Deno.utime(join(folder, "best.safetensors"), later, later);
      await page.goTo(`${address}#/runs?run=a`);
      await page.until(`document.querySelectorAll(".kept figcaption .said").length === 5`);
      await page.until(`document.querySelector(".kept pre")`);
      for (const [width, scheme] of [[1280, "dark"], [390, "dark"], [390, "light"]] as const) {
        await page.look(width, scheme);
        const root = "document.documentElement";
        // The charts follow a moment later.
        await page.until(`${root}.scrollWidth === ${root}.clientWidth`);
        assertEquals(await faults(page), [], `${width} ${scheme}`);
      }

      // Beside another run there is no room for it.
      await page.goTo(`${address}#/runs?run=a&run=b`);
      await page.until(`document.querySelectorAll("dl").length >= 2`);
      assertEquals(await page.texts(".kept"), []);
      assertEquals(await page.complaints(), []);
    });
  });
});
