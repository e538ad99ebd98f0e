/** The parts of the board's page that compute, in a browser, as a person uses them. */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { orThrow } from "../../mod.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { fit, predict, saveCheckpoint } from "../../tasks/training/mod.ts";
import { browserTest } from "../_browser.ts";
import { smallNet } from "../tasks/_task.ts";
import { makeRun, withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const LOSS = `Number(document.querySelector(".chart [role=img]")
  ?.getAttribute("aria-label").split(" ").at(-1))`;
const STANDING = `document.querySelector(".standing output").textContent`;

/** What a page has complained of, but for what is expected, and for there being no graphics card. */
async function complaints(page: Page, ...expected: readonly string[]): Promise<readonly string[]> {
  const known = ["No available adapters.", ...expected];
  return (await page.complaints()).map((one) => JSON.stringify(one))
    .filter((text) => !known.some((one) => text.includes(one)));
}

/** Has the page fit a telephone, light and dark, without faults. */
async function assertFits(page: Page, part: string): Promise<void> {
  for (const [width, scheme] of [[1280, "dark"], [390, "dark"], [390, "light"]] as const) {
    await page.look(width, scheme);
    const root = "document.documentElement";
    // The charts follow a moment later.
    await page.until(`${root}.scrollWidth === ${root}.clientWidth`);
    assertEquals(await faults(page), [], `${part}, ${width} ${scheme}`);
  }
  await page.look(1280, "light");
}

browserTest("a network is trained in the page, and its masks are seen", async (browser) => {
  const runs = join(browser.folder, "runs");
  await Deno.mkdir(runs);
  await withBoard(runs, async (address) => {
    await Page.with(browser, async (page) => {
      await page.look(1280, "light");
      await page.goTo(`${address}#/train?steps=100`);
      await page.until(`document.querySelector("button[type=submit]")`);
      await page.click("button[type=submit]");
      await page.until(`document.querySelectorAll(".looks canvas").length === 12`);
      const range = `document.querySelector(".looks .tile:nth-of-type(3)").textContent`;
      const before = await page.value<string>(range);
      await page.until(`${STANDING}.startsWith("done")`);
      assertStringIncludes(await page.value(STANDING), "on tfjs wasm");
      // It has learnt more than to guess among ten classes.
      assertLess(await page.value<number>(LOSS), Math.log(10));
      assert(before !== await page.value<string>(range));
      await assertFits(page, "train");

      // Another one is drawn over it, and stops at once when it is told to.
      await page.fill("form select", "nal");
      await page.until(`location.hash.includes("learning=nal")`);
      await page.click("button[type=submit]");
      await page.until(`${STANDING}.startsWith("training")`);
      await page.click("button[type=button]:not(:disabled)");
      await page.until(`${STANDING}.startsWith("stopped")`);
      const legend = (await page.texts(".legend li")).map((text) => text.trim());
      assertEquals(legend.length, 2);
      assertStringIncludes(legend[0] ?? "", "1: arl");
      assertStringIncludes(legend[1] ?? "", "2: nal");
      assertEquals(await complaints(page), []);
    });
  });
});

/** Flags that give Chromium a graphics card, imitated in software. */
const GRAPHICS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

browserTest("pictures are shown to a trained network in the page", async (browser) => {
  const runs = join(browser.folder, "runs");
  const data = orThrow(shapes({ count: 64, testCount: 10 }));
  const recipe = { epochs: 1, batch: 16, validation: 16 };
  const { checkpoint } = orThrow(await fit({ net: smallNet, data, recipe, backend: "cpu" }));
  const run = await makeRun(join(runs, "plain"));
  orThrow(await saveCheckpoint(run.best, checkpoint));
  const hostile = "<img src=x onerror=document.title='hacked'>.png";
  const picture = join(browser.folder, "a.png");
  const bytes = data.test.pixels.slice(0, 32 * 32 * 3);
  const png = encode({ width: 32, height: 32, data: bytes, channels: 3, depth: 8 });
  await Deno.writeFile(picture, png);
  const files = (name: string, content: Uint8Array) =>
    `(() => {
      const data = new DataTransfer();
      const bytes = Uint8Array.fromBase64(${JSON.stringify(content.toBase64())});
      data.items.add(new File([bytes], ${JSON.stringify(name)}));
      return data;
    })()`;
  const names = (part: Page) => part.texts(".guesses li > span:first-child");

  await withBoard(runs, async (address) => {
    const shown = { ...browser, flags: [...browser.flags, ...GRAPHICS] };
    await Page.with(shown, async (page) => {
      await page.look(1280, "light");
      await page.goTo(`${address}#/try?pretrained=cifar%2Fattention-8`);
      await page.until(
        `document.querySelector(".standing output").textContent.includes("on tfjs wasm")`,
      );
      await page.value(`dispatchEvent(new DragEvent("drop", {
        dataTransfer: ${files(hostile, png)}, cancelable: true,
      })); 0`);
      await page.until(`document.querySelectorAll(".guesses li").length === 5`);
      await page.until(
        `/; a picture in [\\d.]+ (ms|s)$/.test(document.querySelector(".standing output").textContent)`,
      );
      const pretrained = orThrow(await predict("cifar/attention-8", [picture]));
      assertEquals((await names(page))[0], pretrained[0]?.label);
      assertStringIncludes((await page.texts("h2")).join(), hostile);

      // Every attention has three maps over the picture, of all channels or of one.
      const attentions = (await page.texts(".attention")).length;
      assert(attentions > 0);
      assertEquals((await page.texts(".attention canvas")).length, 6 * attentions);
      const line = `document.querySelector(".attention .tile").textContent`;
      const mean = await page.value(line);
      await page.fill(".attention input[type=range]", "1");
      await page.until(`${line} !== ${JSON.stringify(mean)}`);
      await page.fill("form input[type=range]", "25");
      await page.until(
        `document.querySelectorAll(".attention canvas")[1].style.opacity === "0.25"`,
      );

      // Grad-CAM lies over the picture for each of the likeliest classes.
      const cams = await page.value<readonly string[]>(
        `[...document.querySelectorAll(".cams [role=img]")].map((one) => one.ariaLabel)`,
      );
      assertEquals(
        cams.map((label) => label.replace(/, [\d.e-]+ to [\d.e-]+$/, "")),
        (await names(page)).map((name) => `Grad-CAM of ${name}`),
      );
      assertEquals((await page.texts(".cams canvas")).length, 10);
      await assertFits(page, "try");

      // A graphics card that is imitated is taken when it is asked for, and sees the same.
      const before = await page.texts(".guesses li");
      await page.fill("form label:nth-of-type(2) select", "webgpu");
      await page.until(
        `document.querySelector(".standing output").textContent.includes("on tfjs webgpu")`,
      );
      await page.until(`document.querySelectorAll(".guesses li").length === 5`);
      assertEquals(await page.texts(".guesses li"), before);

      // A run sees the pictures that are there; one without attention has no maps.
      await page.until(
        `[...document.forms[0][0].options].some(({ value }) => value === "run plain")`,
      );
      await page.fill("form select", "run plain");
      await page.until(`location.hash.includes("run=plain")`);
      await page.until(
        `document.querySelector(".guesses") && !document.querySelector(".attention")`,
      );
      const own = orThrow(await predict(checkpoint, data, { backend: "cpu" }));
      assertEquals(await names(page), own[0]?.guesses.map(({ name }) => name));
      await page.value(`(() => {
        const field = document.querySelector("input[type=file]");
        field.files = ${files("broken.png", png.slice(0, 60))}.files;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      })()`);
      await page.until(
        `document.querySelector("[role=alert]")?.textContent.includes("broken.png")`,
      );
      await page.goTo(`${address}#/try?run=nowhere`);
      await page.until(`document.querySelector("[role=alert]")?.textContent.includes("nowhere")`);
      assertEquals(await page.value("document.title"), "netfold board");
      assertEquals(await complaints(page, "/api/checkpoint?run=nowhere"), []);
    });
  });
});

browserTest(
  "the code of a network is written in the page, and runs where it can reach nothing",
  async (browser) => {
    const runs = join(browser.folder, "runs");
    await Deno.mkdir(runs);
    const code = `document.querySelector(".editor").shadowRoot.querySelector(".cm-content")`;
    const total =
      `[...document.querySelectorAll(".total td")].map((one) => one.textContent).join(" | ")`;
    const alert = `document.querySelector("[role=alert]")?.textContent`;
    await withBoard(runs, async (address) => {
      await Page.with(browser, async (page) => {
        const write = async (text: string) => {
          await page.value(`${code}.focus()`);
          await page.press("a", { ctrl: true });
          await page.type(text);
        };
        await page.look(1280, "light");
        await page.goTo(`${address}#/networks`);
        await page.click(".kinds label:nth-of-type(4) input");
        await page.until(
          `document.querySelector(".editor")?.shadowRoot?.querySelector(".cm-content")`,
        );
        await page.until(`location.hash.includes("code=")`);
        await page.until(`document.querySelector(".summary").textContent.includes("module1")`);
        await assertFits(page, "code");

        // What is written is the network, and so is its address.
        const before = await page.value("location.hash");
        await write("chain(conv(8), globalAveragePool(), dense(3))");
        await page.until(`${total}.includes("| 51 |")`);
        await page.until(`location.hash !== ${JSON.stringify(before)}`);
        await page.goTo(await page.value("location.href"));
        await page.until(`${total}.includes("| 51 |")`);
        await page.until(`${code}.textContent === "chain(conv(8), globalAveragePool(), dense(3))"`);

        // Names are completed, with what the documentation says of them.
        await write("preact");
        await page.press(" ", { ctrl: true });
        const list = `document.querySelector(".editor").shadowRoot.querySelector(".cm-tooltip")`;
        await page.until(`${list}?.textContent.includes("preactivation(options)")`);
        await page.press("Escape");

        // Code reaches neither the server nor what the browser keeps, and is ended when it does not end.
        for (const name of ["fetch", "indexedDB", "postMessage", "Worker", "navigator"]) {
          await write(`${name}.length; relu()`);
          await page.until(`${alert}?.includes("${name} is not defined")`);
        }
        await write("for (;;);");
        await page.until(`${alert}?.includes("two seconds")`);
        await write("3");
        await page.until(`${alert}?.includes("last line")`);
        await write("relu()");
        await page.until(`document.querySelector(".summary .total")`);
        // The browser's own editing tries styles.
        assertEquals(await complaints(page, "Applying inline style"), []);
      });
    });
  },
);
