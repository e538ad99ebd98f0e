/** A recipe in a line: what changes the parameters, how fast, and on images of which sizes. */
import type { AnyOptimizer } from "../../dsl/programs/optimizers/options.ts";
import type { Recipe } from "./recipe.ts";

/** The kinds of an optimiser and of those that it is made of. */
export function optimizerText(optimizer: AnyOptimizer): string {
  return [...new Set(kindsOf(optimizer))].join(" and ");
}

/** What makes a recipe learn as it does, in words. */
export function recipeText({ optimizer, rate, schedule, sizes = [] }: Recipe): string {
  const small = sizes.map(({ size }) => `${size}x${size}`).join(", ");
  return `${optimizerText(optimizer)}, learning rate ${rate} (${scheduleText(schedule)})${
    small && `; images of ${small} at first`
  }`;
}

function scheduleText(schedule: Recipe["schedule"]): string {
  if (typeof schedule === "string") return schedule;
  return schedule.kind === "warmup"
    ? `${scheduleText(schedule.then)} after a warmup`
    : schedule.kind;
}

/** What changes the parameters: an optimiser, those that one of groups deals them out to, and what is around them. */
function kindsOf(optimizer: AnyOptimizer): readonly string[] {
  if ("update" in optimizer) return [optimizer.kind];
  if ("of" in optimizer) return [...kindsOf(optimizer.of), optimizer.kind];
  if (optimizer.kind !== "groups") return [optimizer.kind];
  const own = optimizer.groups.flatMap((group) => group.optimizer ?? []);
  return [optimizer.otherwise, ...own].flatMap(kindsOf);
}
