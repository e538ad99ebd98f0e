/** A network of the board for other programs: what its buttons copy and save is what `export` writes. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { parseTar } from "nanotar";
import { torchModule } from "../../layers/bound/torch.ts";
import { conv } from "../../layers/mod.ts";
import { named, orThrow, repeat, shared, toJSON } from "../../mod.ts";
import { network } from "../../nets/mod.ts";
import { citationOf } from "../../nets/citations.ts";
import { exportOnnx } from "../../tasks/export/onnx.ts";
import { exportTfjs } from "../../tasks/export/tfjs.ts";
import { browserTest } from "../_browser.ts";
import { withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const NAME = "cifar/attention-8";
const SAID = `document.querySelector("section[aria-label='The network'] output").textContent`;

/** Presses the button of that title. */
const press = (title: string) =>
  `[...document.querySelectorAll("button")].find((one) => one.textContent === "${title}").click()`;

browserTest("a network is taken along as ONNX, TensorFlow.js and PyTorch", async (browser) => {
  const saved = join(browser.folder, "saved");
  const own = join(browser.folder, "own");
  for (const folder of [saved, own]) await Deno.mkdir(folder);
  await withBoard(browser.folder, async (address) => {
    await Page.with(browser, async (page) => {
      await page.saveIn(saved);
      await page.look(390, "light");
      await page.goTo(`${address}#/networks?zoo=${NAME}`);
      await page.until(`document.querySelector(".summary")`);

      await page.value(`navigator.clipboard.writeText = async (text) => void (copied = text)`);
      await page.value(press("Copy as PyTorch"));
      await page.until(`${SAID} === "The source for PyTorch is copied."`);
      const { net, input } = orThrow(network(NAME));
      const citation = citationOf(NAME) ?? "";
      assertEquals(
        await page.value("copied"),
        orThrow(torchModule(net, input, { name: NAME, citation })),
      );

      await page.value(press("Save as ONNX"));
      await page.until(`${SAID}.startsWith("cifar-attention-8.onnx is saved")`);
      assertStringIncludes(await page.value(SAID), "nothing is learnt yet");
      const onnx = join(own, "a.onnx");
      orThrow(await exportOnnx({ source: NAME, out: onnx }, () => {}));
      assertEquals(await written(join(saved, "cifar-attention-8.onnx")), await Deno.readFile(onnx));

      await page.value(press("Save as TensorFlow.js"));
      await page.until(`${SAID}.startsWith("cifar-attention-8-tfjs.tar is saved")`);
      const tfjs = join(own, "tfjs");
      orThrow(await exportTfjs({ source: NAME, out: tfjs }, () => {}));
      const files = parseTar(await written(join(saved, "cifar-attention-8-tfjs.tar")));
      const names = (await Array.fromAsync(Deno.readDir(tfjs))).map(({ name }) => name);
      assertEquals(files.map(({ name }) => name).sort(), names.sort());
      for (const { name, data } of files) {
        assertEquals(data, await Deno.readFile(join(tfjs, name)), name);
      }
      assertEquals(await faults(page), []);

      // What a format lacks is told, and no longer once another network is shown.
      const unlike = repeat(2, shared("half", conv("same", { kernel: 3, stride: 2 })));
      await page.click(".kinds label:nth-of-type(3) input");
      await page.until(`document.querySelector("textarea")`);
      await page.fill(".pair input", "6x6x3");
      await page.fill("textarea", toJSON(unlike));
      await page.until(`document.querySelector(".total")?.textContent.includes("2x2x3")`);
      await page.value(press("Copy as PyTorch"));
      await page.until(`document.querySelector("[role=alert]")?.textContent.includes("ONNX")`);
      await page.fill("textarea", toJSON(conv(4)));
      await page.until(`!document.querySelector("[role=alert]")`);

      // A network of its user's own is saved by the name that it is given, or has.
      await page.fill("textarea", toJSON(named("mine", conv(4))));
      await page.until(`document.querySelector(".whole").textContent.startsWith("mine: ")`);
      await page.fill(".pair label:nth-of-type(2) input", "小 net");
      await page.until(`document.querySelector(".whole").textContent.startsWith("小 net: ")`);
      await page.until(`location.hash.includes("name=")`);
      await page.goTo(await page.value("location.href"));
      await page.until(`document.querySelector(".whole")?.textContent.startsWith("小 net: ")`);
      await page.value(press("Save as ONNX"));
      await page.until(`${SAID}.startsWith("小-net.onnx is saved")`);
      await written(join(saved, "小-net.onnx"));
      await page.fill("textarea", toJSON(conv(5)));
      await page.until(`document.querySelector(".total")?.textContent.includes("6x6x5")`);
      await page.until(`document.querySelector(".whole").textContent.startsWith("小 net: ")`);
      await page.value(`dispatchEvent(new DragEvent("drop", {
        dataTransfer: (() => {
          const data = new DataTransfer();
          data.items.add(new File([${JSON.stringify(toJSON(conv(6)))}], "dropped.json"));
          return data;
        })(),
        cancelable: true,
      })); 0`);
      await page.until(`document.querySelector(".whole").textContent.startsWith("dropped: ")`);
      assertEquals(await page.complaints(), []);
    });
  });
});

/** A file that the browser has saved; it has its name once it is whole. */
async function written(path: string): Promise<Uint8Array> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      return await Deno.readFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${path} is not saved`);
}
