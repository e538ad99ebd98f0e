/** A layer and a merge of a user's own, as tasks take them: named in a module, read back from a run. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { finalState } from "./_final_state.ts";
import { toJSON } from "../../mod.ts";
import { inFolder, run, SHAPES, start, type TaskName } from "./_task.ts";

const MODULE = `
import { chain, fork, layer, mergeRule, pointwise, rule, sameShapes, standard } from
  "@netfold/netfold";
import { maximum, multiply, scale, subtract } from "@netfold/netfold/graph";
import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";

const slopes = rule({
  ...pointwise(3),
  type: "slopes",
  label: "slopes",
  fields: {},
  parameters: (_, input) => [{
    name: "slope",
    shape: input.slice(-1),
    role: "scale",
    initializer: "ones",
    fanIn: 1,
    fanOut: 1,
  }],
  lower: (_, { graph, input, parameter }) => {
    const above = maximum(graph, input, graph.constant(0, []));
    const below = multiply(graph, subtract(graph, input, above), scale(graph, parameter("slope"), 0.25));
    return graph.apply({ op: "add" }, [above, below]);
  },
});

const larger = mergeRule({
  merge: "larger",
  branches: "any",
  sign: "max",
  shape: sameShapes(),
  cost: () => ({ macs: 0, flops: 0 }),
  lower: (graph, branches) => branches.reduce((a, b) => maximum(graph, a, b)),
});

export const language = standard.with(slopes, larger);
export const input = [32, 32, 3];
const act = ACT;
export default chain(
  conv(4, { kernel: 3, stride: 4 }),
  act,
  fork("larger", conv(4, { kernel: 1 }), conv(4, { kernel: 1 })),
  globalAveragePool(),
  dense(10),
);
`;

/** The module, and one that differs in a layer of netfold's own. */
async function withModules(work: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const own = MODULE.replace("ACT", 'layer({ type: "slopes" })');
    await Deno.writeTextFile(join(folder, "own.ts"), own);
    await Deno.writeTextFile(join(folder, "other.ts"), MODULE.replace("ACT", "relu()"));
    await work(folder);
  });
}

const LONG = ["own.ts", SHAPES, "--limit=80", "--batch=16", "--backend=wasm"];
const LANGUAGE = "--language=own.ts";

Deno.test("a module's own layer and merge are summarised, drawn, compared and exported", async () => {
  await withModules(async (folder) => {
    const done = async (code: number, task: TaskName, ...args: readonly string[]) => {
      const ended = await run(folder, task, ...args);
      assertEquals(ended.code, code, ended.stderr);
      return ended;
    };
    assertStringIncludes((await done(0, "summary", "own.ts")).stdout, "slopes");
    assertStringIncludes((await done(0, "diagram", "own.ts")).stdout, "slopes");
    assertStringIncludes((await done(1, "diff", "own.ts", "other.ts")).stdout, "slopes");
    await done(0, "export", "own.ts", "--format=onnx");
    assert((await Deno.stat(join(folder, "own.onnx"))).size > 500);
    const torch = await done(1, "export", "own.ts", "--format=torch");
    assertStringIncludes(torch.stderr, "slopes");
  });
});

Deno.test("a run of a module's own layers is killed, resumed and used in its language", async (test) => {
  await withModules(async (folder) => {
    const all = [...LONG, "--epochs=4", "--save-every=0"];
    const whole = await run(folder, "train", ...all, "--out=runs/whole");
    assertEquals(whole.code, 0, whole.stderr);
    assertStringIncludes(whole.stdout, "deno task evaluate runs/whole --language own.ts");
    await test.step("killed and resumed, it ends bit for bit as the whole one", async () => {
      const killed = start(folder, "train", [...all, "--out=runs/killed"]);
      await killed.said("epoch 1/4");
      killed.signal("SIGKILL");
      await killed.ended;
      const resumed = await run(folder, "train", "--resume=runs/killed", LANGUAGE);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertStringIncludes(resumed.stderr, "are done");
      const { language } = await import(`file://${folder}/own.ts`);
      const [a, b] = ["runs/killed", "runs/whole"].map((name) =>
        finalState(folder, name, { language })
      );
      assertEquals(await a, await b);
    });
    const wasm = "--backend=wasm";
    const uses = [
      ["evaluate", "runs/whole", wasm],
      ["predict", "runs/whole", "seen.png", wasm],
      ["masks", "runs/whole", "seen.png", wasm],
      ["report", "runs/whole", "--no-measure"],
      ["export", "runs/whole", "--format=onnx"],
    ] as const;
    await Deno.writeFile(join(folder, "seen.png"), PIXEL);
    for (const [task, ...args] of uses) {
      await test.step(task, async () => {
        const ended = await run(folder, task, ...args, LANGUAGE);
        if (task === "masks") assertStringIncludes(ended.stderr, "attention");
        else assertEquals(ended.code, 0, ended.stderr);
        const without = await run(folder, task, ...args);
        assertEquals(without.code, 1, without.stdout);
        assertStringIncludes(without.stderr, '"slopes"');
        assertStringIncludes(without.stderr, "--language FILE");
      });
    }
    await test.step("what is not a language, and where none is wanted", async () => {
      const wrong = await run(folder, "evaluate", "runs/whole", "--language=net.ts");
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.stderr, "net.ts");
      await Deno.writeTextFile(join(folder, "none.ts"), "export const net = 1;");
      const none = await run(folder, "evaluate", "runs/whole", "--language=none.ts");
      assertStringIncludes(none.stderr, "export const language");
      const lost = await run(folder, "train", "--resume=runs/whole");
      assertEquals(lost.code, 1);
      assertStringIncludes(lost.stderr, '"slopes"');
      const begun = await run(folder, "train", ...LONG, LANGUAGE);
      assertEquals(begun.code, 2);
    });
  });
});

/** A picture of one pixel. */
const PIXEL = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
  ),
  (c) => c.charCodeAt(0),
);

Deno.test("a JSON file with a module's own layers is read by every task in its language", async (test) => {
  await withModules(async (folder) => {
    const { default: net } = await import(`file://${folder}/own.ts`);
    await Deno.writeTextFile(join(folder, "net.json"), toJSON(net));
    const input = "--input=32x32x3";
    const tasks: readonly (readonly [TaskName, ...string[]])[] = [
      ["summary", "net.json", input],
      ["diagram", "net.json", input],
      ["diff", "net.json", "net.json", input],
      ["export", "net.json", input, "--format=onnx"],
      ["train", "net.json", SHAPES, "--steps=1", "--limit=80", "--out=runs/json"],
    ];
    for (const [task, ...args] of tasks) {
      await test.step(task, async () => {
        const without = await run(folder, task, ...args);
        assertStringIncludes(without.stderr, '"larger"');
        const done = await run(folder, task, ...args, LANGUAGE);
        assertEquals(done.code, 0, done.stderr);
      });
    }
    const beside = await run(folder, "diff", "net.json", "own.ts", input, LANGUAGE);
    assertEquals(beside.code, 0, beside.stderr);
    for (const name of ["own.ts", "cifar/attention-8"]) {
      const misplaced = await run(folder, "summary", name, LANGUAGE);
      assertStringIncludes(misplaced.stderr, "leave --language out");
    }
  });
});
