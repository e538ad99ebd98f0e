/**
 * What a run needs before its first step, found from its configuration alone: the plan, the images
 * to learn from and to choose by, the normalisation, and the keys of everything random.
 */
import { usingOf } from "../../dsl/plan/language.ts";
import { params } from "../../dsl/interpreters/counts/params.ts";
import { parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { type Key, seedKey, split } from "../../dsl/programs/random.ts";
import { showShape } from "../../dsl/net/shape.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { batchCount } from "../data/batches.ts";
import { augmentationOf } from "../data/augmentation.ts";
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
import type { Problem, Result } from "../fp.ts";
import { all, allOf, E, pipe, problemAt, refused, right, unless } from "../fp.ts";
import type { Recipe, RunConfig } from "./config.ts";
import { checkRecipe, type TrainingSize } from "./recipe.ts";

/** A part of a run that trains on images of another size. */
export interface Part {
  /** The network on that size. */
  readonly plan: Plan;
  /** The step before which it ends. */
  readonly end: number;
}

export interface Prepared {
  readonly plan: Plan;
  /** The parts of the run that train on smaller images, in order. */
  readonly parts: readonly Part[];
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
  /** The key of what layers draw. */
  readonly layerKey: Key;
  /** Steps in an epoch; images that do not fill a batch wait for another epoch. */
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** Prepares a run, or says everything that stands in its way. */
export function prepare(config: RunConfig, dataset: Dataset<ImageSet>): Result<Prepared> {
  const { recipe, input, net } = config;
  const key = seedKey(recipe.seed);
  return pipe(
    all({
      recipe: checkRecipe(recipe),
      plan: pipe(
        plan(net, input, usingOf(config)),
        E.flatMap((planned) => checkFit(planned, dataset)),
      ),
      dataset: checkDataset(dataset),
      augment: checkAugment(config, dataset),
      sizes: sizedPlans(config),
      weights: checkWeights(recipe.classWeights, "classWeights", dataset.classes),
      sampling: checkWeights(recipe.sampling, "sampling", dataset.classes),
    }),
    E.bindW("images", () => imagesOf(config, dataset, key)),
    E.bindW("stepsPerEpoch", ({ images }) => stepsPerEpochOf(images.train, recipe)),
    E.bindW("normalization", ({ images }) => normalizationOf(images.train)),
    E.map(({ plan, sizes, images, stepsPerEpoch, normalization }): Prepared => {
      const totalSteps = Math.min(recipe.steps ?? Infinity, recipe.epochs * stepsPerEpoch);
      return {
        plan,
        parts: sizes.map(({ plan, until }) => ({ plan, end: Math.round(until * totalSteps) })),
        ...images,
        ...byClass(recipe, images.train.labels, dataset.classes.length),
        normalization,
        dataKey: split(key, "data"),
        layerKey: split(key, "layers"),
        stepsPerEpoch,
        totalSteps,
      };
    }),
  );
}

/** What classes count for by a recipe. */
function byClass(
  { classWeights, sampling, labelSmoothing: smoothing }: Recipe,
  labels: Labels,
  classes: number,
): Pick<Prepared, "targets" | "shares"> {
  return defined({
    targets: classWeights && weightedTargets(classWeights, labels, { classes, smoothing }),
    shares: sampling && shares(sampling, labels, classes),
  });
}

/** The network on the sizes of the recipe, which must leave its parameters as they are. */
function sizedPlans(
  config: RunConfig,
): Result<readonly (TrainingSize & { readonly plan: Plan })[]> {
  const { recipe: { sizes = [] }, input, net } = config;
  const whole = plan(net, input, usingOf(config));
  // Other faults of the network or of the recipe are found beside.
  if (whole._tag === "Left" || !Array.isArray(sizes)) return right([]);
  const shapes = (planned: Plan) =>
    parametersOf(planned).map(({ path, shape }) => `${path} ${showShape(shape)}`).join("; ");
  const wanted = shapes(whole.right);
  return allOf(sizes.map((part: TrainingSize) =>
    pipe(
      plan(net, input.map((own, axis) => axis < 2 ? part.size : own), usingOf(config)),
      E.flatMap((own) =>
        shapes(own) === wanted
          ? right({ ...part, plan: own })
          : refused({ path: "sizes", layer: "option", code: "size-dependent-parameters" }, {
            rule: "a network that trains on several sizes must have the same parameters on all",
            got: `other parameters on ${showShape(own.input)}`,
            wanted: "a network that ends in global pooling, say",
            hint: "leave the sizes out, or change the network's head",
          })
      ),
    )
  ));
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
type Images = Pick<Prepared, "train" | "validation">;

/**
 * The images a run learns from and those it holds out; the test set is never among them. Noise is
 * in the labels of both: what is held out is not cleaner than what is learnt from.
 */
export function imagesOf(
  { recipe }: RunConfig,
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

function checkAugment({ recipe }: RunConfig, dataset: Dataset<ImageSet>): Result<unknown> {
  const augmentation = augmentationOf(recipe.augment);
  const views = augmentation._tag === "Right" && augmentation.right?.view !== undefined;
  if (areFiles(dataset.train) || !views) return right(undefined);
  return refused({ path: "augment", layer: "option", code: "image-size" }, {
    rule: "only pictures in files have other sizes than the network's",
    got: `scale and proportions changed at random, on ${dataset.name}`,
    wanted: "images padded and mirrored, or a folder of pictures",
    hint: "use another preset than imagenet",
  });
}

/** The plan, if its network fits the data set's images and classes and has something to learn. */
function checkFit(planned: Plan, dataset: Dataset<ImageSet>): Result<Plan> {
  const image = [dataset.height, dataset.width, dataset.channels];
  const problem = (rule: string, got: string, wanted: string, hint: string): Problem =>
    problemAt({ path: dataset.name, layer: "data set", code: "data-does-not-fit" }, {
      rule,
      got,
      wanted,
      hint,
    });
  const input = planned.input.join() === image.join() ? [] : [problem(
    "the network's input must be of the images' size",
    showShape(planned.input),
    showShape(image),
    "plan the network for the data set's images",
  )];
  const output = planned.output.join() === `${dataset.classes.length}` ? [] : [problem(
    "the network must give one logit for each class",
    showShape(planned.output),
    `${dataset.classes.length}`,
    "set the network's classes to the data set's",
  )];
  const trained = params(planned).trainable > 0 ? [] : [problem(
    "the network must have parameters to train",
    "none that is not frozen",
    "at least one",
    "unfreeze a part of it, such as its classifier",
  )];
  const problems = [...input, ...output, ...trained];
  return unless(problems, planned);
}
