/** What classes count for: in the order of images, in targets, and in what a network learns of few. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { focal, orThrow } from "../../mod.ts";
import type { ClassWeights, TestedDataset } from "../../tasks/data/mod.ts";
import { drawnPlaces, shares, weightedTargets } from "../../tasks/data/class_weights.ts";
import { evaluate, PRESETS } from "../../tasks/training/mod.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";
import { withFolder } from "../files/_folder.ts";
import { engine, stripes, trainTiny } from "../training/_runs.ts";
import { assertProblem } from "./_results.ts";

/** Of the first class 900 images, of the second 90, of the third 10, of the fourth none. */
const skewed = Uint8Array.from({ length: 1000 }, (_, i) => i < 900 ? 0 : i < 990 ? 1 : 2);

Deno.test("images are drawn by class as often as is asked for, and within one all alike", () => {
  const drawnBy = (weights: ClassWeights, epoch: number) =>
    drawnPlaces(skewed, shares(weights, skewed, 4), [3, epoch]);
  for (const [weights, wanted] of [["balanced", [1, 1, 1]], [[6, 3, 1, 5], [6, 3, 1]]] as const) {
    const places = Array.from({ length: 20 }, (_, epoch) => [...drawnBy(weights, epoch)]).flat();
    const all = wanted.reduce((a, b) => a + b, 0);
    wanted.forEach((share, label) => {
      const own = places.filter((place) => skewed[place] === label);
      assertAlmostEquals(own.length / places.length, share / all, 0.02);
      // No image of a class is left out.
      const images = skewed.filter((other) => other === label).length;
      assert(new Set(own).size > 0.9 * images, `${new Set(own).size} of ${images}`);
    });
  }
  assertEquals(drawnBy("balanced", 1), drawnBy("balanced", 1));
  assert(drawnBy("balanced", 1).join() !== drawnBy("balanced", 2).join());
});

Deno.test("balanced weights are inverse to a class's images, and those of a class without images are 1", () => {
  const options = { classes: 4, smoothing: 0.2 };
  const table = weightedTargets("balanced", skewed, options);
  const weightOf = (label: number) =>
    table.subarray(4 * label, 4 * label + 4).reduce((a, b) => a + b, 0);
  const [a = NaN, b = NaN, c = NaN, d = NaN] = [0, 1, 2, 3].map(weightOf);
  assertAlmostEquals(b / a, 10, 1e-4);
  assertAlmostEquals(c / b, 9, 1e-4);
  assertAlmostEquals(d, 1, 1e-6);
  assertAlmostEquals((900 * a + 90 * b + 10 * c) / 1000, 3 / 4, 1e-5);
  assertAlmostEquals(table[0] ?? NaN, a * (0.8 + 0.05), 1e-6);
  assertAlmostEquals(table[1] ?? NaN, a * 0.05, 1e-6);
});

/** Stripes of which the third class has few images to learn from. */
const few: TestedDataset = (() => {
  const { train, ...rest } = stripes;
  const places = Array.from(train.labels.keys())
    .filter((place) => train.labels[place] !== 2 || place % 10 === 2);
  const size = train.pixels.length / train.count;
  return {
    ...rest,
    name: "few of the third",
    train: {
      ...train,
      count: places.length,
      labels: Uint8Array.from(places, (place) => train.labels[place] ?? 0),
      pixels: Uint8Array.from(
        places.flatMap((place) => [...train.pixels.subarray(place * size, (place + 1) * size)]),
      ),
    },
  };
})();

Deno.test("a class of few images is learnt when it is drawn more often or weighs more", () =>
  withFolder(async (folder) => {
    /** The share of the third class's test images that are known. */
    const recallBy = async (name: string, changes: object) => {
      const out = join(folder, name);
      const dataset = few;
      await trainTiny(out, { dataset, recipe: { epochs: 6, validation: 0, ...changes } });
      const { labels, predictions } = orThrow(await evaluate(out, { engine, dataset }));
      const own = predictions.filter((_, i) => labels[i] === 2);
      return own.filter((label) => label === 2).length / own.length;
    };
    const plain = await recallBy("plain", {});
    const drawn = await recallBy("drawn", { sampling: "balanced" });
    const weighted = await recallBy("weighted", { classWeights: "balanced" });
    assert(plain + 0.2 <= drawn && plain + 0.2 <= weighted, `${[plain, drawn, weighted]}`);
  }));

Deno.test("class weights multiply the loss", () =>
  withFolder(async (folder) => {
    const lossBy = async (name: string, changes: object) => {
      const run = await trainTiny(join(folder, name), {
        recipe: { epochs: 1, steps: 1, labelSmoothing: 0.1, ...changes },
      });
      return run.epochs[0]?.trainLoss ?? NaN;
    };
    const plain = await lossBy("plain", {});
    assertAlmostEquals(await lossBy("twice", { classWeights: [2, 2, 2] }), 2 * plain, 1e-5);
    assert(Math.abs(await lossBy("first", { classWeights: [2, 1, 1] }) - plain) > 0.01);
  }));

Deno.test("weights that fit no classes are refused, and class weights beside a loss", () =>
  withFolder(async (folder) => {
    const refused = (changes: object) => checkRecipe({ ...PRESETS.quick, ...changes });
    assertProblem(refused({ classWeights: [1, 0] }), "classWeights", "above 0");
    assertProblem(refused({ sampling: "even" }), "sampling", '"balanced"');
    const beside = { classWeights: "balanced", loss: focal(), labelSmoothing: 0 };
    assertProblem(refused(beside), "beside the loss focal");
    const run = trainTiny(join(folder, "run"), { recipe: { sampling: [1, 2] } });
    const told = await run.then(() => "", (error: Error) => error.message);
    assert(told.includes("2 weights") && told.includes("one for each of first"), told);
  }));
