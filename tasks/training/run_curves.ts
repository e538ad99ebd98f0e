/** The curves of a run, of what its folder holds. */
import { defined } from "../../dsl/problem/defined.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import type { ChartWidth } from "../charts/width.ts";
import type { AnyAugmentation } from "../data/augment.ts";
import { augmentationNames } from "../data/augmentation.ts";
import { readMetrics } from "../files/metrics.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { readSteps } from "../files/steps.ts";
import type { RunConfig } from "./config.ts";
import type { Recipe } from "./recipe.ts";
import { epochsOf } from "./record.ts";

/** Draws what a run has recorded so far, under its network's name or another title. */
export function runCurves(
  run: RunFolder,
  { name, recipe }: Pick<RunConfig, "name" | "recipe">,
  { title = name, width = "wide" }: {
    readonly title?: string;
    readonly width?: ChartWidth;
  } = {},
): Promise<Result<string>> {
  return attempt(async () => {
    const points = epochsOf(orThrow(await readMetrics(run)));
    const steps = orThrow(await readSteps(run));
    const { curvesSvg } = await import("../charts/curves.ts");
    return orThrow(
      await curvesSvg(points, { title, steps, width, ...defined({ note: curveNote(recipe) }) }),
    );
  });
}

/** Loads what draws curves, so that long work that could not draw them at its end does not begin. */
export async function canDraw(): Promise<Result<void>> {
  return await (await import("../charts/curves.ts")).loadCurves();
}

/** Why training can look worse than validation; nothing where it is measured alike. */
export function curveNote(recipe: Recipe): string | undefined {
  const { labelSmoothing, mixup, cutmix, classWeights, loss, validation } = recipe;
  const harder = [
    ...augmentationWords(recipe.augment),
    ...(mixup === undefined ? [] : ["images mixed by mixup"]),
    ...(cutmix === undefined ? [] : ["images mixed by cutmix"]),
    ...(labelSmoothing > 0 ? ["smoothed targets"] : []),
    ...(classWeights === undefined ? [] : ["weights of classes"]),
    ...(loss === undefined ? [] : [`the loss ${loss.kind}`]),
  ];
  if (validation === 0 || harder.length === 0) return undefined;
  return `training is measured with ${listed(harder)}, validation without: ` +
    "training can look the worse of the two";
}

function augmentationWords(augment: AnyAugmentation): readonly string[] {
  const names = augmentationNames(augment);
  return [
    ...(names.some((name) => name !== "cutout") ? ["augmented images"] : []),
    ...(names.includes("cutout") ? ["squares cut out"] : []),
  ];
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
