/** What a training may well do, and what will teach it nothing: said before its first step. */
import { leaves, parametersAt } from "../../dsl/plan/fold.ts";
import { sizeOf } from "../../dsl/net/shape.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import type { Dataset } from "../data/dataset.ts";
import type { EngineOptions } from "./engine.ts";
import type { RunConfig } from "./config.ts";
import type { Prepared } from "./prepare.ts";

/** Warns of what is planned. */
export function warnOf(
  { recipe }: Pick<RunConfig, "recipe">,
  { plan, parts }: Pick<Prepared, "plan" | "parts">,
  { classes }: Pick<Dataset, "classes">,
  { onWarning = console.warn }: Pick<EngineOptions, "onWarning">,
): void {
  const plans = [plan, ...parts.map((part) => part.plan)];
  const alone = new Set(plans.flatMap((planned) => normsOfOneNumber(planned, recipe.batch)));
  const [first] = alone;
  if (first !== undefined) {
    const others = alone.size === 1 ? "" : ` and ${alone.size - 1} more like it`;
    onWarning(
      `${first}${others}: a batch norm sees one number for each channel, a 1x1 map in batches of ` +
        "1; its mean is that number, and 0 comes out whatever goes in. Use larger batches or maps",
    );
  }
  if (classes.length === 1) {
    onWarning("the data set has one class: every answer is right, and there is nothing to learn");
  }
}

/** The layers that keep running statistics, and make them of a single number for each channel. */
function normsOfOneNumber(plan: Plan, batch: number): readonly string[] {
  return leaves(plan).filter((leaf) =>
    batch * sizeOf(leaf.input.slice(0, -1)) === 1 &&
    parametersAt(leaf).some(({ role, frozen }) => role === "running-variance" && frozen !== true)
  ).map(({ path }) => path);
}
