/** What a recipe makes of a data set, in words. */
import type { AugmentationRecord } from "../data/augment.ts";
import { augmentationOf, stepsOf } from "../data/augmentation.ts";
import type { Normalization } from "../data/normalize.ts";
import { count } from "../terminal/format.ts";
import type { PreparedData } from "../training/prepare_data.ts";
import type { Recipe } from "../training/recipe.ts";

/** A name and what is to be said of it. */
export type Fact = readonly [name: string, words: string];

/** What is done to the images of a recipe, and in which order they come. */
export function makingOf(recipe: Recipe, data: PreparedData): readonly Fact[] {
  const { sampling, batch, mixup, cutmix, labelNoise = 0 } = recipe;
  const mixes = [
    ...(mixup === undefined ? [] : [`mixup ${mixup}`]),
    ...(cutmix === undefined ? [] : [`cutmix ${cutmix}`]),
  ];
  const order = sampling === undefined ? "in random order" : "drawn by class, with replacement";
  return [
    ["batches", `${count(data.stepsPerEpoch)} of ${batch} images an epoch, ${order}`],
    ["normalised", normalizationText(data)],
    ["augmented", augmentationText(recipe.augment)],
    ...(mixes.length === 0 ? [] : [["mixed", mixes.join(", ")] as const]),
    ...data.sizes.map(({ size, end }) =>
      ["smaller", `${size}x${size} until step ${count(end)} of ${count(data.totalSteps)}`] as const
    ),
    ...(labelNoise === 0 ? [] : [["labels", `wrong with probability ${labelNoise}`] as const]),
  ];
}

function normalizationText(
  { normalization, train: { shape } }: Pick<PreparedData, "normalization" | "train">,
): string {
  const { kind, std } = normalization;
  const means = channelMeans(normalization, shape[2]);
  const divided = std === undefined ? "" : `, divided by its deviation (${numbers(std)})`;
  return kind === "per-pixel-mean"
    ? `minus the mean of each pixel (${numbers(means)} on average)${divided}`
    : `minus the mean of each channel (${numbers(means)})${divided}`;
}

/** The mean of each channel, also of means of each pixel. */
export function channelMeans({ mean }: Normalization, channels: number): readonly number[] {
  const places = mean.length / channels;
  return Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let at = c; at < mean.length; at += channels) sum += mean[at] ?? 0;
    return sum / places;
  });
}

function numbers(values: Iterable<number>): string {
  return Array.from(values, (value) => value.toFixed(3)).join(", ");
}

function augmentationText(augment: Recipe["augment"]): string {
  const known = augmentationOf(augment);
  const own = known._tag === "Right" ? known.right : undefined;
  return own === undefined ? "not at all" : stepsOf(own).map(stepText).join("; then ");
}

function stepText({ name, options }: AugmentationRecord): string {
  const words = Object.entries(options).map(([option, value]) =>
    `${option} ${Array.isArray(value) ? value.join(" to ") : value}`
  );
  return `${name} (${words.join(", ")})`;
}
