/** A batch in parts: the step of the whole batch, in programs of a part. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { adamw, chain, orThrow, plan, sgd } from "../../mod.ts";
import { stepGraphs } from "../../dsl/programs/accumulation.ts";
import { conv, dense, flatten, relu } from "../../layers/mod.ts";
import { loadCheckpoint, PRESETS } from "../../tasks/training/mod.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { engine, trainTiny } from "./_runs.ts";

/** Without batch norms, which see a part at a time. */
const net = chain(conv(4, { kernel: 3, stride: 2, bias: true }), relu(), flatten(), dense(3));

Deno.test("a run whose batches come in parts ends as one whose do not, but for rounding", () =>
  withFolder(async (folder) => {
    const end = async (name: string, accumulate: number) => {
      const out = join(folder, name);
      const live = engine.liveTensors();
      const { epochs } = await trainTiny(out, {
        net,
        recipe: { accumulate, optimizer: adamw(), rate: 0.01, schedule: "constant" },
      });
      assertEquals(engine.liveTensors(), live);
      return { epochs, ...orThrow(await loadCheckpoint(join(out, "last.safetensors"))) };
    };
    const [whole, parts] = [await end("whole", 1), await end("parts", 4)];
    assertEquals([...parts.tensors.keys()], [...whole.tensors.keys()]);
    assertEquals(parts.tensors.get("@adam.step")?.data, Float32Array.of(12));
    for (const [name, { data }] of whole.tensors) {
      const off = data.map((x, i) => Math.abs(x - (parts.tensors.get(name)?.data[i] ?? NaN)));
      assert(off.every((x) => x < 1e-4), `${name} is off by ${Math.max(...off)}`);
    }
    whole.epochs.forEach(({ trainLoss, trainAccuracy }, i) => {
      assert(Math.abs(trainLoss - (parts.epochs[i]?.trainLoss ?? NaN)) < 1e-4);
      assert(Math.abs(trainAccuracy - (parts.epochs[i]?.trainAccuracy ?? NaN)) < 1e-6);
    });
  }));

Deno.test("a part takes as many images as it has, and parameters change after the last, in little memory", () => {
  const planned = orThrow(plan(net, [8, 8, 3]));
  const { step, gather = step } = stepGraphs(planned, { batch: 2, optimizer: sgd() }, 4);
  const images = gather.inputs.find(({ name }) => name === "images")?.value ?? NaN;
  assertEquals(gather.shapes[images], [2, 8, 8, 3]);
  assertEquals(step.inputs.map(({ name }) => name), ["rate"]);
  const has = ({ nodes }: typeof step, name: string) => nodes.some(({ op }) => op.op === name);
  assertEquals([has(gather, "sgd"), has(step, "sgd")], [false, true]);
  assertEquals([has(gather, "conv2d"), has(step, "conv2d")], [true, false]);
  const names = ({ state }: typeof step) => state.map(({ name }) => name).toSorted();
  assertEquals(names(gather), names(step));
});

Deno.test("parts that a batch does not have are refused", () => {
  const recipe = { ...PRESETS.quick, batch: 10, accumulate: 4 };
  assertProblem(checkRecipe(recipe), "10 images in 4 parts", "use a batch of 12");
});
