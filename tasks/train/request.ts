/** From the arguments of `deno task train` to a recipe. */
import { warmup } from "../../dsl/programs/schedule.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { cropFlip, cutout, inOrder, type ScaleAugmentation, scaleShift } from "../data/augment.ts";
import type { Dataset, Described, ImageSet } from "../data/dataset.ts";
import type { Recipe } from "../training/config.ts";
import { type Preset, presetFor } from "../training/presets.ts";
import { optimizerOf } from "./optimizer.ts";
import { DEFAULTS, presetOf } from "./defaults.ts";
import type { TrainArguments } from "./options.ts";

/** The recipe that the arguments ask for: a preset with what was changed of it. */
export function recipeOf(given: TrainArguments, network: string): Recipe {
  const { epochs, steps } = given;
  const { steps: presetSteps, limit: _, ...preset } = presetFor(network, presetOf(given));
  // Steps alone decide the length of a run when only they are given, and epochs when only those are.
  const lastStep = steps ?? (epochs === undefined ? presetSteps : undefined);
  return {
    ...preset,
    rate: given.optimizer === undefined || given.optimizer === preset.optimizer.kind
      ? preset.rate
      : DEFAULTS.rates[given.optimizer],
    ...numbersOf(given),
    ...partsOf(given),
    schedule: scheduleOf(given, preset.schedule),
    epochs: epochs ?? steps ?? preset.epochs,
    ...(lastStep === undefined ? {} : { steps: lastStep }),
    optimizer: optimizerOf(given, preset.optimizer),
    augment: augmentOf(given, preset.augment),
  };
}

/** The numbers that a recipe has by the same names. */
function numbersOf(given: TrainArguments): Partial<Recipe> {
  const { batch, rate, labelSmoothing, labelNoise, validation, limit, seed } = given;
  return defined({ batch, rate, labelSmoothing, labelNoise, validation, limit, seed });
}

/** What a recipe can be without. */
function partsOf({ plateau: wait, ...given }: TrainArguments): Partial<Recipe> {
  const { sizes, mixup, cutmix, accumulate, classWeights, sampling, earlyStopping } = given;
  const plateau = wait === undefined ? undefined : { epochs: wait, by: 0.1 };
  const own = { sizes, mixup, cutmix, accumulate, classWeights, sampling, earlyStopping, plateau };
  return defined(own);
}

/** The schedule that was asked for, or the preset's own, after a warm-up when there is to be one. */
function scheduleOf(
  { schedule, warmup: share }: Pick<TrainArguments, "schedule" | "warmup">,
  preset: Recipe["schedule"],
): Recipe["schedule"] {
  const then = schedule ?? preset;
  return share === undefined ? then : warmup(share, then);
}

/** The recipe that the arguments ask for, on images of a size; sizes of a preset that are larger are left out. */
export function recipeFor(
  given: TrainArguments,
  network: string,
  { height, width }: Pick<Described, "height" | "width">,
): Recipe {
  const { sizes: all = [], ...recipe } = recipeOf(given, network);
  const sizes = given.sizes ?? all.filter(({ size }) => size <= Math.min(height, width));
  return sizes.length === 0 ? recipe : { ...recipe, sizes };
}

/** The recipe that the arguments ask for, on a data set. */
export function recipeOn(
  given: TrainArguments,
  network: string,
  data: Dataset<ImageSet>,
): Recipe {
  const recipe = recipeFor(given, network, data);
  return { ...recipe, validation: heldOut(recipe, data.train.count, given.validation) };
}

/** As many held out images as a recipe has, but a tenth of the training images at most unless they were asked for. */
function heldOut(
  { validation, limit = Infinity }: Recipe,
  images: number,
  asked: number | undefined,
): number {
  return asked ?? Math.min(validation, Math.floor(Math.min(limit, images) / 10));
}

/** The augmentation that was asked for, or the preset's own, with what was changed of it. */
function augmentOf(
  given: Pick<TrainArguments, "augment" | "flip" | "cutout">,
  preset: Preset["augment"],
): Recipe["augment"] {
  const moved = movedBy(given, preset);
  const { cutout: size } = given;
  if (size === undefined) return moved;
  const square = cutout({ size });
  if (moved === "none") return square;
  return inOrder("kind" in moved ? scaleShift(without(moved)) : cropFlip(moved), square);
}

function movedBy(
  { augment, flip }: Pick<TrainArguments, "augment" | "flip">,
  preset: Preset["augment"],
): Preset["augment"] | "none" {
  const own = augment === false ? "none" : preset;
  if (flip === undefined) return own;
  if (own === "none") return { pad: 0, flip: FLIPS[flip] };
  return "pad" in own ? { ...own, flip: FLIPS[flip] } : { ...own, flip: flip === "random" };
}

function without({ kind: _, ...options }: ScaleAugmentation): Omit<ScaleAugmentation, "kind"> {
  return options;
}

const FLIPS = { random: true, alternating: "alternating", no: false } as const;
