/** Tasks on a run, a network and pictures with hostile names: text that is seen, line by line, and files that hold it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { printable, shellWord } from "../../dsl/problem/escape.ts";
import { toJSON } from "../../mod.ts";
import { png } from "../data/_pictures.ts";
import { run, type TaskName, withTasks } from "../tasks/_task.ts";
import { bands, tinyNet, trainTiny } from "../training/_runs.ts";
import { unseenIn, worst } from "./_hostile.ts";

/** A name that a file system takes, of what it can hold of the worst. */
const FILE = 'a"""\nimport os\n"""\x1b[2J\u202e`x`|<b>$(touch x); rm \'~\' ${x} %%{init: {}}%%';

Deno.test({
  name: "hostile names of runs, classes, networks and pictures keep to their place in every task",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withTasks(async (folder) => {
      const place = `runs/${FILE}`;
      const classes = [worst, `${worst}b`, "plain"];
      const brief = { epochs: 1, steps: 2 };
      await Deno.mkdir(join(folder, "runs"));
      await trainTiny(join(folder, place), { dataset: { ...bands, classes }, recipe: brief });
      const [net, picture] = [`${FILE}.json`, `${FILE}.png`];
      await Deno.writeTextFile(join(folder, net), toJSON(tinyNet()));
      await Deno.writeFile(join(folder, picture), png(9, 9));
      const said = async (task: TaskName, code: number, ...args: readonly string[]) => {
        const ended = await run(folder, task, ...args);
        assertEquals(ended.code, code, ended.stderr);
        assertEquals([unseenIn(ended.stdout), unseenIn(ended.stderr)], [[], []], task);
        return ended;
      };
      const seen = (await said("predict", 0, place, picture, "--backend=cpu")).stdout;
      assertEquals(seen.split("\n").length, 5);
      assertStringIncludes(seen, `${printable(picture)}\n`);
      const json = await said("predict", 0, place, picture, "--backend=cpu", "--format=json");
      const [{ path, guesses }] = JSON.parse(json.stdout);
      assertEquals(path, picture);
      assertEquals(
        guesses.map(({ name }: { readonly name: string }) => name).toSorted(),
        classes.toSorted(),
      );
      const missing = (await said("predict", 1, place, `${FILE}.gif`, "--backend=cpu")).stderr;
      assertStringIncludes(missing, `${printable(FILE)}.gif (file): the file must exist\n`);

      await said("report", 0, place, "--backend=cpu", "--images=0");
      const html = await Deno.readTextFile(join(folder, place, "report.html"));
      assertEquals([unseenIn(html), html.match(/<b>|<h1>/g)], [[], ["<h1>"]]);

      const drawn = (await said("diagram", 0, net, "--input=8x8x3", "--format=svg")).stdout;
      assertEquals(drawn.match(/<b>|<svg/g), ["<svg"]);
      const [head = "", rule = ""] = (await said("summary", 0, net, "--input=8x8x3")).stdout
        .split("\n");
      assertStringIncludes(head, `${printable(FILE)}.json: 8x8x3 to 3`);
      assertEquals(rule, "-".repeat(rule.length));

      const next = (await said("export", 0, place, "--format=torch", `--out=${FILE}`)).stdout;
      assertStringIncludes(next, `\n  python ${shellWord(`${FILE}/train.py`)}\n`);
      const readme = await Deno.readTextFile(join(folder, FILE, "README.md"));
      assertEquals(unseenIn(readme), []);
    });
  },
});
