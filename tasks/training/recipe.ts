/** How a network is trained, as data; and the one judge of it, wherever it comes from. */
import { defined } from "../../dsl/problem/defined.ts";
import { expected, OPTIONS } from "../../dsl/problem/expect.ts";
import { type StepGraphs, stepGraphs } from "../../dsl/programs/accumulation.ts";
import type { TrainingOptions } from "../../dsl/programs/training_step.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import * as v from "valibot";
import type { AnyLoss } from "../../dsl/programs/losses/losses.ts";
import { lossOf } from "../../dsl/programs/losses/losses.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import type { AnyOptimizer } from "../../dsl/programs/optimizers/options.ts";
import { type Schedule, type ScheduleName, scheduleOrName } from "../../dsl/programs/schedule.ts";
import { SCHEDULES } from "../../dsl/programs/schedule.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import { type AnyStart, type Start, startOf } from "../../dsl/programs/initializers.ts";
import type { AnyAugmentation } from "../data/augment.ts";
import { augmentationOf } from "../data/augmentation.ts";
import { type ClassWeights, classWeights } from "../data/class_weights.ts";
import { type Mix, mixSchema } from "../data/mix.ts";
import { all, allOf, E, left, pipe, refused, type Result, right } from "../fp.ts";
import { type Origin, parsed, record } from "../parsed.ts";
import { checkPatience, type Patience, patience } from "./patience.ts";

/** The size of images in a part of a run. */
export interface TrainingSize {
  /** Height and width in pixels. */
  readonly size: number;
  /** The share of the steps with which the part ends. */
  readonly until: number;
}

/** How a network is trained. */
export interface Recipe extends Mix, Patience {
  /** Passes over the training images. */
  readonly epochs: number;
  /** Steps after which training ends even within an epoch; nothing when epochs decide. */
  readonly steps?: number;
  /** Images a step. */
  readonly batch: number;
  /** Parts of a batch that go through the network one after the other, in the memory of one; 1 when left out. */
  readonly accumulate?: number;
  /** The highest learning rate. */
  readonly rate: number;
  /** How the rate changes: a schedule, or the name of one. */
  readonly schedule: Schedule | ScheduleName;
  /** How parameters are changed: an optimiser of netfold's, or one of your own. */
  readonly optimizer: AnyOptimizer;
  /** What is made small: a loss of netfold's, or one of your own; cross-entropy when left out. */
  readonly loss?: AnyLoss;
  /** The share of each target that is spread over all classes by cross-entropy; 0 with another loss. */
  readonly labelSmoothing: number;
  /** Initialisers by the paths of parameters, where they do not start as their layers say. */
  readonly starts?: Readonly<Record<string, AnyStart>>;
  /** What is done at random to training images. */
  readonly augment: AnyAugmentation;
  /**
   * Smaller images for the first parts of the run, in order: after augmentation they are brought to
   * this height and width, in pixels, until this share of the steps is done.
   */
  readonly sizes?: readonly TrainingSize[];
  /** What each class counts for in cross-entropy: an image's loss times its class's weight. */
  readonly classWeights?: ClassWeights;
  /** How often each class is drawn: images of each epoch are then drawn with replacement. */
  readonly sampling?: ClassWeights;
  /** The share of training labels that are wrong, drawn once from the seed; none when left out. */
  readonly labelNoise?: number;
  /** Training images held out to choose the best weights by. */
  readonly validation: number;
  /** Training images used, the held out ones among them; all when left out. */
  readonly limit?: number;
  /** The seed of everything random. */
  readonly seed: number;
}

const whole = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const within = (from: number, below: number) =>
  v.pipe(v.number(), v.finite(), v.minValue(from), v.ltValue(below));
const value = <T extends { readonly kind: string }>(hint: string) =>
  v.custom<T>((given) => typeof given === "object" && given !== null && "kind" in given, hint);
const augment = v.custom<AnyAugmentation>(
  (given) =>
    given === "none" || (typeof given === "object" && given !== null && !Array.isArray(given)),
  'give "none", { pad: 4, flip: true }, or an augmentation',
);

const schedule = v.custom<Schedule | ScheduleName>(
  scheduleOrName.is,
  ({ input }) => closest(input, SCHEDULES, scheduleOrName.wanted),
);

/** A recipe by its fields; what optimisers and losses hold is theirs to judge. */
export const recipeSchema = record({
  epochs: whole(1),
  steps: v.exactOptional(whole(1)),
  batch: whole(1),
  accumulate: v.exactOptional(whole(1)),
  rate: v.pipe(
    v.number(),
    v.check((rate) => rate > 0 && Math.fround(rate) < Infinity, "a number above 0, as a float32"),
  ),
  schedule,
  optimizer: value<AnyOptimizer>('give an optimiser, such as sgd() or { kind: "sgd" }'),
  loss: v.exactOptional(value<AnyLoss>("give a loss, such as crossEntropy() or focal()")),
  labelSmoothing: within(0, 1),
  starts: v.exactOptional(v.pipe(
    v.custom((given) => !Array.isArray(given), "initialisers by the paths of parameters"),
    v.record(v.string(), value<AnyStart>("give an initialiser, such as dirac() or whitening()")),
  )),
  augment,
  sizes: v.exactOptional(v.pipe(
    v.array(record({ size: whole(1), until: within(0, 1) })),
    v.check(
      (parts) => parts.every(({ until }, i) => until > (parts[i - 1]?.until ?? 0)),
      "parts in order, each ending later than the one before",
    ),
  )),
  ...mixSchema.entries,
  ...patience,
  classWeights: v.exactOptional(classWeights),
  sampling: v.exactOptional(classWeights),
  labelNoise: v.exactOptional(within(0, 1)),
  validation: whole(0),
  limit: v.exactOptional(whole(1)),
  seed: whole(0),
});

const OPTION: Origin = { path: "", layer: "option", code: "invalid-option" };

/** The recipe, or what is wrong with it, each fault under the option's name. */
export function checkRecipe(recipe: unknown): Result<Recipe> {
  return pipe(
    parsed(recipeSchema, recipe, OPTION),
    E.flatMap((recipe: Recipe) =>
      pipe(
        all({
          optimizer: optimizerOf(recipe.optimizer),
          loss: recipe.loss === undefined ? right(undefined) : lossOf(recipe.loss),
          smoothing: checkSmoothing(recipe),
          weights: checkWeighted(recipe),
          parts: checkParts(recipe),
          patience: checkPatience(recipe),
          augment: augmentationOf(recipe.augment),
          starts: startsOf(recipe.starts ?? {}),
        }),
        E.map(() => recipe),
      )
    ),
  );
}

/** The meaning of initialisers by path, or what is wrong with them. */
export function startsOf(starts: NonNullable<Recipe["starts"]>): Result<readonly Start[]> {
  expected(starts, OPTIONS, "starts");
  return allOf(Object.entries(starts).map(([path, start]) => startOf(start, `starts.${path}`)));
}

/** {@link checkRecipe} for a stored recipe: what a user's own optimiser and loss hold is not known here. */
export function checkStored(recipe: Recipe): Result<Recipe> {
  const unknown = [
    "unknown-optimizer",
    "unknown-loss",
    "unknown-initializer",
    "augmentation-missing",
  ];
  return pipe(
    checkRecipe(recipe),
    E.orElse((problems): Result<Recipe> => {
      const serious = problems.filter(({ code }) => !unknown.includes(code));
      return serious.length === 0 ? right(recipe) : left(serious);
    }),
  );
}

function checkSmoothing({ loss, labelSmoothing }: Recipe): Result<unknown> {
  if (loss === undefined || labelSmoothing === 0) return right(undefined);
  return refused({ path: "labelSmoothing", layer: "option", code: "misplaced-option" }, {
    rule: "label smoothing belongs to the loss when one is given",
    got: `${labelSmoothing}, beside the loss ${loss.kind}`,
    wanted: "0",
    hint: "give crossEntropy({ smoothing }), or leave the loss out",
  });
}

function checkWeighted({ loss, classWeights }: Recipe): Result<unknown> {
  if (loss === undefined || classWeights === undefined) return right(undefined);
  return refused({ path: "classWeights", layer: "option", code: "misplaced-option" }, {
    rule: "class weights are those of cross-entropy",
    got: `class weights beside the loss ${loss.kind}`,
    wanted: "one of the two",
    hint: "leave the loss out; sampling evens classes out with every loss",
  });
}

function checkParts({ batch, accumulate = 1 }: Recipe): Result<unknown> {
  if (batch % accumulate === 0) return right(undefined);
  return refused({ path: "accumulate", layer: "option", code: "uneven-parts" }, {
    rule: "a batch has parts of one size",
    got: `${batch} images in ${accumulate} parts`,
    wanted: `a batch that ${accumulate} divides`,
    hint: `use a batch of ${Math.ceil(batch / accumulate) * accumulate}, or other parts`,
  });
}

/** Images that go through the network together. */
export function partOf({ batch, accumulate = 1 }: Pick<Recipe, "batch" | "accumulate">): number {
  return Math.ceil(batch / accumulate);
}

/** What a training step takes of a recipe; the targets of weighted classes are smooth already. */
export function stepOf(recipe: StepRecipe): TrainingOptions {
  const { optimizer, loss, labelSmoothing, classWeights } = recipe;
  const smoothing = classWeights === undefined ? labelSmoothing : 0;
  return { batch: partOf(recipe), optimizer, labelSmoothing: smoothing, ...defined({ loss }) };
}

type StepRecipe = Pick<
  Recipe,
  "batch" | "accumulate" | "optimizer" | "loss" | "labelSmoothing" | "classWeights"
>;

/** The programs of a training step by a recipe; the last gives its gradients where they are asked for. */
export function graphsOf(
  plan: Plan,
  recipe: StepRecipe,
  { gradients = false }: Pick<TrainingOptions, "gradients"> = {},
): StepGraphs {
  return stepGraphs(plan, { ...stepOf(recipe), gradients }, recipe.accumulate ?? 1);
}
