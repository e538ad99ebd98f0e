/**
 * A run that is made longer: its schedule is stretched, an epoch that its end had cut short is taken
 * up, and what was done by which length is told. It can be stopped and resumed like any other.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { linear, orThrow } from "../../mod.ts";
import { learningRate, loadCheckpoint, type Recipe, resume } from "../../tasks/training/mod.ts";
import { openRunIn } from "../../tasks/training/config.ts";
import { resumeOnTorch } from "../../tasks/training/torch.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, remainsOf, stopAfter, trainTiny } from "./_runs.ts";

/** Two epochs and a half of four steps each. */
const CUT = { epochs: 5, steps: 10 } as const;

/** What a run came to, but for which weights were the best: those at a former end may have been. */
async function endOf(folder: string) {
  const { tensors, position: { best: _, ...position } } = orThrow(
    await loadCheckpoint(join(folder, "last.safetensors")),
  );
  return { tensors, position, metrics: (await remainsOf(folder)).metrics.slice(0, -1) };
}

Deno.test("a run that is made longer ends as one that was begun so, when its rate is constant", async () => {
  await withFolder(async (folder) => {
    const [whole, out] = [join(folder, "whole"), join(folder, "out")];
    const constant: Partial<Recipe> = { schedule: "constant" };
    await trainTiny(whole, { recipe: { ...constant, epochs: 4 } });
    await trainTiny(out, { recipe: { ...constant, ...CUT } });
    const said: string[] = [];
    const onWarning = (text: string) => void said.push(text);
    const watch = { engine, dataset: bands, onWarning };
    orThrow(await resume(out, { ...watch, epochs: 4, ...stopAfter(1) }));
    orThrow(await resume(out, watch));
    assertEquals(await endOf(out), await endOf(whole));
    const { config } = orThrow(await openRunIn({}, out));
    assertEquals(config.recipe.epochs, 4);
    assertEquals(config.recipe.steps, undefined);
    assertEquals(config.earlier, [{ until: 10, ...CUT }]);
    assertEquals(said.length, 1);
    assertStringIncludes(said.join(), "16 steps long, in place of 10");
  });
});

Deno.test("a schedule is stretched over the longer run, which is resumed bit for bit", async () => {
  await withFolder(async (folder) => {
    const changes = { recipe: { ...CUT, schedule: linear() } };
    const longer = { engine, dataset: bands, epochs: 4, onWarning: () => {} };
    const [whole, out] = [join(folder, "whole"), join(folder, "out")];
    for (const run of [whole, out]) await trainTiny(run, changes);
    orThrow(await resume(whole, longer));
    orThrow(await resume(out, { ...longer, ...stopAfter(3) }));
    for (const stop of [2, 4]) {
      orThrow(await resume(out, { engine, dataset: bands, ...stopAfter(stop) }));
    }
    orThrow(await resume(out, { engine, dataset: bands }));
    assertEquals(await remainsOf(out), await remainsOf(whole));
    const rates = (await remainsOf(whole)).metrics.flatMap(({ rate }) => rate ?? []);
    const of = (step: number, total: number) => learningRate(linear(), { step, total, peak: 0.05 });
    assertEquals(rates, [of(3, 10), of(7, 10), of(11, 16), of(15, 16)]);
  });
});

Deno.test("a run can be made longer again and again, and shorter than it was to be", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "out");
    await trainTiny(out, { recipe: { epochs: 9 }, watch: stopAfter(5) });
    const given = { engine, dataset: bands, onWarning: () => {} };
    const refused = await resume(out, { ...given, epochs: 1 });
    assertProblem(refused, "1 epochs of 4 steps, and 5 steps are done", "at least 2 epochs");
    orThrow(await resume(out, { ...given, epochs: 2 }));
    orThrow(await resume(out, { ...given, epochs: 2 }));
    orThrow(await resume(out, { ...given, epochs: 3 }));
    const { config } = orThrow(await openRunIn({}, out));
    assertEquals(config.earlier, [{ until: 5, epochs: 9 }, { until: 8, epochs: 2 }]);
    assertEquals((await remainsOf(out)).metrics.map(({ step }) => step), [4, 8, 12, undefined]);
  });
});

Deno.test("a run that ended early is not made longer", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "out");
    // Nothing is learnt at such a rate, so that the first epoch stays the best.
    await trainTiny(out, { recipe: { epochs: 9, rate: 1e-12, earlyStopping: 1 } });
    const refused = await resume(out, { engine, dataset: bands, epochs: 12 });
    assertProblem(refused, "ended early", "an end after 2 epochs, 1 of them no better", "--from");
  });
});

Deno.test("a resume that is refused leaves the run as long as it was to be", async () => {
  await withFolder(async (folder) => {
    const [out, other] = [join(folder, "out"), join(folder, "other")];
    await trainTiny(out);
    await trainTiny(other, { recipe: { seed: 1 } });
    await Deno.copyFile(join(other, "last.safetensors"), join(out, "last.safetensors"));
    const before = await Deno.readTextFile(join(out, "config.json"));
    const said: string[] = [];
    const given = { dataset: bands, epochs: 6, onWarning: (text: string) => void said.push(text) };
    assertProblem(await resume(out, { ...given, engine }), "another seed");
    assertProblem(await resumeOnTorch(out, { ...given, python: join(folder, "none") }), "python");
    assertEquals(await Deno.readTextFile(join(out, "config.json")), before);
    assertEquals(said.filter((text) => text.includes("steps long")), []);
  });
});
