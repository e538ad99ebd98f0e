/** The board as files: for any web server, below any path, of runs of any name. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import fc from "fast-check";
import { orThrow } from "../../mod.ts";
import { exportedAt } from "../../tasks/board/exported.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { fit, predict, saveCheckpoint } from "../../tasks/training/mod.ts";
import { browserTest } from "../_browser.ts";
import { namesIn } from "../files/_folder.ts";
import { serving } from "../platform/_site.ts";
import { inFolder, program, smallNet } from "../tasks/_task.ts";
import { makeRun, writeEpoch, writeTest } from "./_board.ts";
import { Page } from "./_page.ts";

const ALLOWED = ["--allow-read", "--allow-write=."];

/** Runs the task in a folder. */
function board(folder: string, ...args: readonly string[]) {
  return program(folder, ["board", ...args], ALLOWED).ended;
}

/** The file of a run. */
const fileOf = (run: string) => exportedAt({ path: "run", given: [["run", run]] });

Deno.test("each run has a file of its own, whatever it is called and whatever a disk takes for the same", () => {
  const name = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(fc.property(name, name, (a, b) => {
    const [file, other] = [fileOf(a), fileOf(b)];
    assertEquals(file === other, a === b);
    for (const part of file.split("/")) {
      assert(/^[a-z0-9~-]+(\.json)?$/.test(part) && part.length < 250, part);
    }
  }));
  assert(fileOf("a") !== fileOf("A"));
  assert(fileOf("a".repeat(120)) !== fileOf("a".repeat(60)));
});

Deno.test("only a new or an empty folder is written, whole or not at all", async () => {
  await inFolder(async (folder) => {
    await writeEpoch(await makeRun(join(folder, "runs/a")), 1);
    const broken = await makeRun(join(folder, "runs/broken"));
    await Deno.writeTextFile(broken.best, "no weights");
    await makeRun(join(folder, "elsewhere/b"));

    // What is left out is told; what is named must be whole.
    await Deno.mkdir(join(folder, "empty"));
    const all = await board(folder, "--export=empty");
    assertEquals(all.code, 0, all.stderr);
    assertStringIncludes(all.stdout, "empty holds the board with 1 run, ");
    assertStringIncludes(all.stderr, "left out:");
    assertStringIncludes(all.stderr, "broken");
    const table = JSON.parse(await Deno.readTextFile(join(folder, "empty/data/runs.json")));
    assertEquals(table.runs.map(({ id }: { readonly id: string }) => id), ["a"]);
    assert(!JSON.stringify(table).includes(folder));

    const refused = async (wanted: string, ...args: readonly string[]) => {
      const { code, stderr } = await board(folder, ...args);
      assert(code !== 0, args.join(" "));
      assertStringIncludes(stderr, wanted);
    };
    const before = await namesIn(folder);
    await refused("a folder of its own", "--export=empty");
    await refused("a file where a folder is needed", "--export=net.json");
    await refused("broken", "--export=new", "runs/a", "runs/broken");
    await refused("--runs", "--export=new", "elsewhere/b");
    await refused("--runs", "--export=new", "empty");
    await refused("nowhere", "--export=new", "runs/nowhere");
    await refused("--export", "runs/a");
    await refused("--port", "--export=new", "--port=0");
    await refused("--export names a folder to make", "--export=.");
    const outside = program(folder, ["board", "--export=new"], ["--allow-read"]);
    assertStringIncludes((await outside.ended).stderr, "NETFOLD_WRITE=. deno task");
    assertEquals(await namesIn(folder), before);
  });
});

const HOSTILE = "<img src=x onerror=document.title='hacked'>";
const MISTAKES = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">
  <script>document.documentElement.setAttribute("width", "50")</script>
</svg>`;
const STANDING = `document.querySelector(".standing output")?.textContent`;
const ALERT = `document.querySelector("[role=alert]")?.textContent`;

browserTest("an exported board is shown by any web server, below any path", async (browser) => {
  const { folder } = browser;
  const runs = join(folder, "runs");
  const data = orThrow(shapes({ count: 64, testCount: 10 }));
  const recipe = { epochs: 1, batch: 16, validation: 16 };
  const { checkpoint } = orThrow(await fit({ net: smallNet, data, recipe, backend: "cpu" }));
  const [hostile, other] = [`${HOSTILE} #1?&%2e.`, "deeper/B"];
  for (const name of [hostile, other, "left-out"]) {
    const run = await makeRun(join(runs, name), { name: HOSTILE });
    await writeEpoch(run, 1);
    await writeTest(run, 0.75);
    if (name !== hostile) continue;
    orThrow(await saveCheckpoint(run.best, checkpoint));
    await Deno.writeTextFile(join(run.folder, "mistakes.svg"), MISTAKES);
    const scores = [{ name: HOSTILE, images: 3, recall: 1, precision: null, f1: null }];
    await Deno.writeTextFile(join(run.folder, "classes.json"), JSON.stringify(scores));
  }
  const named = [hostile, other].map((name) => `runs/${name}`);
  const { code, stderr } = await board(folder, "--export", "site", ...named);
  assertEquals(code, 0, stderr);
  const served = join(folder, "served");
  await Deno.mkdir(join(served, "of/someone"), { recursive: true });
  await Deno.rename(join(folder, "site"), join(served, "of/someone/board"));
  await Deno.writeTextFile(join(served, "of/someone/board/other.js"), "export {};");
  const picture = join(folder, "a.png");
  const pixels = data.test.pixels.slice(0, 32 * 32 * 3);
  const png = encode({ width: 32, height: 32, data: pixels, channels: 3, depth: 8 });
  await Deno.writeFile(picture, png);

  await using server = serving(served, "open");
  const address = `http://127.0.0.1:${await server.line()}/of/someone/board/`;
  await Page.with(browser, async (page) => {
    await page.look(1280, "light");
    // Runs: their table, curves, settings and networks; the names are text.
    const query = new URLSearchParams([["run", hostile], ["run", other]]);
    await page.goTo(`${address}#/runs?${query}`);
    await page.until(`document.querySelectorAll(".chart canvas").length === 3`);
    assertEquals(await page.texts(".runs tbody td:nth-child(2)"), [hostile, other]);
    await page.until(`document.querySelectorAll("dl").length === 4`);
    assertStringIncludes((await page.texts("dl"))[0] ?? "", "sgd, learning rate 0.1 (cosine)");
    assertStringIncludes(
      await page.value(`document.querySelector(".chart [role=img]").getAttribute("aria-label")`),
      "held out 2.4",
    );

    // Drawn alone, a run has what evaluate has kept, and no picture is a document.
    await page.goTo(`${address}#/runs?${new URLSearchParams([["run", hostile]])}`);
    await page.until(`document.querySelector(".kept img")?.naturalWidth === 40`);
    assertEquals(await page.texts(".classes tbody td"), [HOSTILE, "3", "100.00 %", "", ""]);
    assertEquals(await page.texts(".kept button:not(.sort)"), []);
    await page.goTo(`${address}#/runs?${new URLSearchParams([["run", other]])}`);
    await page.until(`document.querySelectorAll("dl").length === 2`);
    assertEquals(await page.texts(".kept"), []);

    // Networks, also of code, which reaches nothing though no header forbids it.
    await page.goTo(`${address}#/networks?zoo=cifar/attention-20`);
    await page.until(`document.querySelector(".summary .total")`);
    await page.until(`document.querySelector(".diagram img")?.naturalWidth > 100`);
    await page.click(".kinds label:nth-of-type(4) input");
    const code = `document.querySelector(".editor")?.shadowRoot?.querySelector(".cm-content")`;
    await page.until(code);
    await page.until(`location.hash.includes("code=")`);
    const write = async (text: string) => {
      await page.value(`${code}.focus()`);
      await page.press("a", { ctrl: true });
      await page.type(text);
    };
    await write("chain(conv(8), globalAveragePool(), dense(3))");
    await page.until(
      `[...document.querySelectorAll(".total td")].some(({ textContent }) => textContent === "51")`,
    );
    await write(`fetch("${address}")`);
    await page.until(`${ALERT}?.includes("fetch is not defined")`);
    const loads = `import("${address}other.js").then(() => "loaded", String)`;
    assertEquals(await page.value(loads), "loaded");
    const loaded = await page.value<string>(`new Promise((resolve) => {
      const { Blob, URL, Worker } = document.querySelector("iframe").contentWindow;
      const text = ${JSON.stringify(`${loads}.then((end) => postMessage(end))`)};
      const script = new Blob([text], { type: "text/javascript" });
      const worker = new Worker(URL.createObjectURL(script), { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve("error: " + message);
    })`);
    assertStringIncludes(loaded, "Failed to fetch");

    // Try: a run sees what it sees elsewhere, on one thread; pretrained networks are there.
    await page.goTo(`${address}#/try?${new URLSearchParams([["run", hostile]])}`);
    await page.until(`${STANDING}?.includes("on tfjs wasm")`);
    await page.value(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.fromBase64("${png.toBase64()}")], "a.png"));
      dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    })()`);
    const guesses = ".guesses li > span:first-child";
    await page.until(`document.querySelectorAll("${guesses}").length === 5`);
    const own = orThrow(await predict(join(runs, hostile), [picture], { backend: "cpu" }));
    assertEquals(await page.texts(guesses), own[0]?.guesses.map(({ name }) => name));
    await page.fill("form select", "pretrained cifar/attention-8");
    await page.until(`document.querySelector(".attention canvas")`);
    assertEquals(await page.value("document.title"), "netfold board");
    // There is no graphics card, the editor tries styles, and the frame was asked to load a script.
    const expected = ["No available adapters.", "Applying inline style", "other.js"];
    const complaints = (await page.complaints()).map((one) => JSON.stringify(one));
    assertEquals(complaints.filter((one) => !expected.some((text) => one.includes(text))), []);

    // A run without weights is told as one.
    await page.goTo(`${address}#/try?${new URLSearchParams([["run", other]])}`);
    await page.until(`${ALERT}?.includes("when it was exported")`);
  });
});
