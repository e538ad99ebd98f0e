/**
 * The core (`mod.ts`, `layers`, `nets`) runs in a browser and in Node as well
 * as in Deno, and gives the same text everywhere.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { browserTest } from "../_browser.ts";
import { coreReport } from "./_core.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** What a command writes for its caller; fails with what it complains about. */
async function output(command: string, args: readonly string[]): Promise<string> {
  const signal = AbortSignal.timeout(60_000);
  const process = new Deno.Command(command, { args: [...args], stdin: "null", signal });
  const { success, stdout, stderr } = await process.output();
  assert(success, `${command}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Does something with a folder that holds the bundled core, and removes the folder. */
async function withBundle(work: (folder: string, bundle: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const bundle = join(folder, "core.mjs");
  try {
    // What only an SVG diagram loads, when it is asked for.
    const apart = ["--external", "@viz-js/viz"];
    const config = ["--no-lock", "--config", join(root, "deno.json")];
    const options = [...config, "--platform", "browser", ...apart];
    const page = join(root, "tests/platform/_page.ts");
    await output(Deno.execPath(), ["bundle", ...options, "-o", bundle, page]);
    await work(folder, bundle);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the core's report holds the paper's counts of Attention-56", () => {
  const { counts, cost, depth } = JSON.parse(coreReport());
  assertEquals(counts, { trainable: 1_148_826, weights: 1_132_986, total: 1_164_666 });
  assertEquals([cost.macs, depth], [122_825_216, 56]);
});

Deno.test("the core runs in Deno without any permission", async () => {
  const page = toFileUrl(join(root, "tests/platform/_core.ts")).href;
  const source = `import { coreReport } from ${JSON.stringify(page)}; console.log(coreReport());`;
  const folder = await Deno.makeTempDir();
  const script = join(folder, "report.ts");
  await Deno.writeTextFile(script, source);
  const flags = ["--no-lock", "--no-prompt", "--no-check", "--config", join(root, "deno.json")];
  assertEquals((await output(Deno.execPath(), ["run", ...flags, script])).trim(), coreReport());
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the core runs in Node", async () => {
  await withBundle(async (_, bundle) => {
    const source = await Deno.readTextFile(bundle);
    assert(
      !/\bDeno\.|\bfrom\s*["']|\brequire\(/.test(source),
      "the bundle needs nothing around it",
    );
    const script = `await import(${JSON.stringify(toFileUrl(bundle).href)});
      console.log(globalThis.coreReport);`;
    const said = await output("node", ["--input-type=module", "--eval", script]);
    assertEquals(said.trim(), coreReport());
  });
});

browserTest("the core runs in a browser", async ({ command, flags, folder }) => {
  await withBundle(async (_, bundle) => {
    const page = join(folder, "page.html");
    const source = await Deno.readTextFile(bundle);
    // A text that HTML has nothing to escape in.
    const show = "document.body.textContent = encodeURIComponent(globalThis.coreReport);";
    await Deno.writeTextFile(
      page,
      `<!doctype html><meta charset="utf-8"><body></body><script type="module">\n${source}\n${show}\n</script>`,
    );
    const dom = await output(command, [
      ...flags,
      "--virtual-time-budget=10000",
      "--dump-dom",
      toFileUrl(page).href,
    ]);
    assertStringIncludes(dom, encodeURIComponent(coreReport()));
  });
});
