/** What values show in notebooks and consoles, and the notebook of the docs as its kernel executes it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { chain, equal, fromJSON, named, orThrow, plan, toJSON } from "../../mod.ts";
import { conv, dense, globalAveragePool } from "../../layers/mod.ts";
import {
  DISPLAY,
  type Pictured,
  show,
  showDiagram,
  showDiff,
  type Shown,
} from "../../tasks/notebook/mod.ts";
import { withFolder } from "../files/_folder.ts";
import { LineProcess } from "../_line_process.ts";
import type { CellOutput } from "./_execute.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** What a notebook is shown of a value. */
const displayed = (value: Shown): Pictured => value[DISPLAY]();

const net = chain(named("ab", conv(8, { kernel: 3 })), globalAveragePool(), dense(3));
const planned = orThrow(plan(net, [8, 8, 3]));

Deno.test("a network shows itself in one line, its plan as a table", () => {
  assertEquals(Deno.inspect(show(net)), "network of 3 layers: ab, global_average_pool, dense");
  assertStringIncludes(Deno.inspect(show(planned)), "gap1");
  const { "text/html": html = "", "text/plain": text = "" } = displayed(show(planned));
  assertEquals(html.match(/<tr>/g)?.length, 1 + 3 + 1);
  for (const number of ["216", "8x8x8"]) {
    assertStringIncludes(html, number);
    assertStringIncludes(text, number);
  }
  const { "text/html": line } = displayed(show(net));
  assertEquals(line, "<code>network of 3 layers: ab, global_average_pool, dense</code>");
});

Deno.test("showing a network leaves it the data that it is", () => {
  const before = toJSON(net);
  show(net);
  assertEquals(toJSON(net), before);
  assert(equal(orThrow(fromJSON(before)), { ...net }));
  assertEquals(Object.getOwnPropertySymbols(net), []);
});

Deno.test("a name from outside is text in a notebook", () => {
  const { "text/html": html = "" } = displayed(show(planned, { name: "<script>" }));
  assert(!html.includes("<script>") && html.includes("&lt;script&gt;"));
});

Deno.test("diagrams and differences show themselves", async () => {
  assertStringIncludes(displayed(await showDiagram(planned))["image/svg+xml"] ?? "", "<svg");
  const other = orThrow(plan(chain(net, dense(2)), [8, 8, 3]));
  const { "text/html": html = "" } = displayed(showDiff(planned, other));
  assertStringIncludes(html, "dense, 3 to 2");
});

Deno.test("the notebook of the docs runs in Deno's kernel", async () => {
  await withFolder(async (folder) => {
    const config = join(root, "deno.json");
    const flags = ["--no-lock", "--config", config, "--allow-net=127.0.0.1", "--allow-run"];
    const files = [`--allow-read=${root},${folder}`, `--allow-write=${folder}`];
    const notebook = join(root, "docs/notebooks/mask.ipynb");
    const { cells } = JSON.parse(await Deno.readTextFile(notebook));
    const script = join(root, "tests/notebook/_execute.ts");
    const args = ["run", ...flags, ...files, script, notebook, folder];
    await using process = new LineProcess(Deno.execPath(), args);
    const outputs: CellOutput[] = [];
    for (const { cell_type } of cells) {
      if (cell_type !== "code") continue;
      const output: CellOutput = JSON.parse(await process.line());
      assertEquals(output.error, undefined);
      outputs.push(output);
    }
    const kinds = outputs.map(({ shown }) => shown.flatMap((texts) => Object.keys(texts)));
    assertEquals(kinds, [
      ["text/plain", "text/html"],
      ["text/plain", "image/svg+xml"],
      ["text/plain", "text/html"],
      ["text/plain", "text/html"],
      ["text/plain", "image/svg+xml"],
      ["text/plain", "image/svg+xml"],
      ["text/plain", "text/html"],
    ]);
    const [summary, , diff, results, , , masks] = outputs.map(({ shown: [first] }) =>
      first?.["text/html"] ?? ""
    );
    assertStringIncludes(summary ?? "", "75,342");
    assertStringIncludes(diff ?? "", "hourglass");
    assertStringIncludes(results ?? "", "encoder-decoder");
    assertEquals(masks?.match(/<img/g)?.length, 2);
  });
});
