/**
 * What netfold does in pages: plain TensorFlow.js loads an exported model, and
 * netfold's own engine trains a network and predicts with it, with the files of
 * wasm in a folder of their own.
 */
import { assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { orThrow, plan } from "../../mod.ts";
import { tfjsEngine, toTfjs } from "../../dsl/engines/tfjs/mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { browserTest } from "../_browser.ts";
import { answerOf, assertLogits, lively } from "../_logits.ts";
import type { Answered } from "./_model_page.ts";
import { answersOf, copyOfPackage, WASM, writePage } from "./_site.ts";
import type { Trained } from "./_training_page.ts";

/** Plain TensorFlow.js as one script. */
const TFJS = {
  library: project.imports["@tensorflow/tfjs"],
  folder: "dist",
  name: "tf.min.js",
} as const;

/** Flags that give Chromium a graphics card, imitated in software. */
const GRAPHICS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

browserTest("a page loads an exported model, the next one trains", async (browser) => {
  const { folder } = browser;
  const planned = orThrow(plan(attention20(), [16, 16, 3]));
  const weights = lively(planned);
  const files = orThrow(toTfjs(planned, weights, { classes: ["cat"] }));
  await Deno.mkdir(join(folder, "model"));
  for (const [name, bytes] of files) await Deno.writeFile(join(folder, "model", name), bytes);
  await copyOfPackage(TFJS, folder);
  await copyOfPackage(WASM, join(folder, "wasm"));
  const before = `<script src="${TFJS.name}"></script>`;
  await writePage(folder, { name: "model", script: "_model_page.ts", before });
  await writePage(folder, { name: "training", script: "_training_page.ts" });
  const asked = { page: "model", origins: "open", count: 2, flags: GRAPHICS } as const;
  const [model, training] = await answersOf(browser, asked);

  const { logits, metadata } = model as Answered;
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const images = new Float32Array(2 * 16 * 16 * 3);
  const wanted = await answerOf(engine, planned, weights, { batch: 2, images });
  engine.dispose();
  assertLogits(Float32Array.from(logits), wanted, "the page's model", 1e-5);
  assertEquals((metadata as { readonly classes: unknown }).classes, ["cat"]);

  const [wasm, webgpu] = training as readonly [Trained, Trained];
  assertEquals(wasm.engine, "tfjs wasm (SIMD, 1 thread)");
  assertEquals(webgpu.engine.slice(0, 11), "tfjs webgpu");
  for (const { engine, losses, right, labels, refused } of [wasm, webgpu]) {
    assertLess(losses.at(-1) ?? NaN, (losses[0] ?? NaN) / 2, `${engine} says ${losses}`);
    assertEquals(right, 1, engine);
    assertEquals(labels, labels.map((_, i) => i % 2 === 0 ? "lying" : "standing"));
    assertEquals(refused, "needs-deno");
  }
});
