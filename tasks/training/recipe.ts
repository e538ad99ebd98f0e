/** Judges a recipe: every number in its range, every choice among those there are. */
import type { Problem } from "../../dsl/problem/problem.ts";
import { augmentationOf } from "../data/augment.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import type { Recipe } from "./config.ts";
import { SCHEDULES } from "./schedule.ts";

/** What is wrong with a recipe, each fault under the option's name. */
export function recipeProblems(recipe: Recipe): readonly Problem[] {
  const problems: Problem[] = [];
  const need = (ok: boolean, option: string, got: unknown, wanted: string, hint = "") => {
    if (ok) return;
    const rule = "the option is out of its range";
    problems.push({
      path: option,
      layer: "option",
      code: "invalid-option",
      rule,
      got: `${got}`,
      wanted,
      hint,
    });
  };
  const whole = (option: string, value: number, least: number) => {
    const ok = Number.isSafeInteger(value) && value >= least;
    need(ok, option, value, `a whole number of at least ${least}`);
  };
  const within = (option: string, value: number | undefined, from: number, below: number) => {
    const ok = value === undefined || (value >= from && value < below);
    need(ok, option, value, `a number from ${from} to below ${below}`);
  };
  const { optimizer, schedule, rate } = recipe;
  whole("epochs", recipe.epochs, 1);
  if (recipe.steps !== undefined) whole("steps", recipe.steps, 1);
  whole("batch", recipe.batch, 1);
  whole("validation", recipe.validation, 0);
  if (recipe.limit !== undefined) whole("limit", recipe.limit, 1);
  whole("seed", recipe.seed, 0);
  need(rate > 0 && Math.fround(rate) < Infinity, "rate", rate, "a number above 0, as a float32");
  within("label smoothing", recipe.labelSmoothing, 0, 1);
  within("weight decay", optimizer.weightDecay, 0, Infinity);
  if (optimizer.kind === "sgd") within("momentum", optimizer.momentum, 0, 1);
  if (optimizer.kind === "adamw") {
    within("beta1", optimizer.beta1, 0, 1);
    within("beta2", optimizer.beta2, 0, 1);
    within("epsilon", optimizer.epsilon, 0, Infinity);
  }
  within("label noise", recipe.labelNoise, 0, 1);
  need(
    SCHEDULES.includes(schedule),
    "schedule",
    schedule,
    SCHEDULES.join(", "),
    closest(schedule, SCHEDULES, ""),
  );
  const augmentation = augmentationOf(recipe.augment);
  return augmentation._tag === "Left" ? [...problems, ...augmentation.left] : problems;
}
