/** Recipes by name: ways of training that have proved themselves. */
import { SCALE } from "../data/augment.ts";
import type { SgdOptions } from "../../dsl/programs/optimizers/options.ts";
import type { ScheduleName } from "../../dsl/programs/schedule.ts";
import type { Recipe } from "./recipe.ts";

/** A recipe of netfold's own, which any program can read: its schedule has a name. */
export interface Preset extends Recipe {
  /** The name of its schedule. */
  readonly schedule: ScheduleName;
  /** Its optimiser, SGD. */
  readonly optimizer: SgdOptions;
}

/**
 * The paper's recipe for CIFAR (Section 4.1): batch 64, Nesterov momentum 0.9, weight decay 1e-4 on
 * all parameters, rate 0.1 divided by 10 at 64,000 and 96,000 of 160,000 steps, padding by 4 with
 * random crops and flips, all training images.
 */
const paper: Preset = {
  epochs: 205,
  steps: 160_000,
  batch: 64,
  rate: 0.1,
  schedule: "step",
  optimizer: { kind: "sgd", momentum: 0.9, nesterov: true, weightDecay: 1e-4, decay: "all" },
  labelSmoothing: 0,
  augment: { pad: 4, flip: true },
  validation: 0,
  seed: 0,
};

/**
 * The paper's recipe for ImageNet (Section 4.2): momentum 0.9, rate 0.1 divided by 10 at 200,000,
 * 400,000 and 500,000 of 530,000 steps, pictures cut at random scale and proportions, mirrored,
 * their colours shifted. The paper gives neither batch nor weight decay; these are the customary
 * 256 and 1e-4.
 */
const imagenet: Preset = {
  epochs: 106,
  steps: 530_000,
  batch: 256,
  rate: 0.1,
  schedule: "step-imagenet",
  optimizer: { kind: "sgd", momentum: 0.9, nesterov: true, weightDecay: 1e-4, decay: "all" },
  labelSmoothing: 0,
  augment: SCALE,
  validation: 0,
  seed: 0,
};

/** A run of minutes on a machine without a GPU: one cycle over one and a half epochs of CIFAR-10. */
const quick: Preset = {
  epochs: 2,
  steps: 2300,
  batch: 32,
  rate: 0.1,
  schedule: "one-cycle",
  optimizer: { kind: "sgd", momentum: 0.9, nesterov: true, weightDecay: 5e-4, decay: "kernels" },
  labelSmoothing: 0.1,
  augment: { pad: 2, flip: true },
  validation: 1000,
  seed: 0,
};

const { steps: _, ...cycle } = quick;
/** A run of about an hour on two cores: the same cycle drawn out over 24 epochs, with the paper's crops. */
const long: Preset = { ...cycle, epochs: 24, batch: 64, augment: { pad: 4, flip: true } };

/** The recipes by name. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = { quick, long, paper, imagenet };

/** The name of a recipe. */
export type PresetName = "quick" | "long" | "paper" | "imagenet";

/**
 * A preset with changes. Of epochs and steps, which both end a run, the one that is given decides
 * alone; a loss that is given brings its own smoothing.
 */
export function adapt(preset: Recipe, changes: Partial<Recipe>): Recipe {
  const { steps, ...rest } = preset;
  const ends = changes.epochs === undefined && changes.steps === undefined
    ? { epochs: preset.epochs, ...(steps === undefined ? {} : { steps }) }
    : { epochs: changes.epochs ?? changes.steps ?? preset.epochs };
  const smoothing = changes.loss === undefined ? {} : { labelSmoothing: 0 };
  return { ...rest, ...smoothing, ...changes, ...ends };
}
