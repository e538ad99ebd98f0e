import { join } from "@std/path";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { chain, diagram, orThrow, plan, toJSON } from "../../mod.ts";
import { conv, relu } from "../../layers/mod.ts";
import { attention20 } from "../../nets/residual_attention.ts";
import { run, withTasks } from "../tasks/_task.ts";

Deno.test("diagram prints Mermaid, folded to the depth that it is asked for", async () => {
  await withTasks(async (folder) => {
    const name = "cifar/attention-20";
    const { code, stdout, stderr } = await run(folder, "diagram", name, "--depth", "2");
    assertEquals([code, stderr], [0, ""]);
    const planned = orThrow(plan(attention20(), [32, 32, 3]));
    assertEquals(stdout, diagram(planned, { title: name, depth: 2 }));
  });
});

Deno.test("diagram writes a file, in the language that its ending says", async () => {
  await withTasks(async (folder) => {
    const written = async (file: string) => {
      const ended = await run(folder, "diagram", "cifar/attention-20", "--out", file);
      assertEquals([ended.code, ended.stdout], [0, ""]);
      assertMatch(ended.stderr, new RegExp(`^${RegExp.escape(file)}  [0-9.]+ k?B\n$`));
      return await Deno.readTextFile(join(folder, file));
    };
    assertMatch(await written("net.svg"), /<svg [^]*soft mask branch M[^]*<\/svg>/);
    assertMatch(await written("net.gv"), /^digraph /);
    assertStringIncludes(await written("net.mmd"), "flowchart TB");
  });
});

Deno.test("diagram draws a network in a file for the input that it is given", async () => {
  await withTasks(async (folder) => {
    await Deno.writeTextFile(join(folder, "net.json"), toJSON(chain(conv(8), relu())));
    const args = ["net.json", "--input=5x7x3", "--format=dot"];
    const { code, stdout } = await run(folder, "diagram", ...args);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "5×7×8");
  });
});

Deno.test("diagram says what it cannot do, with the exit code for it", async () => {
  await withTasks(async (folder) => {
    const codes = async (...args: readonly string[]) =>
      (await run(folder, "diagram", ...args)).code;
    assertEquals(await codes(), 2);
    assertEquals(await codes("cifar/attention-20", "--format=pdf"), 2);
    assertEquals(await codes("cifar/attention-21"), 1);
    assertEquals(await codes("cifar/attention-20", "--out=missing/net.mmd"), 1);
    const help = await run(folder, "diagram", "--help");
    assertStringIncludes(help.stdout, "deno task diagram");
  });
});
