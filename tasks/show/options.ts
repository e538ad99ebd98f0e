/** The command line of `deno task show`. */
import { PROGRAM } from "../program_name.ts";
import { command } from "../cli/command.ts";
import { dataset } from "../cli/dataset_option.ts";
import { NETWORK, networkName } from "../cli/network_options.ts";
import { formatOption } from "../cli/options.ts";
import { text, whole } from "../cli/reader.ts";
import { maybeWord, option, word, yesOrNo } from "../cli/term.ts";
import { DATASET_FORMS } from "../data/load.ts";
import { DEFAULTS } from "../train/defaults.ts";
import { flipMistake, trainCommand } from "../train/options.ts";

const { limit, validation, preset, batch, labelNoise, augment, seed } = trainCommand.terms;
const { sizes, flip, cutout, mixup, cutmix, sampling } = trainCommand.terms;

export const showCommand = command({
  name: "show",
  brief:
    "Shows a data set: batches as a network sees them in training, and how many images each class has.",
  footer:
    `The options of the recipe are those of ${PROGRAM} train: with the same ones the batches are the same.`,
  examples: [
    `${PROGRAM} show cifar10`,
    `${PROGRAM} show cifar10 cifar/attention-20 --preset paper --batches 2`,
    `${PROGRAM} show folder:pictures,size=64 --no-augment --png`,
  ],
  missing: `A data set is missing: ${DATASET_FORMS.join(", ")}.`,
  terms: {
    data: word(dataset, { description: `The data set: ${DATASET_FORMS.join(", ")}.` }),
    net: maybeWord(networkName(), {
      description: `The network whose recipe makes the batches. ${NETWORK}`,
      otherwise: DEFAULTS.net,
    }),
    batches: option(whole(1), { description: "How many batches are shown.", otherwise: "1" }),
    epoch: option(whole(1), {
      description: "The epoch whose first batches are shown, from 1.",
      otherwise: "1",
    }),
    pictures: option(whole(1), {
      description: "How many images of each batch are shown at most.",
      otherwise: "64",
    }),
    out: option(text("DIR", "a folder"), {
      description: "The folder of the sheet, below runs.",
      otherwise: "runs/show",
    }),
    png: yesOrNo({ description: "Whether to write the sheet as PNG beside SVG.", otherwise: "no" }),
    format: formatOption,
    ...{ limit, validation, preset, batch, labelNoise, augment, seed },
    ...{ sizes, flip, cutout, mixup, cutmix, sampling },
  },
  writes: ({ out = "runs" }) => out,
  check: flipMistake,
});
