/** Runs that are measured by averages: of weights and of batch norms' running statistics. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { ema, orThrow, sgd } from "../../mod.ts";
import {
  evaluate,
  fit,
  loadCheckpoint,
  predict,
  resume,
  saveCheckpoint,
} from "../../tasks/training/mod.ts";
import { copyFolder, withFolder } from "../files/_folder.ts";
import {
  bands,
  engine,
  recipe as common,
  remainsOf,
  stopAfter,
  tinyNet,
  trainTiny,
} from "./_runs.ts";

const STATISTICS = ["bn1.mean", "bn1.variance"];
const recipe = { ...common, optimizer: ema(0.9, sgd()) } as const;
const dataset = bands;

async function checkpointOf(run: string, which: "best" | "last") {
  return orThrow(await loadCheckpoint(join(run, `${which}.safetensors`)));
}

Deno.test("what is measured, told and kept as best has averaged weights and averaged statistics", () =>
  withFolder(async (folder) => {
    const run = join(folder, "run");
    const { epochs, test } = await trainTiny(run, { recipe });
    const [best, last] = [await checkpointOf(run, "best"), await checkpointOf(run, "last")];
    const { epoch = 0, accuracy } = best.position.best ?? {};
    assertEquals(epochs[epoch - 1]?.validationAccuracy, accuracy);
    for (const path of ["conv1.kernel", ...STATISTICS]) {
      assertEquals(best.tensors.get(path), best.tensors.get(`@average/${path}`), path);
      assertNotEquals(last.tensors.get(path), last.tensors.get(`@average/${path}`), path);
    }
    // The figures of the run are those of the file, which hold no others' statistics.
    const found = orThrow(await evaluate(run, { dataset, engine }));
    assertEquals([found.loss, found.top1], [test?.loss, test?.top1]);
    const mixed = new Map([
      ...best.tensors,
      ...STATISTICS.map((path) => {
        const tensor = last.tensors.get(path);
        return [path, tensor ?? { shape: [], data: new Float32Array() }] as const;
      }),
    ]);
    orThrow(await saveCheckpoint(join(run, "best.safetensors"), { ...best, tensors: mixed }));
    assertNotEquals(orThrow(await evaluate(run, { dataset, engine })).loss, test?.loss);
  }));

Deno.test("fit() gives the averages that train() keeps, and predict() answers by them", () =>
  withFolder(async (folder) => {
    const run = join(folder, "run");
    await trainTiny(run, { recipe });
    const { checkpoint } = orThrow(await fit({ net: tinyNet(), data: bands, recipe, engine }));
    const best = await checkpointOf(run, "best");
    assertEquals(checkpoint.tensors, best.tensors);
    const answers = orThrow(await predict(checkpoint, bands, { engine }));
    assertEquals(answers, orThrow(await predict(best, bands, { engine })));
  }));

Deno.test("a run with averages ends the same when it is stopped, whole batches or parts", () =>
  withFolder(async (folder) => {
    for (const accumulate of [1, 2]) {
      const [whole, run] = [`whole${accumulate}`, `run${accumulate}`].map((name) =>
        join(folder, name)
      ) as [string, string];
      await trainTiny(whole, { recipe: { ...recipe, accumulate } });
      await trainTiny(run, { recipe: { ...recipe, accumulate }, watch: stopAfter(6) });
      assert(orThrow(await resume(run, { engine, dataset, log: false })).finished);
      assertEquals(await remainsOf(run), await remainsOf(whole));
    }
  }));

Deno.test("a checkpoint of weights' averages alone resumes, and it is told where others begin", () =>
  withFolder(async (folder) => {
    const run = join(folder, "run");
    await trainTiny(run, { recipe, watch: stopAfter(4) });
    const path = join(run, "last.safetensors");
    const stopped = orThrow(await loadCheckpoint(path));
    const earlier = new Map(
      [...stopped.tensors].filter(([name]) => !STATISTICS.some((of) => name === `@average/${of}`)),
    );
    orThrow(await saveCheckpoint(path, { ...stopped, tensors: earlier }));
    const begun = join(folder, "begun");
    await copyFolder(run, begun);
    const said: string[] = [];
    const onWarning = (words: string) => said.push(words);
    assert(orThrow(await resume(run, { engine, dataset, log: false, onWarning })).finished);
    assertEquals(said, [
      "the last checkpoint has no average of bn1.mean and 1 more, for an earlier version wrote " +
      "it: it begins with the last value",
    ]);
    // The very run of one that had the last values as averages.
    const seeded = STATISTICS.map((of) =>
      [
        `@average/${of}`,
        stopped.tensors.get(of) ?? { shape: [], data: new Float32Array() },
      ] as const
    );
    const tensors = new Map([...stopped.tensors, ...seeded]);
    orThrow(await saveCheckpoint(join(begun, "last.safetensors"), { ...stopped, tensors }));
    orThrow(await resume(begun, { engine, dataset, log: false, onWarning }));
    assertEquals(said.length, 1);
    assertEquals(await remainsOf(run), await remainsOf(begun));
  }));

Deno.test("a checkpoint without any average is not that of a run with one", () =>
  withFolder(async (folder) => {
    const run = join(folder, "run");
    await trainTiny(run, { recipe, watch: stopAfter(4) });
    const path = join(run, "last.safetensors");
    const { tensors, ...stopped } = orThrow(await loadCheckpoint(path));
    const others = new Map([...tensors].filter(([name]) => !name.startsWith("@average")));
    orThrow(await saveCheckpoint(path, { ...stopped, tensors: others }));
    const refused = await resume(run, { engine, dataset, log: false });
    const [problem] = refused._tag === "Left" ? refused.left : [];
    assertEquals([problem?.code, problem?.got], ["other-network", "@average.step: missing"]);
  }));
