/** The boxes of a network's diagram on the board, which tell what they are and what they see. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderSummary } from "../../dsl/interpreters/summary/mod.ts";
import { orThrow, plan, receptiveFields } from "../../mod.ts";
import { network } from "../../nets/mod.ts";
import { fieldOver } from "../../tasks/board/page/networks/field.ts";
import { browserTest } from "../_browser.ts";
import { withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

Deno.test("a receptive field lies in the middle of a picture, and what is outside is dark", () => {
  const white = { height: 2, width: 2, pixels: new Uint8Array(12).fill(255) };
  const lit = (input: readonly number[], field: readonly [number, number]) => {
    const { height, width, rgba } = fieldOver(white, input, field);
    const rows = Array.from(
      { length: height },
      (_, y) =>
        Array.from({ length: width }, (_, x) => rgba[(y * width + x) * 4] === 255 ? "#" : ".")
          .join(""),
    );
    return rows.join(" ");
  };
  assertEquals(lit([5, 4, 3], [3, 2]), ".... .##. .##. .##. ....");
  assertEquals(lit([3, 3, 1], [99, 1]), ".#. .#. .#.");
  assertEquals(lit([2, 2, 3], [7, 7]), "## ##");
  // Large inputs are made smaller, and a field is never lost.
  const { height, width } = fieldOver(white, [1000, 500, 3], [1, 1]);
  assertEquals([height, width], [256, 128]);
  assertEquals(lit([1000, 500, 3], [1, 1]).replaceAll(/[^#]/g, ""), "#");
});

const SAID = `document.querySelector(".pointed").textContent`;

browserTest("a box of the diagram tells its numbers and what it sees", async (browser) => {
  await withBoard(browser.folder, async (address) => {
    await Page.with(browser, async (page) => {
      const { net, input } = orThrow(network("cifar/attention-20"));
      const planned = orThrow(plan(net, input));
      const fields = receptiveFields(planned);
      await page.look(1280, "light");
      await page.goTo(`${address}#/networks?zoo=cifar/attention-20`);
      await page.until(`document.querySelectorAll(".box").length > 5`);
      assertStringIncludes(await page.value(SAID), "Point at a box");

      // By keyboard: one box is on the way, and arrows go on from there.
      const active = "document.activeElement.getAttribute('aria-label')";
      assertEquals((await page.texts(".box[tabindex='0']")).length, 1);
      await page.value(`document.querySelector(".box[tabindex='0']").focus()`);
      await page.until(`${SAID}.startsWith("sees 3x3 of 32x32stem")`);
      assertStringIncludes(await page.value(active), "stem: stem conv 3×3");
      await page.press("ArrowDown");
      await page.until(`${SAID}.includes("stage1 stage1")`);
      await page.press("ArrowDown");
      await page.until(`${SAID}.includes("stage1.unit1")`);
      await page.press("End");
      await page.until(`${SAID}.includes("classifier")`);
      await page.press("ArrowRight");
      await page.press("Home");
      await page.until(`${SAID}.includes("432")`);
      assertStringIncludes(await page.value(active), "stem: ");

      // By pointer: the numbers are those of the summary, whose row stands out.
      const module = `[...document.querySelectorAll(".box")]
        .find((one) => one.ariaLabel.startsWith("stage2.module1"))`;
      await page.value(`${module}.dispatchEvent(new PointerEvent("pointerenter"))`);
      await page.until(`${SAID}.includes("stage2.module1")`);
      const [row = ""] = renderSummary(planned, { width: 400 }).split("\n")
        .filter((line) => line.trim().startsWith("module1")).slice(1);
      assertEquals(await page.texts(".pointed dd"), row.trim().split(/\s{2,}/).slice(1));
      assertStringIncludes((await page.texts("tr.lit")).join(), "module1");
      const label = await page.value<string>(
        `document.querySelector(".pointed [role=img]").getAttribute("aria-label")`,
      );
      const [last] = [...fields].findLast(([path]) => path.startsWith("stage2.module1")) ?? [];
      assertEquals(label, `receptive field of ${fields.get(last ?? "")?.join("x")} pixels`);

      // Each button lies where its box is drawn: within the picture, none over another.
      const boxes = await page.value<readonly DOMRect[]>(
        `[...document.querySelectorAll(".box")].map((one) => one.getBoundingClientRect().toJSON())`,
      );
      const image = await page.value<DOMRect>(
        `document.querySelector(".drawn img").getBoundingClientRect().toJSON()`,
      );
      for (const [i, box] of boxes.entries()) {
        assert(box.left >= image.left && box.right <= image.right && box.bottom <= image.bottom);
        assert(boxes.every((other, j) => j <= i || other.top >= box.bottom), `${i}`);
      }

      for (const [width, scheme] of [[1280, "dark"], [390, "dark"], [390, "light"]] as const) {
        await page.look(width, scheme);
        const root = "document.documentElement";
        await page.until(`${root}.scrollWidth === ${root}.clientWidth`);
        assertEquals(await faults(page), [], `${width} ${scheme}`);
      }

      // Of another network nothing is pointed at, unless it has a part of that name.
      await page.goTo(`${address}#/networks?zoo=imagenet/vgg-11`);
      await page.until(`document.querySelectorAll(".box").length > 5`);
      assertStringIncludes(await page.value(SAID), "Point at a box");
      assertEquals(await page.complaints(), []);
    });
  });
});
