/** What of a recipe the emitted training script knows, and what it does not. */
import type { AnyOptimizer } from "../../dsl/programs/optimizers/options.ts";
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
  const missing = optimizer.kind === "adamw" ? [] : missingOf(optimizer);
  return [
    ...(missing.length === 0
      ? []
      : [problem("optimizer", missing.join(", "), "sgd, adamw, or sgd and muon in groups")]),
    ...(loss === undefined ? [] : [problem("loss", loss.kind, "cross-entropy, by leaving it out")]),
  ];
}

/** The kinds of optimisers that the script does not know among those of groups. */
function missingOf(optimizer: AnyOptimizer): readonly string[] {
  if ("update" in optimizer) return [optimizer.kind];
  switch (optimizer.kind) {
    case "sgd":
      return [];
    case "muon":
      return optimizer.others === undefined ? [] : missingOf(optimizer.others);
    case "groups":
      return [
        optimizer.otherwise,
        ...optimizer.groups.flatMap((group) => group.optimizer ?? []),
      ].flatMap(missingOf);
    default:
      return [optimizer.kind];
  }
}
