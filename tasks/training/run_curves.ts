/** The curves of a run, of what its folder holds. */
import { defined } from "../../dsl/problem/defined.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import type { ChartWidth } from "../charts/width.ts";
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

/** Why training can look worse than validation; nothing where it is measured alike. */
export function curveNote(
  { augment, labelSmoothing, loss, validation }: Recipe,
): string | undefined {
  const harder = [
    ...(augment === "none" ? [] : ["augmented images"]),
    ...(labelSmoothing > 0 ? ["smoothed targets"] : []),
    ...(loss === undefined ? [] : [`the loss ${loss.kind}`]),
  ];
  if (validation === 0 || harder.length === 0) return undefined;
  return `training is measured with ${harder.join(" and ")}, validation without: ` +
    "training can look the worse of the two";
}
