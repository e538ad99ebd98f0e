/** The command line of `deno task study`. */
import { command, type Given } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import { number, oneOf, text, whole } from "../cli/reader.ts";
import { option, word, yesOrNo } from "../cli/term.ts";
import { DATASET_NAMES } from "../data/load.ts";
import { SCALES } from "./scale.ts";
import { STUDY_NAMES } from "./study.ts";
import { PROGRAM } from "../program_name.ts";

export const studyCommand = command({
  name: "study",
  brief: "Redoes one of the paper's comparisons: arms, seeds, a table and a picture.",
  footer: "Stop it at any moment; the same command resumes it.",
  examples: [
    `${PROGRAM} study activation`,
    `${PROGRAM} study depth --scale paper --cifar100 data/cifar-100-binary`,
  ],
  missing: `The study is missing: ${STUDY_NAMES.join(", ")}.`,
  terms: {
    name: word(oneOf(STUDY_NAMES, "NAME"), {
      description: `The study: ${STUDY_NAMES.join(", ")}.`,
    }),
    scale: option(oneOf(SCALES, "SCALE"), {
      description:
        "How large: paper is the paper's recipe to the letter; small and tiny shrink width, data and steps, and say so.",
      otherwise: "tiny",
    }),
    seeds: option(whole(1), {
      description: "How many seeds each arm is trained with.",
      otherwise: "3",
    }),
    data: option(text("DATA", "a data set", DATASET_NAMES), {
      description: "A data set of ten classes and 32x32 pixels in CIFAR-10's place.",
      otherwise: "cifar10",
    }),
    cifar100: option(text("PATH", "the folder of CIFAR-100"), {
      description: "The binary version of CIFAR-100, for the study of depth.",
      otherwise: "none, the study has CIFAR-10 alone",
    }),
    out: option(text("DIR", "a folder"), {
      description: "The folder of the study's runs, below runs; runs that it holds are resumed.",
      otherwise: "runs/studies/NAME-SCALE",
    }),
    ...engineOptions,
    saveEvery: option(number({ from: 0 }), {
      description: "Seconds between checkpoints within an epoch.",
      otherwise: "60",
    }),
    png: yesOrNo({ description: "Whether to write pictures as PNG beside SVG.", otherwise: "no" }),
  },
  writes: ({ out = "runs" }) => out,
  check: engineMistake,
});

export type StudyArguments = Given<typeof studyCommand>;
