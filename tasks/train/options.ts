/** The command line of `deno task train`. */
import {
  merge,
  type Message,
  message,
  negatableFlag,
  object,
  optional as maybe,
  type Parser,
  text as plain,
} from "@optique/core";
import { ENGINES } from "../../dsl/engines/choice.ts";
import { DATASET_FORMS } from "../data/load.ts";
import { type PresetName, PRESETS } from "../training/presets.ts";
import { type ScheduleName, SCHEDULES } from "../training/schedule.ts";
import { optional, optionalArgument, parseArguments } from "../cli/command_line.ts";
import { type EngineArguments, engineOptions, withoutMistake } from "../cli/engine_options.ts";
import { number, oneOf, text, whole } from "../cli/reader.ts";

/** What is trained, on what and how fast, when nothing is said. */
export const DEFAULTS = {
  /** The network. */
  net: "cifar/attention-20",
  /** The data set. */
  data: "cifar10",
  /** AdamW's learning rate; the presets' rates are for SGD. */
  adamwRate: 0.001,
} as const;

const { quick } = PRESETS;
const { weightDecay = 1e-4 } = quick.optimizer;

const subject = object({
  net: optionalArgument(text("NET", "a network"), {
    description:
      message`A network of the zoo, a JSON file that holds one, or a module that exports one.`,
    otherwise: DEFAULTS.net,
  }),
});

const run = object("The run", {
  data: optional("--data", text("NAME", "a data set"), {
    description: words(`The data set: ${DATASET_FORMS.join(", ")}.`),
    otherwise: DEFAULTS.data,
  }),
  limit: optional("--limit", whole(1), {
    description: message`Use only so many of the training images.`,
    otherwise: "all",
  }),
  validation: optional("--validation", whole(0), {
    description: message`Images held out of them to choose the best weights by.`,
    otherwise: `${quick.validation}, a tenth of the training images at most`,
  }),
  out: optional("--out", text("DIR", "a folder"), {
    description: message`The run folder to make, below runs.`,
    otherwise: "the next free one under runs",
  }),
  resume: optional("--resume", text("DIR", "the folder of a run"), {
    description:
      message`Go on with a run that was stopped, just as it was begun; only who computes may be another.`,
  }),
  ...engineOptions(),
  engine: optional("--engine", oneOf([...ENGINES, "torch"], "NAME"), {
    description:
      message`Who computes: tfjs, onnx or torch (PyTorch in Python); auto takes WebGPU on a graphics card, else onnx, else wasm.`,
    otherwise: "auto",
  }),
  nproc: optional("--nproc", whole(1), {
    description: message`Processes of torch that train together, one for each GPU.`,
    otherwise: "1",
  }),
  saveEvery: optional("--save-every", number({ from: 0 }), {
    description: message`Seconds between checkpoints within an epoch.`,
    otherwise: "60",
  }),
});

const recipe = object("The recipe", {
  preset: optional("--preset", oneOf(["quick", "long", "paper", "imagenet"], "NAME"), {
    description:
      message`Where the recipe begins: quick (minutes), long (an hour), paper (the paper's on CIFAR) or imagenet (its other).`,
    otherwise: "quick",
  }),
  epochs: optional("--epochs", whole(1), {
    description: message`Passes over the training images.`,
    otherwise: `${quick.epochs}`,
  }),
  steps: optional("--steps", whole(1), {
    description: message`Steps after which training ends, whatever the epochs.`,
  }),
  batch: optional("--batch", whole(1), {
    description: message`Images a step.`,
    otherwise: `${quick.batch}`,
  }),
  rate: optional("--lr", number({ above: 0 }), {
    description: message`The highest learning rate.`,
    otherwise: `${quick.rate}, of adamw ${DEFAULTS.adamwRate}`,
  }),
  schedule: optional("--schedule", oneOf(SCHEDULES, "NAME"), {
    description: words(`How the rate changes: ${SCHEDULES.join(", ")}.`),
    otherwise: quick.schedule,
  }),
  optimizer: optional("--optimizer", oneOf(["sgd", "adamw"], "NAME"), {
    description: message`sgd, with Nesterov momentum, or adamw.`,
    otherwise: quick.optimizer.kind,
  }),
  momentum: optional("--momentum", number({ from: 0, below: 1 }), {
    description: message`The share of the last step that sgd keeps.`,
    otherwise: "0.9",
  }),
  weightDecay: optional("--weight-decay", number({ from: 0 }), {
    description: message`Weight decay.`,
    otherwise: `${weightDecay}, of adamw 0.01`,
  }),
  labelSmoothing: optional("--label-smoothing", number({ from: 0, below: 1 }), {
    description: message`The share of each target that is spread over all classes.`,
    otherwise: `${quick.labelSmoothing}`,
  }),
  labelNoise: optional("--label-noise", number({ from: 0, below: 1 }), {
    description: message`The share of training labels made wrong, drawn once from the seed.`,
    otherwise: "0",
  }),
  augment: maybe(negatableFlag({ positive: "--augment", negative: "--no-augment" }, {
    description: message`Whether to shift and mirror images at random. Default: yes.`,
  })),
  seed: optional("--seed", whole(0), {
    description: message`The seed of everything random.`,
    otherwise: `${quick.seed}`,
  }),
});

/** What stands on the command line; everything may be left out. */
export interface TrainArguments extends Omit<EngineArguments, "engine"> {
  /** The network's name or file. */
  readonly net: string | undefined;
  /** The data set's name. */
  readonly data: string | undefined;
  /** Training images used. */
  readonly limit: number | undefined;
  /** Images held out. */
  readonly validation: number | undefined;
  /** The run folder to make. */
  readonly out: string | undefined;
  /** The run folder to go on with. */
  readonly resume: string | undefined;
  /** Who computes: an engine, or PyTorch in processes of its own. */
  readonly engine: typeof ENGINES[number] | "torch" | undefined;
  /** Processes of PyTorch. */
  readonly nproc: number | undefined;
  /** Seconds between checkpoints. */
  readonly saveEvery: number | undefined;
  /** Where the recipe begins. */
  readonly preset: PresetName | undefined;
  /** Passes over the images. */
  readonly epochs: number | undefined;
  /** Steps in all. */
  readonly steps: number | undefined;
  /** Images a step. */
  readonly batch: number | undefined;
  /** The highest learning rate. */
  readonly rate: number | undefined;
  /** How it changes. */
  readonly schedule: ScheduleName | undefined;
  /** The optimiser. */
  readonly optimizer: "sgd" | "adamw" | undefined;
  /** The momentum of sgd. */
  readonly momentum: number | undefined;
  /** Weight decay. */
  readonly weightDecay: number | undefined;
  /** Label smoothing. */
  readonly labelSmoothing: number | undefined;
  /** The share of labels made wrong. */
  readonly labelNoise: number | undefined;
  /** Whether images are changed at random. */
  readonly augment: boolean | undefined;
  /** The seed. */
  readonly seed: number | undefined;
}

/** The parser of the task's command line. */
export const trainParser: Parser<"sync", TrainArguments, unknown> = merge(subject, run, recipe);

/**
 * The arguments of the task.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseTrainArguments(args: readonly string[]): TrainArguments {
  const given = parseArguments(trainParser, {
    name: "train",
    brief: message`Trains a network and keeps everything in a run folder.`,
    footer: message`Defaults of the recipe are those of the quick preset.`,
    examples: [
      plain("deno task train"),
      { type: "lineBreak" },
      plain("deno task train cifar/attention-56 --preset paper --backend webgpu"),
      { type: "lineBreak" },
      plain("deno task train --resume runs/cifar-attention-20-1"),
    ],
  }, args);
  return withoutMistake("train", given);
}

function words(text: string): Message {
  return [plain(text)];
}
