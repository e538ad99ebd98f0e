/** Plain TensorFlow.js loads an exported model in a page. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { orThrow, plan } from "../../mod.ts";
import { tfjsEngine, toTfjs } from "../../dsl/engines/tfjs/mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { browserTest } from "../_browser.ts";
import { answerOf, assertLogits, lively } from "../_logits.ts";
import type { Answered } from "./_model_page.ts";
import { answerOfPage, bundlePage, copyOfPackage } from "./_site.ts";

/** Plain TensorFlow.js as one script. */
const TFJS = {
  library: project.imports["@tensorflow/tfjs"],
  folder: "dist",
  name: "tf.min.js",
} as const;

browserTest("a page loads an exported model", async (browser) => {
  const { folder } = browser;
  const planned = orThrow(plan(attention20(), [16, 16, 3]));
  const weights = lively(planned);
  const files = orThrow(toTfjs(planned, weights, { classes: ["cat"] }));
  await Deno.mkdir(join(folder, "model"));
  for (const [name, bytes] of files) await Deno.writeFile(join(folder, "model", name), bytes);
  await copyOfPackage(TFJS, folder);
  const before = `<script src="${TFJS.name}"></script>`;
  await bundlePage(folder, { name: "model", script: "_model_page.ts", before });
  const model = await answerOfPage(browser, { page: "model", origins: "open" });

  const { logits, metadata } = model as Answered;
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const images = new Float32Array(2 * 16 * 16 * 3);
  const wanted = await answerOf(engine, planned, weights, { batch: 2, images });
  engine.dispose();
  assertLogits(Float32Array.from(logits), wanted, "the page's model", 1e-5);
  assertEquals((metadata as { readonly classes: unknown }).classes, ["cat"]);
});
