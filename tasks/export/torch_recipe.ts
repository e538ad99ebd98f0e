/** What of a recipe the emitted training script knows, and what it does not. */
import { type Problem, problemAt } from "../fp.ts";
import type { Recipe } from "../training/recipe.ts";

/** What the script cannot do of a recipe: it has two optimisers, one loss, and the schedules with names. */
export function torchRecipeProblems({ optimizer, loss, schedule }: Recipe): readonly Problem[] {
  const problem = (path: string, got: string, wanted: string): Problem =>
    problemAt({ path, layer: "torch", code: "not-on-torch" }, {
      rule: `the PyTorch script has no such ${path}`,
      got,
      wanted,
      hint: "train on another engine, or export the network for a script of your own",
    });
  return [
    ...(["sgd", "adamw"].includes(optimizer.kind)
      ? []
      : [problem("optimizer", optimizer.kind, "sgd or adamw")]),
    ...(loss === undefined ? [] : [problem("loss", loss.kind, "cross-entropy, by leaving it out")]),
    ...(typeof schedule === "string"
      ? []
      : [problem("schedule", JSON.stringify(schedule), "a schedule with a name")]),
  ];
}
