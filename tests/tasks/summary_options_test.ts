/** The options of `deno task summary`, as a shell gives them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { orThrow, plan, trainingNeeds } from "../../mod.ts";
import { renderSummary, summaryCsv, summaryMarkdown } from "../../dsl/interpreters/summary/mod.ts";
import { network } from "../../nets/zoo.ts";
import { inFolder, run } from "./_task.ts";

const name = "cifar/attention-20";
const { net, input } = orThrow(network(name));
const planned = orThrow(plan(net, input));

Deno.test("summary prints text, Markdown and CSV as the library does", async () => {
  await inFolder(async (folder) => {
    const chosen = [
      "--columns",
      "output,params%,field",
      "--convention",
      "fvcore",
      "--width",
      "100",
    ];
    const text = await run(folder, "summary", name, ...chosen);
    const options = {
      name,
      columns: ["output", "params%", "field"],
      convention: "fvcore",
      width: 100,
    } as const;
    assertEquals(text, { code: 0, stdout: renderSummary(planned, options), stderr: "" });
    const markdown = await run(folder, "summary", name, "--format=markdown", "--depth=1");
    assertEquals(markdown.stdout, summaryMarkdown(planned, { name, depth: 1 }));
    const csv = await run(folder, "summary", name, "--format=csv");
    assertEquals(csv.stdout, summaryCsv(planned));
  });
});

Deno.test("summary tells of training when it is given a batch", async () => {
  await inFolder(async (folder) => {
    const training = trainingNeeds(planned, { batch: 32, optimizer: { kind: "sgd" } });
    const json = await run(folder, "summary", name, "--batch", "32", "--format", "json");
    assertEquals(JSON.parse(json.stdout).training, training);
    const text = await run(folder, "summary", name, "--batch=32");
    assertStringIncludes(text.stdout, "training    a step of batch 32: ");
  });
});

Deno.test("summary says which columns and conventions there are when it is given another", async () => {
  await inFolder(async (folder) => {
    const columns = await run(folder, "summary", name, "--columns", "output,flop");
    assertEquals([columns.code, columns.stdout], [2, ""]);
    assertStringIncludes(columns.stderr, "params, params%, trainable");
    const convention = await run(folder, "summary", name, "--convention", "fvcor");
    assertEquals(convention.code, 2);
    assertStringIncludes(convention.stderr, 'did you mean "fvcore"?');
  });
});

Deno.test("summary lists the zoo for programs and for pages", async () => {
  await inFolder(async (folder) => {
    const csv = await run(folder, "summary", "--format=csv");
    const [header = "", ...rows] = csv.stdout.trimEnd().split("\n");
    assertEquals(header, "network,input,output,depth,params,trainable,macs,flops");
    const row = rows.find((row) => row.startsWith("cifar/attention-56,"));
    assertEquals(row, "cifar/attention-56,32x32x3,10,56,1164666,1148826,122825216,252533770");
    const markdown = await run(folder, "summary", "--format=markdown");
    assert(/^\| network +\| input +\|/.test(markdown.stdout));
  });
});
