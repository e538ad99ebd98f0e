import { join } from "@std/path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { chain, diff, named, orThrow, plan, toJSON } from "../../mod.ts";
import { renderDiff } from "../../dsl/interpreters/diff/mod.ts";
import { conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { attention20, attention56 } from "../../nets/residual_attention.ts";
import { run, withTasks } from "../tasks/_task.ts";

Deno.test("diff tells what differs as text and as JSON, and ends with 1", async () => {
  await withTasks(async (folder) => {
    const names = { before: "cifar/attention-20", after: "cifar/attention-56" };
    const [a, b] = [attention20(), attention56()].map((net) => orThrow(plan(net, [32, 32, 3])));
    const found = a && b && diff(a, b);
    const text = await run(folder, "diff", names.before, names.after);
    assertEquals([text.code, text.stderr], [1, ""]);
    assertEquals(text.stdout, found && renderDiff(found, { names }));
    const json = await run(folder, "diff", names.before, names.after, "--format=json");
    assertEquals(json.code, 1);
    assertEquals(JSON.parse(json.stdout), JSON.parse(JSON.stringify({ names, ...found })));
  });
});

Deno.test("diff ends with 0 when nothing differs, also between files", async () => {
  await withTasks(async (folder) => {
    const net = chain(named("stem", conv(8)), relu(), globalAveragePool(), dense(2));
    for (const name of ["a.json", "b.json"]) {
      await Deno.writeTextFile(join(folder, name), toJSON(net));
    }
    const { code, stdout } = await run(folder, "diff", "a.json", "b.json", "--input=8x8x3");
    assertEquals(code, 0);
    assertStringIncludes(stdout, "no differences");
  });
});

Deno.test("diff ends with 2 when something is wrong, never with 1", async () => {
  await withTasks(async (folder) => {
    const wrong = await run(folder, "diff", "cifar/attention-21", "missing.json");
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertStringIncludes(wrong.stderr, "cannot compare cifar/attention-21");
    assertStringIncludes(wrong.stderr, "cannot compare missing.json");
    assertEquals((await run(folder, "diff", "cifar/attention-20")).code, 2);
    const help = await run(folder, "diff", "--help");
    assertEquals(help.code, 0);
    assertStringIncludes(help.stdout, "deno task diff");
  });
});
