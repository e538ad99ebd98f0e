/** Parts of a diagram that are opened and folded on the board, by pointer and by keyboard, and in its link. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { orThrow, plan } from "../../mod.ts";
import { network } from "../../nets/mod.ts";
import {
  diagramIn,
  strangeIn,
  turned,
  type View,
  viewOf,
  viewParams,
  wrongIn,
} from "../../tasks/board/page/networks/view.ts";
import { browserTest } from "../_browser.ts";
import { withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const { net, input } = orThrow(network("cifar/attention-20"));
const planned = orThrow(plan(net, input));
const USUAL = viewOf(new URLSearchParams());
const MODULE = "stage1.module1";

Deno.test("an address holds what is open and folded; what it says wrongly is a problem", () => {
  const view: View = { levels: 3, open: ["a", "b.c"], closed: ["d"] };
  assertEquals(viewOf(new URLSearchParams(viewParams(view))), view);
  assertEquals(viewParams(USUAL), []);
  assertEquals(viewOf(new URLSearchParams("open=a&open=a&closed=a&closed=b")), {
    ...USUAL,
    open: ["a"],
    closed: ["b"],
  });
  assertEquals(wrongIn(new URLSearchParams("levels=9")).map(({ path }) => path), ["levels"]);
  assertEquals(wrongIn(new URLSearchParams("levels=1")), []);
});

Deno.test("a part is turned, and turned back; parts that are not there are left out", () => {
  const opened = turned(planned, USUAL, MODULE);
  assertEquals(opened, { ...USUAL, open: [MODULE] });
  assertEquals(turned(planned, opened, MODULE), USUAL);
  const folded = turned(planned, USUAL, "stage1");
  assertEquals(folded, { ...USUAL, closed: ["stage1"] });
  assertEquals(turned(planned, folded, "stage1"), USUAL);
  // What its level opens already is folded at the first click all the same.
  const twice: View = { levels: 4, open: [MODULE], closed: [] };
  assertEquals(turned(planned, twice, MODULE), { levels: 4, open: [], closed: [MODULE] });
  const strange = { ...opened, closed: ["stage9"] };
  assertEquals(strangeIn(strange, planned), ["stage9"]);
  assertEquals(diagramIn(planned, strange), diagramIn(planned, opened));
  assertEquals(turned(planned, strange, "stage2.module1").closed, []);
});

browserTest("a part of the diagram is opened and folded", async (browser) => {
  await withBoard(browser.folder, async (address) => {
    await Page.with(browser, async (page) => {
      const box = (path: string) =>
        `[...document.querySelectorAll(".box")].find((one) => one.ariaLabel.startsWith("${path}: "))`;
      const active = "document.activeElement.ariaLabel";
      await page.look(1280, "light");
      await page.goTo(`${address}#/networks?zoo=cifar/attention-20`);
      await page.until(box(MODULE));
      const closed = await page.value<number>(`document.querySelectorAll(".box").length`);
      assertEquals(await page.value(`${box(MODULE)}.ariaExpanded`), "false");
      assertEquals(await page.value(`${box("stem")}.ariaExpanded`), null);

      // What is pressed to move the diagram is not turned.
      await page.value(`(() => {
        const one = ${box(MODULE)};
        const mouse = { bubbles: true, pointerType: "mouse", buttons: 1, movementX: 30 };
        for (const name of ["pointerdown", "pointermove"]) {
          one.dispatchEvent(new PointerEvent(name, mouse));
        }
        one.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
      })()`);

      // By pointer: its heading takes the place of the box, and has the focus.
      await page.value(`${box(MODULE)}.click()`);
      await page.until(box(`${MODULE}.trunk`));
      await page.until(`${active}?.startsWith("${MODULE}: ")`);
      assertEquals(await page.value("document.activeElement.ariaExpanded"), "true");
      assertStringIncludes((await page.texts(".pointed")).join(), "A click folds it");
      await page.until(`location.hash.includes("open=${MODULE}")`);

      // By keyboard, from there: the mask within it is folded, then the module.
      const to = async (path: string) => {
        for (
          let i = 0;
          i < 99 && !(await page.value<string>(active)).startsWith(`${path}: `);
          i++
        ) {
          await page.press("ArrowDown");
        }
      };
      await to(`${MODULE}.mask`);
      await page.press("Enter");
      await page.until(`location.hash.includes("closed=${MODULE}.mask")`);
      await page.until(`!${box(`${MODULE}.mask.down1`)}`);
      await page.until(`document.activeElement.classList.contains("box")`);
      for (const [width, scheme] of [[1280, "dark"], [390, "light"]] as const) {
        await page.look(width, scheme);
        assertEquals(await faults(page), [], `${width} ${scheme}`);
      }

      // A link shows the same; another network keeps it where it has such parts.
      await page.goTo(await page.value("location.href"));
      await page.until(box(`${MODULE}.trunk`));
      assert(!(await page.value(`Boolean(${box(`${MODULE}.mask.down1`)})`)));
      await page.value(`${box(MODULE)}.click()`);
      await page.until(`document.querySelectorAll(".box").length === ${closed}`);
      await page.until(`!location.hash.includes("open=")`);

      await page.goTo(`${address}#/networks?zoo=cifar/attention-20&open=stage7`);
      await page.until(`document.body.textContent.includes("no part of this network: stage7")`);
      assertEquals(await page.complaints(), []);
    });
  });
});
