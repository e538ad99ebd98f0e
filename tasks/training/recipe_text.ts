/** A recipe in a line: what changes the parameters, how fast, and on images of which sizes. */
import type { AnyOptimizer } from "../../dsl/programs/optimizers/options.ts";
import { augmentationNames } from "../data/augmentation.ts";
import type { Recipe } from "./recipe.ts";

/** The kinds of an optimiser and of those that it is made of. */
export function optimizerText(optimizer: AnyOptimizer): string {
  return [...new Set(kindsOf(optimizer))].join(" and ");
}

/**
 * What makes a recipe learn as it does, in words: `sgd, learning rate 0.1 (one-cycle); mixup 0.2`.
 * After the semicolon stand the parts that not every recipe has.
 */
export function recipeText(recipe: Recipe): string {
  const { optimizer, rate, schedule } = recipe;
  return [
    `${optimizerText(optimizer)}, learning rate ${rate} (${scheduleText(schedule)})`,
    ...partsOf(recipe),
  ].join("; ");
}

function partsOf(recipe: Recipe): readonly string[] {
  const { sizes = [], mixup, cutmix, accumulate = 1, classWeights, sampling } = recipe;
  const { labelNoise = 0, earlyStopping, plateau } = recipe;
  const small = sizes.map(({ size }) => `${size}x${size}`).join(", ");
  const given = (value: unknown, words: string) => value === undefined ? [] : [words];
  return [
    ...(small === "" ? [] : [`images of ${small} at first`]),
    // Nearly every recipe has shifts and mirror images.
    ...augmentationNames(recipe.augment).filter((name) => name !== "crop-flip"),
    ...given(mixup, `mixup ${mixup}`),
    ...given(cutmix, `cutmix ${cutmix}`),
    ...(accumulate === 1 ? [] : [`batches in ${accumulate} parts`]),
    ...given(
      classWeights,
      classWeights === "balanced" ? "balanced class weights" : "class weights",
    ),
    ...given(sampling, sampling === "balanced" ? "balanced sampling" : "sampling by class"),
    ...(labelNoise === 0 ? [] : [`labels wrong with probability ${labelNoise}`]),
    ...given(earlyStopping, `early stopping after ${earlyStopping}`),
    ...given(plateau, `plateau of ${plateau?.epochs}`),
  ];
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
