/** A run whose held out accuracy gets no better ends early, or goes on at a lower rate; and is measured. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow, sgd } from "../../mod.ts";
import { loadCheckpoint, PRESETS, type Recipe } from "../../tasks/training/mod.ts";
import { isStale, loweredAfter } from "../../tasks/training/patience.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { remainsOf, trainTiny } from "./_runs.ts";

/** So small a rate that the first epoch's accuracy stays the best. */
const STUCK = { epochs: 7, rate: 1e-5, schedule: "constant", optimizer: sgd() } as const;

const trained = async (out: string, changes: Partial<Recipe>) => ({
  run: await trainTiny(out, { recipe: { ...STUCK, ...changes } }),
  tensors: orThrow(await loadCheckpoint(join(out, "last.safetensors"))).tensors,
});

Deno.test("a run ends early when epochs have brought nothing better, with the test measured", () =>
  withFolder(async (folder) => {
    const { run } = await trained(join(folder, "run"), { earlyStopping: 3 });
    assertEquals(run.epochs.map(({ epoch }) => epoch), [1, 2, 3, 4]);
    assertEquals([run.finished, run.best?.epoch, run.test?.images], [true, 1, 13]);
    const { metrics } = await remainsOf(join(folder, "run"));
    assert(metrics.at(-1)?.["test"] !== undefined);
    const { run: whole } = await trained(join(folder, "whole"), {});
    assertEquals(whole.epochs.length, STUCK.epochs);
    // What gets better goes on.
    assert(!isStale({ epoch: 6, best: { epoch: 4 } }, { earlyStopping: 3 }));
  }));

Deno.test("the rate is lowered when epochs have brought nothing better, and steps are shorter", () =>
  withFolder(async (folder) => {
    const plateau = { epochs: 2, by: 0.1 };
    const { run, tensors } = await trained(join(folder, "run"), { plateau });
    const rates = run.epochs.map(({ rate }) => Math.round(rate / STUCK.rate * 1e4) / 1e4);
    assertEquals(rates, [1, 1, 1, 0.1, 0.1, 0.01, 0.01]);
    assertEquals(run.epochs.map(({ lowered }) => lowered), [0, 0, 1, 1, 2, 2, 3]);
    assertEquals([run.finished, run.test?.images], [true, 13]);
    const begun = await trained(join(folder, "begun"), { epochs: 3 });
    const whole = await trained(join(folder, "whole"), {});
    const moved = (to: typeof tensors) =>
      Math.hypot(
        ...tensors.get("dense1.bias")?.data.map((_, i) => {
          const [x = NaN, y = NaN] = [to, begun.tensors].map((of) =>
            of.get("dense1.bias")?.data[i]
          );
          return x - y;
        }) ?? [],
      );
    assert(moved(tensors) > 0 && moved(tensors) < 0.4 * moved(whole.tensors));
  }));

Deno.test("epochs are counted since the best one, or since the rate was lowered", () => {
  const better = [true, false, true, false, false, false, false, true, false];
  const times: number[] = [];
  better.reduce((lowered: ReturnType<typeof loweredAfter> | undefined, is) => {
    const next = loweredAfter(lowered, is, { epochs: 2, by: 0.5 });
    times.push(next.times);
    return next;
  }, undefined);
  assertEquals(times, [0, 0, 0, 0, 1, 1, 2, 2, 2]);
});

Deno.test("patience without images held out is refused", () => {
  for (const change of [{ earlyStopping: 1 }, { plateau: { epochs: 1, by: 0.1 } }]) {
    const recipe = { ...PRESETS.quick, validation: 0, ...change };
    assertProblem(checkRecipe(recipe), "images that are held out", Object.keys(change)[0] ?? "");
  }
  assertProblem(checkRecipe({ ...PRESETS.quick, plateau: { epochs: 1, by: 1 } }), "plateau.by");
});
