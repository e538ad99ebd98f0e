/** The options of `deno task train` that say how a network is trained. */
import { factors, number, oneOf, sizes, weights, whole } from "../cli/reader.ts";
import { option, section, yesOrNo } from "../cli/term.ts";
import { PRESETS } from "../training/presets.ts";
import { SCHEDULES } from "../../dsl/programs/schedule.ts";
import { DEFAULTS } from "./defaults.ts";

const { fast, minute, quick } = PRESETS;

/** Where a recipe begins, and its numbers. */
export const recipe = section("The recipe", {
  preset: option(oneOf(["minute", "fast", "quick", "long", "tune", "paper", "imagenet"], "NAME"), {
    description:
      `Where the recipe begins: fast (Muon, ${fast.steps} steps of ${fast.batch} images that are small at first: five minutes for ${DEFAULTS.net}), minute (the same in ${minute.steps} steps, to try things out), quick (SGD, ${quick.steps} steps of ${quick.batch}, for any network), long (an hour), tune (on from weights), paper (the paper's on CIFAR) or imagenet (its other).`,
    otherwise: `fast for ${DEFAULTS.net}, quick for others, tune with --from`,
  }),
  epochs: option(whole(1), {
    description: "Passes over the training images; with --resume all those of the run.",
    otherwise: `${fast.epochs}`,
  }),
  steps: option(whole(1), { description: "Steps after which training ends, whatever the epochs." }),
  batch: option(whole(1), { description: "Images a step.", otherwise: `${fast.batch}` }),
  rate: option(number({ above: 0 }), {
    name: "lr",
    description: "The highest learning rate.",
    otherwise: `${fast.rate}, ${
      Object.entries(DEFAULTS.rates).map((own) => `of ${own.join(" ")}`).join(", ")
    }`,
  }),
  schedule: option(oneOf(SCHEDULES, "NAME"), {
    description: `How the rate changes: ${SCHEDULES.join(", ")}.`,
    otherwise: "a straight line to 0",
  }),
  optimizer: option(oneOf(["sgd", "adamw", "lion", "muon"], "NAME"), {
    description:
      "sgd, with Nesterov momentum, adamw, lion, or muon on kernels with sgd on the rest.",
    otherwise: "the preset's own, muon and sgd",
  }),
  momentum: option(number({ from: 0, below: 1 }), {
    description: "The share of the last step that sgd or muon keeps.",
    otherwise: "0.9, of muon 0.95",
  }),
  weightDecay: option(number({ from: 0 }), {
    description: "Weight decay.",
    otherwise: "the preset's own, of sgd 1e-4, of adamw and lion 0.01, of muon 0",
  }),
  labelSmoothing: option(number({ from: 0, below: 1 }), {
    description: "The share of each target that is spread over all classes.",
    otherwise: `${fast.labelSmoothing}`,
  }),
  labelNoise: option(number({ from: 0, below: 1 }), {
    description: "The share of training labels made wrong, drawn once from the seed.",
    otherwise: "0",
  }),
  augment: yesOrNo({
    description: "Whether to shift and mirror images at random.",
    otherwise: "yes",
  }),
  seed: option(whole(0), {
    description: "The seed of everything random.",
    otherwise: `${fast.seed}`,
  }),
});

/** What can be added to any recipe. */
export const parts = section("Parts of the recipe, for every network", {
  rates: option(factors(["kernel", "bias", "scale", "shift"]), {
    description: "Factors of the learning rate for parameters of a role: bias=2,scale=0.5.",
    otherwise: "the preset's own",
  }),
  warmup: option(number({ above: 0, below: 1 }), {
    description: "The share of the run in which the rate rises from 0, before any schedule.",
    otherwise: "the schedule's own",
  }),
  sizes: option(sizes(), {
    description:
      "Smaller images at first: 20:0.3,24:0.6 of 20x20 for 0.3 of the steps, then 24x24.",
    otherwise: "the preset's own",
  }),
  flip: option(oneOf(["random", "alternating", "no"], "NAME"), {
    description:
      "How images are mirrored: random, each time anew, alternating, in every second epoch, or no.",
    otherwise: "the preset's own",
  }),
  cutout: option(whole(1), {
    description: "The side of a square of each image that is left empty, in pixels.",
    otherwise: "none",
  }),
  mixup: option(number({ above: 0 }), {
    description:
      "Mixes images and targets in pairs by a share of the beta distribution of this parameter: 0.2 is little, 1 is any.",
    otherwise: "not mixed",
  }),
  cutmix: option(number({ above: 0 }), {
    description:
      "Puts rectangles of images into others, targets by area; with --mixup each batch draws which.",
    otherwise: "not mixed",
  }),
  accumulate: option(whole(1), {
    description:
      "Parts of a batch that go through the network one after the other, in the memory of one.",
    otherwise: "1",
  }),
  classWeights: option(weights(), {
    description:
      "What each class counts for in the loss: balanced, inverse to its images, or a number for each.",
    otherwise: "all alike",
  }),
  sampling: option(weights(), {
    description: "How often each class is drawn, with replacement: balanced, or a number for each.",
    otherwise: "each image once an epoch",
  }),
  ema: option(number({ above: 0, below: 1 }), {
    description:
      "The share that a running average of the weights and running statistics keeps in each step; the averages are measured and kept as the best weights.",
    otherwise: "no average",
  }),
  clip: option(number({ above: 0 }), {
    description: "The largest norm of all gradients together, to which larger ones are scaled.",
    otherwise: "no limit",
  }),
  earlyStopping: option(whole(1), {
    description:
      "Ends training once that number of epochs has brought no better held out accuracy.",
    otherwise: "all epochs",
  }),
  plateau: option(whole(1), {
    description:
      "Divides the rate by 10 each time that number of epochs has brought no better held out accuracy.",
    otherwise: "the schedule alone",
  }),
});
