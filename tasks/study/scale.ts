/**
 * How large a study is made. The paper's recipe to the letter takes weeks of a
 * GPU for all studies; the smaller scales shrink the networks' width, the data
 * and the steps, in all arms alike, and every table and figure says so.
 */
import type { Recipe } from "../training/config.ts";
import { adapt, presetFor, PRESETS } from "../training/presets.ts";

/** The scales by name, the smallest first. */
export const SCALES = ["tiny", "small", "paper"] as const;

/** The name of a scale. */
export type ScaleName = typeof SCALES[number];

/** What a scale means. */
export interface Scale {
  /** Its name. */
  readonly name: ScaleName;
  /** By how much every width is divided. */
  readonly shrink: 1 | 2 | 4;
  /** How every arm is trained. */
  readonly recipe: Recipe;
  /** Test images that are measured, with the mix of classes of all; all when left out. */
  readonly testImages?: number;
  /** What is not as in the paper, for people. */
  readonly notes: readonly string[];
}

export const SCALE_OF: Readonly<Record<ScaleName, Scale>> = {
  paper: { name: "paper", shrink: 1, recipe: PRESETS.paper, notes: [] },
  small: {
    name: "small",
    shrink: 2,
    recipe: adapt(PRESETS.paper, { steps: 3000, epochs: 4, batch: 64, schedule: "one-cycle" }),
    notes: [
      "half of every width",
      "3,000 steps of 64 images instead of 160,000",
      "the learning rate rises and falls once instead of falling in steps",
    ],
  },
  tiny: {
    name: "tiny",
    shrink: 4,
    recipe: adapt(PRESETS.paper, {
      steps: 312,
      epochs: 2,
      batch: 32,
      schedule: "one-cycle",
      limit: 5_000,
    }),
    testImages: 2000,
    notes: [
      "a quarter of every width",
      "5,000 of the training images and 2,000 of the test images",
      "312 steps of 32 images instead of 160,000 of 64",
      "the learning rate rises and falls once instead of falling in steps",
    ],
  },
};

/** What scales mean for the recipe of Attention-8, which is small as it is. */
export const FAST_SCALES: Readonly<Record<ScaleName, Scale>> = {
  paper: { name: "paper", shrink: 1, recipe: presetFor("cifar/attention-8", "fast"), notes: [] },
  small: {
    name: "small",
    shrink: 1,
    recipe: adapt(presetFor("cifar/attention-8", "fast"), { steps: 270, epochs: 2 }),
    notes: ["270 steps of 256 images instead of 548"],
  },
  tiny: {
    name: "tiny",
    shrink: 1,
    recipe: presetFor("cifar/attention-8", "minute"),
    notes: ["90 steps of 256 images, a minute on two cores, instead of 548"],
  },
};
