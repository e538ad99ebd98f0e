/** A recipe in a line names what it is made of, whatever it was given as. */
import { assertEquals } from "@std/assert";
import { clip, ema, muon } from "../../mod.ts";
import { cropFlip, cutout, inOrder } from "../../tasks/data/mod.ts";
import { PRESETS, type Recipe } from "../../tasks/training/mod.ts";
import { recipeText } from "../../tasks/training/recipe_text.ts";

const { quick } = PRESETS;

Deno.test("a recipe's line holds every part that not all recipes have, and no other", () => {
  assertEquals(recipeText(quick), "sgd, learning rate 0.1 (one-cycle)");
  const augment = inOrder(cropFlip({ pad: 4, flip: true }), cutout({ size: 8 }));
  const parts: Partial<Recipe> = {
    ...{ sizes: [{ size: 24, until: 0.5 }], augment, mixup: 0.2, cutmix: 1, accumulate: 2 },
    ...{ classWeights: "balanced", sampling: [1, 2], labelNoise: 0.1 },
    ...{ earlyStopping: 3, plateau: { epochs: 2, by: 0.1 } },
  };
  assertEquals(
    recipeText({ ...quick, ...parts, optimizer: ema(0.9, clip(1, muon())) }),
    "muon and clip and ema, learning rate 0.1 (one-cycle); images of 24x24 at first; cutout; " +
      "mixup 0.2; cutmix 1; batches in 2 parts; balanced class weights; sampling by class; " +
      "labels wrong with probability 0.1; early stopping after 3; plateau of 2",
  );
  const recorded = { name: "mine", options: {} };
  assertEquals(recipeText({ ...quick, augment: recorded }).split("; "), [
    "sgd, learning rate 0.1 (one-cycle)",
    "mine",
  ]);
});
