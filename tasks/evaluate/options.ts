/** The command line of `deno task evaluate`. */
import { DATASET_FORMS } from "../data/load.ts";
import { command } from "../cli/command.ts";
import { dataset } from "../cli/dataset_option.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import {
  formatOption,
  languageOption,
  RUN_MISSING,
  runArgument,
  weightsOption,
} from "../cli/options.ts";
import { oneOf, text } from "../cli/reader.ts";
import { flag, option } from "../cli/term.ts";
import { VIEW_NAMES } from "../training/views.ts";
import { folderFor } from "../networks/pretrained.ts";

export const evaluateCommand = command({
  name: "evaluate",
  brief: "Measures what a run has learnt, class by class.",
  missing: RUN_MISSING,
  terms: {
    run: runArgument,
    data: option(dataset, {
      description: `What to measure on: ${DATASET_FORMS.join(", ")}.`,
      otherwise: "the run's own data set",
    }),
    otherClasses: flag({
      description:
        "Measure on classes of other names: the first stands for the network's first, and so on.",
    }),
    split: option(oneOf(["test", "validation", "train"], "NAME"), {
      description: "The images to measure on: test, validation or train.",
      otherwise: "test",
    }),
    crops: option(oneOf(["1", "10"], "N"), {
      description: "Views of each picture of a folder: its middle, or 10 that are averaged.",
      otherwise: "1",
    }),
    views: option(oneOf(VIEW_NAMES, "NAME"), {
      description:
        "Views of each image that are averaged: mirror, with its mirror image, or six, with both moved by a pixel too.",
      otherwise: "the image alone",
    }),
    out: option(text("DIR", "a folder"), {
      description: "The folder of the pictures, below runs.",
      otherwise: "the run's own",
    }),
    weights: weightsOption,
    language: languageOption,
    ...engineOptions,
    format: formatOption,
  },
  writes: ({ run, out }) => out ?? folderFor(run),
  check: engineMistake,
});
