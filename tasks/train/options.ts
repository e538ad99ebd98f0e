/** The command line of `deno task train`. */
import { ENGINES } from "../../dsl/engines/choice.ts";
import { command, type Given } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import { NETWORK, networkName } from "../cli/network_options.ts";
import { languageOption } from "../cli/options.ts";
import { number, oneOf, pathList, runFolder, text, whole } from "../cli/reader.ts";
import { maybeWord, option, optionName, section, yesOrNo } from "../cli/term.ts";
import { DATASET_FORMS, DATASET_NAMES } from "../data/load.ts";
import { isJsonFile, titleOf } from "../networks/networks.ts";
import { TORCH_PRECISIONS } from "../training/torch_precision.ts";
import { presetFor, type PresetName, PRESETS } from "../training/presets.ts";
import { DEFAULTS, netOf, presetOf } from "./defaults.ts";
import { parts, recipe } from "./recipe_options.ts";
import { PROGRAM } from "../program_name.ts";
import { PRETRAINED_NAMES } from "../networks/pretrained.ts";

const { fast } = PRESETS;

const run = section("The run", {
  data: option(text("NAME", "a data set", DATASET_NAMES), {
    description: `The data set: ${DATASET_FORMS.join(", ")}.`,
    otherwise: DEFAULTS.data,
  }),
  limit: option(whole(1), {
    description: "The number of training images to use.",
    otherwise: "all",
  }),
  validation: option(whole(0), {
    description: "Images held out of them to choose the best weights by.",
    otherwise: `${fast.validation}, a tenth of the training images at most`,
  }),
  out: option(text("DIR", "a folder"), {
    description: "The run folder to make, below runs.",
    otherwise: "the next free one under runs",
  }),
  resume: option(runFolder("DIR", "the folder of a run"), {
    description:
      "Resume a run that was stopped, just as it was begun; only the engine may differ, and with --epochs its length, over which its schedule is then stretched.",
  }),
  from: option(runFolder("RUN", "the folder of a run, or a file of weights", PRETRAINED_NAMES), {
    description:
      "Weights to begin with: the best of a run, or a file such as last.safetensors; a classifier of other classes starts anew.",
    otherwise: "weights drawn from the seed",
  }),
  freeze: option(pathList(), {
    description: "Parts that stay as they begin, by path: stem,stage1.",
    otherwise: "none",
  }),
  language: languageOption,
  ...engineOptions,
  engine: option(oneOf([...ENGINES, "torch"], "NAME"), {
    description:
      "The engine: tfjs, onnx or torch (PyTorch in Python); auto takes WebGPU on a graphics card, else onnx, else wasm.",
    otherwise: "auto",
  }),
  nproc: option(whole(1), {
    description: "Processes of torch that train together, one for each GPU.",
    otherwise: "1",
  }),
  precision: option(oneOf(TORCH_PRECISIONS, "NAME"), {
    description:
      "The numbers of torch's passes: auto takes bfloat16 where GPU or processor has it; float32 computes as the other engines do.",
    otherwise: "auto",
  }),
  saveEvery: option(number({ from: 0 }), {
    description: "Seconds between checkpoints within an epoch.",
    otherwise: "60",
  }),
  masks: option(whole(1), {
    description:
      "Test pictures, from the first, whose masks are kept after each epoch; the board shows how they form.",
    otherwise: "none",
  }),
  tensorboard: yesOrNo({
    description:
      "Whether to keep TensorBoard's event files in the run folder, for tensorboard --logdir runs.",
    otherwise: "as the run was begun, no for a new one",
  }),
});

export const trainCommand = command({
  name: "train",
  brief: "Trains a network and keeps everything in a run folder.",
  footer: "Defaults of the recipe are those of the fast preset.",
  examples: [
    `${PROGRAM} train`,
    `${PROGRAM} train cifar/attention-56 --preset paper --backend webgpu`,
    `${PROGRAM} train --resume runs/cifar-attention-8-1`,
    `${PROGRAM} train --from runs/cifar-attention-8-1 --data folder:pictures,size=32 --freeze stem`,
  ],
  terms: {
    net: maybeWord(networkName(), {
      description: NETWORK,
      otherwise: `${DEFAULTS.net}, with --preset long ${DEFAULTS.longNet}, with --from its network`,
    }),
    ...run,
    ...recipe,
    ...parts,
  },
  writes: ({ resume, out = "runs" }) => resume ?? out,
  check: (given) =>
    engineMistake(given) ?? precisionMistake(given) ?? masksMistake(given) ??
      languageMistake(given, "--resume, to --from") ?? resumeMistake(given) ??
      recipeMistake(given),
});

export type TrainArguments = Given<typeof trainCommand>;

/** What the preset's optimiser, or the one in its place, does not have; the network of weights is not known yet. */
export function optimizerMistake(given: {
  readonly net?: string;
  readonly optimizer?: string;
  readonly preset?: PresetName;
  readonly from?: string;
  readonly momentum?: number;
  readonly weightDecay?: number;
}): string | undefined {
  const { momentum, weightDecay } = given;
  if (given.from !== undefined && given.net === undefined && given.optimizer === undefined) return;
  const { optimizer = presetFor(titleOf(netOf(given)), presetOf(given)).optimizer.kind } = given;
  const belongs = (option: string, kinds: readonly string[]) =>
    kinds.includes(optimizer)
      ? undefined
      : `--${option} belongs to --optimizer ${
        kinds.join(" or ")
      }, and the optimizer is ${optimizer}`;
  return (momentum === undefined ? undefined : belongs("momentum", ["sgd", "muon"])) ??
    (weightDecay === undefined ? undefined : belongs("weight-decay", Object.keys(DEFAULTS.rates)));
}

/** What does not go together in a recipe. */
export function recipeMistake(
  given: Parameters<typeof optimizerMistake>[0] & Parameters<typeof flipMistake>[0],
): string | undefined {
  return optimizerMistake(given) ?? flipMistake(given);
}

/** The engines of netfold compute in float32. */
function precisionMistake(
  { engine, precision }: { readonly engine?: string; readonly precision?: string },
): string | undefined {
  if (precision === undefined || engine === "torch") return undefined;
  return `--precision belongs to --engine torch, and the engine is ${engine ?? "auto"}`;
}

/** PyTorch keeps no masks. */
function masksMistake(
  { engine, masks }: { readonly engine?: string; readonly masks?: number },
): string | undefined {
  if (masks === undefined || engine !== "torch") return undefined;
  return "--masks belongs to netfold's own engines, and the engine is torch";
}

/** Pictures that are cut out at random are mirrored at random too. */
export function flipMistake(
  { preset, flip }: { readonly preset?: PresetName; readonly flip?: string },
): string | undefined {
  if (preset !== "imagenet" || flip !== "alternating") return undefined;
  return "--flip alternating belongs to images that are padded, and --preset imagenet cuts parts of pictures out; use random or no";
}

/** A run is resumed as it was begun, but for its length; its folder has all options but these. */
const WITH_RESUME = new Set([
  "resume",
  "epochs",
  "saveEvery",
  "engine",
  "backend",
  "threads",
  "nproc",
  "precision",
  "language",
  "tensorboard",
]);

function resumeMistake(
  given: { readonly resume?: string },
): string | undefined {
  const refused = Object.keys(given).filter((field) => !WITH_RESUME.has(field));
  if (given.resume === undefined || refused.length === 0) return undefined;
  const terms: Readonly<Record<string, { readonly name?: string }>> = { ...recipe, ...parts };
  const names = refused.map((field) => field === "net" ? "NET" : optionName(field, terms[field]));
  return `--resume resumes a run as it was begun; leave out ${names.join(", ")}`;
}

/** A language that is given where the network brings its own; `runs` are the options that name a run. */
export function languageMistake(
  { resume, from, net = "", language }: {
    readonly resume?: string;
    readonly from?: string;
    readonly net?: string;
    readonly language?: string;
  },
  runs: string,
): string | undefined {
  const isRun = resume !== undefined || (from !== undefined && net === "");
  if (isRun || isJsonFile(net) || language === undefined) return undefined;
  return `--language belongs to ${runs} or to a network in a JSON file; a module exports its network's language itself`;
}
