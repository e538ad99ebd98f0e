/** What of a recipe the emitted training script knows, and what it does not. */
import type { AnyOptimizer } from "../../dsl/programs/optimizers/options.ts";
import type { AnyAugmentation } from "../data/augment.ts";
import { augmentationNames } from "../data/augmentation.ts";
import { type Problem, problemAt } from "../fp.ts";
import type { Recipe } from "../training/recipe.ts";

/** What the script cannot do of a recipe: it has cross-entropy alone, and not every optimiser. */
export function torchRecipeProblems({ optimizer, loss }: Recipe): readonly Problem[] {
  const problem = (path: string, got: string, wanted: string): Problem =>
    problemAt({ path, layer: "torch", code: "not-on-torch" }, {
      rule: `the PyTorch script has no such ${path}`,
      got,
      wanted,
      hint: "train on another engine, or export the network for a script of your own",
    });
  const missing = missingOf(unwrapped(optimizer));
  return [
    ...(missing.length === 0 ? [] : [problem("optimizer", missing.join(", "), KNOWN)]),
    ...(loss === undefined ? [] : [problem("loss", loss.kind, "cross-entropy, by leaving it out")]),
  ];
}

const KNOWN = "sgd, adamw, lion and muon, in groups too, with ema and clip around all of it";

/** What keeps the script from an augmentation of images in memory; nothing when it knows it. */
export function torchAugmentProblem(augment: AnyAugmentation): Problem | undefined {
  const names = augmentationNames(augment).join(", ");
  if (["", "crop-flip", "cutout", "crop-flip, cutout"].includes(names)) return undefined;
  return problemAt({ path: "engine", layer: "torch", code: "not-on-torch" }, {
    rule: "PyTorch knows the recipe's augmentations alone",
    got: `the augmentation ${names}`,
    wanted: '"none", { pad, flip }, cutout, or the two in this order',
    hint: "train on another engine, or with the recipe's own augmentation",
  });
}

/** What an optimiser has ema and clip around. */
function unwrapped(optimizer: AnyOptimizer): AnyOptimizer {
  return "of" in optimizer ? unwrapped(optimizer.of) : optimizer;
}

/** The kinds of optimisers that the script does not know, or not inside others. */
function missingOf(optimizer: AnyOptimizer): readonly string[] {
  if ("update" in optimizer) return [optimizer.kind];
  switch (optimizer.kind) {
    case "sgd":
    case "adamw":
    case "lion":
      return [];
    case "muon":
      return optimizer.others === undefined ? [] : missingOf(optimizer.others);
    case "groups":
      return [
        optimizer.otherwise,
        ...optimizer.groups.flatMap((group) => group.optimizer ?? []),
      ].flatMap(missingOf);
    default:
      return [`${optimizer.kind} inside another`];
  }
}
