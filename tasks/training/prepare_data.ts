/**
 * What a recipe makes of a data set, whatever the network: the images to learn from and to choose
 * by, the normalisation, what classes count for, and the keys of everything that is drawn.
 */
import { type Key, seedKey, split } from "../../dsl/programs/random.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { augmentationOf } from "../data/augmentation.ts";
import { batchCount } from "../data/batches.ts";
import { checkWeights, shares, weightedTargets } from "../data/class_weights.ts";
import {
  areFiles,
  checkDataset,
  type Dataset,
  type ImageSet,
  type Labels,
} from "../data/dataset.ts";
import { withLabelNoise } from "../data/label_noise.ts";
import { type Normalization, normalizationOf } from "../data/normalize.ts";
import { limit, splitTrain } from "../data/split.ts";
import { all, E, pipe, refused, type Result, right } from "../fp.ts";
import type { RunConfig } from "./config.ts";
import { checkRecipe, type Recipe } from "./recipe.ts";

/** A part of a run that trains on images of another size. */
export interface SizedPart {
  /** The side of the images, in pixels. */
  readonly size: number;
  /** The step before which it ends. */
  readonly end: number;
}

export interface PreparedData {
  readonly train: ImageSet;
  /** What the best weights are chosen by, if anything is held out. */
  readonly validation: ImageSet | undefined;
  /** What is done to every image, measured on the training images. */
  readonly normalization: Normalization;
  /** The target of each class, when classes have weights. */
  readonly targets?: Float32Array;
  /** How likely each class is to be drawn, when images are drawn by class. */
  readonly shares?: readonly number[];
  /** The key of order and augmentation. */
  readonly dataKey: Key;
  /** Steps in an epoch; images that do not fill a batch wait for another epoch. */
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** The parts of the run that train on smaller images, in order. */
  readonly sizes: readonly SizedPart[];
}

/** What keeps a recipe and a data set from each other, or nothing. */
export function checkData(recipe: Recipe, dataset: Dataset<ImageSet>): Result<unknown> {
  return all({
    recipe: checkRecipe(recipe),
    dataset: checkDataset(dataset),
    augment: checkAugment(recipe, dataset),
    weights: checkWeights(recipe.classWeights, "classWeights", dataset.classes),
    sampling: checkWeights(recipe.sampling, "sampling", dataset.classes),
  });
}

/** Prepares the data of a recipe that {@link checkData} has found fitting. */
export function prepareData(recipe: Recipe, dataset: Dataset<ImageSet>): Result<PreparedData> {
  const key = seedKey(recipe.seed);
  return pipe(
    all({ images: imagesOf({ recipe }, dataset, key) }),
    E.bindW("stepsPerEpoch", ({ images }) => stepsPerEpochOf(images.train, recipe)),
    E.bindW("normalization", ({ images }) => normalizationOf(images.train)),
    E.map(({ images, stepsPerEpoch, normalization }): PreparedData => {
      const totalSteps = Math.min(recipe.steps ?? Infinity, recipe.epochs * stepsPerEpoch);
      return {
        ...images,
        ...byClass(recipe, images.train.labels, dataset.classes.length),
        normalization,
        dataKey: split(key, "data"),
        stepsPerEpoch,
        totalSteps,
        sizes: (recipe.sizes ?? []).map(({ size, until }) => ({
          size,
          end: Math.round(until * totalSteps),
        })),
      };
    }),
  );
}

/** What classes count for by a recipe. */
function byClass(
  { classWeights, sampling, labelSmoothing: smoothing }: Recipe,
  labels: Labels,
  classes: number,
): Pick<PreparedData, "targets" | "shares"> {
  return defined({
    targets: classWeights && weightedTargets(classWeights, labels, { classes, smoothing }),
    shares: sampling && shares(sampling, labels, classes),
  });
}

function stepsPerEpochOf({ count }: ImageSet, { batch }: Recipe): Result<number> {
  const steps = batchCount(count, { size: batch, last: "drop" });
  if (steps > 0) return right(steps);
  return refused({ path: "batch", layer: "option", code: "batch-too-large" }, {
    rule: "an epoch has at least one batch",
    got: `${count} images, batches of ${batch}`,
    wanted: `at least ${batch} images to learn from`,
    hint: "use a smaller batch or more images",
  });
}

/** The images of a run. */
type Images = Pick<PreparedData, "train" | "validation">;

/**
 * The images a run learns from and those it holds out; the test set is never among them. Noise is
 * in the labels of both: what is held out is not cleaner than what is learnt from.
 */
export function imagesOf(
  { recipe }: Pick<RunConfig, "recipe">,
  dataset: Dataset<ImageSet>,
  key: Key,
): Result<Images> {
  const { labelNoise: level = 0, validation } = recipe;
  const classes = dataset.classes.length;
  return pipe(
    recipe.limit === undefined
      ? right(dataset.train)
      : limit(dataset.train, recipe.limit, split(key, "limit")),
    E.map((images) =>
      level === 0
        ? images
        : withLabelNoise(images, { level, classes, key: split(key, "label noise") })
    ),
    E.flatMap((images): Result<Images> =>
      validation === 0
        ? right({ train: images, validation: undefined })
        : splitTrain(images, { validation, key: split(key, "validation") })
    ),
  );
}

function checkAugment({ augment }: Recipe, dataset: Dataset<ImageSet>): Result<unknown> {
  const augmentation = augmentationOf(augment);
  const views = augmentation._tag === "Right" && augmentation.right?.view !== undefined;
  if (areFiles(dataset.train) || !views) return right(undefined);
  return refused({ path: "augment", layer: "option", code: "image-size" }, {
    rule: "only pictures in files have other sizes than the network's",
    got: `scale and proportions changed at random, on ${dataset.name}`,
    wanted: "images padded and mirrored, or a folder of pictures",
    hint: "use another preset than imagenet",
  });
}
