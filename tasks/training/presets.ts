/** Recipes by name: ways of training that have proved themselves. */
import { type CropFlip, SCALE, type ScaleAugmentation } from "../data/augment.ts";
import { expected, oneOf, TEXT } from "../../dsl/problem/expect.ts";
import { dirac, normal, whitening } from "../../dsl/programs/initializers.ts";
import { groups, muon, sgd } from "../../dsl/programs/optimizers/optimizers.ts";
import type { OptimizerOptions, SgdOptions } from "../../dsl/programs/optimizers/options.ts";
import { linear, points } from "../../dsl/programs/schedule.ts";
import type { Recipe } from "./recipe.ts";

/** A recipe of netfold's own, whose optimiser and augmentation are data. */
export interface Preset extends Recipe {
  /** Its optimiser. */
  readonly optimizer: OptimizerOptions;
  /** Its augmentation. */
  readonly augment: CropFlip | ScaleAugmentation;
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

/**
 * Training on from weights: the cycle of `quick` at a tenth of its rate, for images of which there
 * may be few.
 */
const tune: Preset = { ...cycle, epochs: 20, rate: 0.01, validation: 500 };

/** Muon with its momentum, and its rate. */
const MUON = { momentum: 0.6, iterations: 3, rescale: true } as const;
const MUON_RATE = 0.24;

/** A part of a network that SGD changes at a rate of its own; weights shrink by a share in each step at that rate. */
function slow(
  rate: number,
  shrink: number,
): { readonly rate: number; readonly optimizer: SgdOptions } {
  return {
    rate: rate / MUON_RATE,
    optimizer: sgd({ momentum: 0.85, weightDecay: shrink / rate, decay: "all" }),
  };
}

const REFLECT = { flip: "alternating", edge: "reflect" } as const;

/**
 * Five minutes on two cores, after the fast recipes for CIFAR-10 (Jordan, 94% on CIFAR-10 in 3.29
 * seconds on a single GPU, 2024): Muon on kernels, SGD on the rest, a rate that falls in a straight
 * line, smaller images at first, and images that are mirrored in every second epoch.
 */
const fast: Preset = {
  epochs: 3,
  steps: 548,
  batch: 256,
  rate: MUON_RATE,
  schedule: linear(),
  optimizer: groups(
    [
      { path: "classifier", optional: true, ...slow(0.1, 5e-5) },
      ...(["bias", "scale", "shift"] as const).map((role) => (
        { role, optional: true, ...slow(0.1, 5e-5) }
      )),
    ],
    muon(MUON),
  ),
  labelSmoothing: 0.2,
  augment: { ...REFLECT, pad: 2 },
  sizes: [{ size: 24, until: 0.5 }],
  validation: 1000,
  seed: 0,
};

/** What a run of one minute differs in. */
const MINUTE = { epochs: 1, steps: 90 } as const;

/** The recipes by name. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  minute: { ...fast, ...MINUTE },
  fast,
  quick,
  long,
  tune,
  paper,
  imagenet,
};

/** The name of a recipe. */
export type PresetName = "minute" | "fast" | "quick" | "long" | "tune" | "paper" | "imagenet";

/**
 * How Attention-8 learns: its stem whitens and stays, but for the bias, which learns at first; its
 * entries begin as identities; shifts and the small logits before their division take large steps,
 * masks careful ones.
 */
const attention8: Pick<Preset, "optimizer" | "starts"> = {
  optimizer: groups(
    [
      { path: "stem.conv1.kernel", rate: 0 },
      { path: "stem.conv1.bias", schedule: points([0, 1], [3 / 8, 0]), ...slow(106, 0.004) },
      { path: "classifier", ...slow(1340, 0.004) },
      { path: "*.module1.mask", role: "kernel", optional: true, ...slow(0.38, 5e-4) },
      { role: "shift", ...slow(106, 0.004) },
    ],
    muon(MUON),
  ),
  starts: {
    "stem.conv1.kernel": whitening(3e-5),
    "stage*.conv1.kernel": dirac(),
    "classifier": normal(1),
  },
};

const { steps: __, sizes: ___, ...whole } = fast;
/** Training on from weights, at a share of the rate, on whole images and fewer a step. */
const tuned: Preset = {
  ...whole,
  ...attention8,
  epochs: 20,
  batch: 64,
  rate: MUON_RATE / 4,
  validation: 500,
};

/** Six times as many steps, at a third of the rate and with the paper's crops. */
const longer: Partial<Preset> = {
  epochs: 19,
  steps: 3600,
  rate: MUON_RATE / 3,
  augment: { ...REFLECT, pad: 4 },
  sizes: [{ size: 24, until: 0.65 }],
};

/** Recipes that belong to a network. */
const OWN: Readonly<Record<string, Partial<Readonly<Record<PresetName, Preset>>>>> = {
  "cifar/attention-8": {
    minute: { ...fast, ...MINUTE, ...attention8 },
    fast: { ...fast, ...attention8 },
    tune: tuned,
  },
  "cifar/attention-8-wide": {
    fast: { ...fast, ...attention8 },
    tune: tuned,
    long: { ...fast, ...attention8, ...longer },
  },
};

function ownOf(network: string): Partial<Readonly<Record<PresetName, Preset>>> | undefined {
  expected(network, TEXT, "network");
  return Object.hasOwn(OWN, network) ? OWN[network] : undefined;
}

/** The recipe of that name for a network; when none is named, `fast` for one that has its own, else `quick`. */
export function presetFor(
  network: string,
  preset: PresetName = ownOf(network) === undefined ? "quick" : "fast",
): Preset {
  expected(preset, oneOf(Object.keys(PRESETS)), "preset");
  return ownOf(network)?.[preset] ?? PRESETS[preset];
}

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
