/** A data set for programs: its parts, its classes, what is done to its images, and what is odd. */
import { defined } from "../../dsl/problem/defined.ts";
import { augmentationOf, stepsOf } from "../data/augmentation.ts";
import { oddities, partCounts, unusedOf } from "./counts.ts";
import type { DataView } from "./view.ts";
import { channelMeans } from "./words.ts";

/**
 * What a data set holds and what a recipe makes of it, as plain data. Means and deviations are of
 * each channel, as shares of 255.
 */
export function dataJson({ dataset, recipe, data }: DataView): object {
  const { name, classes, train: { shape } } = dataset;
  const { normalization, sizes, stepsPerEpoch, totalSteps } = data;
  const parts = partCounts(dataset, data);
  const { batch, sampling, mixup, cutmix, labelNoise, seed } = recipe;
  const known = augmentationOf(recipe.augment);
  const own = known._tag === "Right" ? known.right : undefined;
  return {
    data: name,
    shape,
    images: {
      ...Object.fromEntries(parts.map(({ name: part, images }) => [part, images])),
      unused: unusedOf(dataset, data),
    },
    classes: classes.map((title, i) => ({
      name: title,
      ...Object.fromEntries(parts.map(({ name: part, ofClass }) => [part, ofClass[i] ?? 0])),
    })),
    normalization: {
      kind: normalization.kind,
      mean: channelMeans(normalization, shape[2]),
      ...(normalization.std === undefined ? {} : { std: [...normalization.std] }),
    },
    batches: { images: batch, anEpoch: stepsPerEpoch, inAll: totalSteps },
    recipe: {
      seed,
      augment: own === undefined ? [] : stepsOf(own),
      sizes,
      ...defined({ sampling, mixup, cutmix, labelNoise }),
    },
    notes: oddities(parts, classes),
  };
}
