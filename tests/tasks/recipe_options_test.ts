/** What the options of a recipe come to: the recipe, and what a run by it does. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow, warmup } from "../../mod.ts";
import { SCALE } from "../../tasks/data/augment.ts";
import { optimizerOf } from "../../tasks/train/optimizer.ts";
import { type TrainArguments, trainCommand } from "../../tasks/train/options.ts";
import { recipeOf } from "../../tasks/train/request.ts";
import { loadCheckpoint, presetFor } from "../../tasks/training/mod.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";
import { withFolder } from "../files/_folder.ts";
import { trainTiny } from "../training/_runs.ts";

const quick = presetFor("cifar/attention-56");

Deno.test("an optimizer that is named takes the place of the preset's, and clip and ema stand around it", () => {
  const muon = { kind: "muon", momentum: 0.9 };
  assertEquals(optimizerOf({ optimizer: "muon", momentum: 0.9 }, quick.optimizer), muon);
  assertEquals(
    optimizerOf({ optimizer: "lion", ema: 0.99, clip: 1 }, quick.optimizer),
    { kind: "ema", keep: 0.99, of: { kind: "clip", norm: 1, of: { kind: "lion" } } },
  );
  assertEquals(optimizerOf({ clip: 2 }, quick.optimizer), {
    kind: "clip",
    norm: 2,
    of: quick.optimizer,
  });
});

Deno.test("rates by role multiply those of a recipe of groups", () => {
  const { optimizer } = presetFor("cifar/attention-8");
  const doubled = optimizerOf({ rates: [["kernel", 2]] }, optimizer);
  if (optimizer.kind !== "groups" || doubled.kind !== "groups") throw new Error(doubled.kind);
  const rateOf = (name: string) =>
    doubled.groups.filter(({ path, role }) => role === "kernel" && path === name)[0]?.rate;
  const own = optimizer.groups.find(({ path }) => path === "*.module1.mask")?.rate ?? NaN;
  assertEquals([rateOf("stem.conv1.kernel"), rateOf("*.module1.mask")], [0, 2 * own]);
  assertEquals(doubled.groups.at(-1), { role: "kernel", rate: 2, optional: true });
  assertEquals(
    doubled.groups.find(({ path, role }) => role === "shift" && !path)?.rate,
    106 / 0.24,
  );
  orThrow(checkRecipe({ ...quick, optimizer: doubled }));
});

Deno.test("what has a rate of nothing stays, and the rest learns", async () => {
  await withFolder(async (folder) => {
    const optimizer = optimizerOf({ rates: [["shift", 0]], optimizer: "muon" }, quick.optimizer);
    const [before, after] = [join(folder, "begun"), join(folder, "run")];
    await trainTiny(before, { recipe: { optimizer }, watch: { interrupted: () => true } });
    await trainTiny(after, { recipe: { optimizer } });
    const tensors = async (run: string) =>
      orThrow(await loadCheckpoint(join(run, "last.safetensors"))).tensors;
    const [first, last] = [await tensors(before), await tensors(after)];
    const moved = (name: string) =>
      last.get(name)?.data.some((x, i) => x !== first.get(name)?.data[i]);
    assertEquals(moved("bn1.beta"), false);
    assertEquals(moved("bn1.gamma"), true);
    assertEquals(moved("conv1.kernel"), true);
    assert(last.has("@muon.momentum/conv1.kernel") && last.has("@momentum/dense1.bias"));
  });
});

Deno.test("a warm-up, sizes and flips are added to the recipe of any network", () => {
  const changed = (given: TrainArguments) =>
    recipeOf({ preset: "paper", ...given }, "cifar/attention-56");
  const sizes = [{ size: 24, until: 0.5 }];
  const recipe = changed({ warmup: 0.1, sizes, flip: "alternating" });
  assertEquals(recipe, {
    ...changed({}),
    schedule: { kind: "warmup", share: 0.1, from: 0, then: "step" },
    sizes,
    augment: { pad: 4, flip: "alternating" },
  });
  orThrow(checkRecipe(recipe));
  assertEquals(changed({ schedule: "linear", warmup: 0.2 }).schedule, warmup(0.2, "linear"));
  assertEquals(changed({ augment: false, flip: "random" }).augment, { pad: 0, flip: true });
  assertEquals(changed({ preset: "imagenet", flip: "no" }).augment, { ...SCALE, flip: false });
});

Deno.test("help writes lists as they are given", () => {
  const { rates, sizes, classWeights, sampling } = trainCommand.terms;
  const examples = { NAME: "bias", SIZE: "24", X: "0.5" };
  for (const { reader } of [rates, sizes, classWeights, sampling]) {
    for (const form of reader.metavar.split("|")) {
      const given = Object.entries(examples)
        .reduce((text, [name, value]) => text.replaceAll(name, value), form).replace(",...", "");
      assert(form === "balanced" || form.endsWith(",..."), form);
      assert(reader.read(given) !== undefined, given);
    }
  }
});
