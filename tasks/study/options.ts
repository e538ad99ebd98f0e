/** The command line of `deno task study`. */
import {
  argument,
  message,
  negatableFlag,
  object,
  optional as maybe,
  text as plain,
} from "@optique/core";
import { SCALES } from "./scale.ts";
import { STUDY_NAMES } from "./study.ts";
import { optional, parseArguments, valueOf } from "../cli/command_line.ts";
import { engineOptions, withoutMistake } from "../cli/engine_options.ts";
import { number, oneOf, text, whole } from "../cli/reader.ts";

/** What stands on the command line. */
export function studyParser() {
  return object({
    name: argument(valueOf(oneOf(STUDY_NAMES, "NAME")), {
      description: [plain(`The study: ${STUDY_NAMES.join(", ")}.`)],
    }),
    scale: optional("--scale", oneOf(SCALES, "SCALE"), {
      description: [
        plain(
          "How large: paper is the paper's recipe to the letter; small and tiny shrink width, " +
            "data and steps, and say so.",
        ),
      ],
      otherwise: "tiny",
    }),
    seeds: optional("--seeds", whole(1), {
      description: message`How many seeds each arm is trained with.`,
      otherwise: "3",
    }),
    data: optional("--data", text("DATA", "a data set"), {
      description: message`A data set of ten classes and 32x32 pixels in CIFAR-10's place.`,
      otherwise: "cifar10",
    }),
    cifar100: optional("--cifar100", text("PATH", "the folder of CIFAR-100"), {
      description: message`The binary version of CIFAR-100, for the study of depth.`,
      otherwise: "none, the study has CIFAR-10 alone",
    }),
    out: optional("--out", text("DIR", "a folder"), {
      description:
        message`The folder of the study's runs, below runs; runs that it holds already are resumed.`,
      otherwise: "runs/studies/NAME-SCALE",
    }),
    ...engineOptions(),
    saveEvery: optional("--save-every", number({ from: 0 }), {
      description: message`Seconds between checkpoints within an epoch.`,
      otherwise: "60",
    }),
    png: maybe(negatableFlag({ positive: "--png", negative: "--no-png" }, {
      description: message`Whether to write pictures as PNG beside SVG. Default: no.`,
    })),
  }, { errors: { endOfInput: message`The study is missing: ${plain(STUDY_NAMES.join(", "))}.` } });
}

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parseStudyArguments(args: readonly string[]) {
  const given = parseArguments(studyParser(), {
    name: "study",
    brief: message`Redoes one of the paper's comparisons: arms, seeds, a table and a picture.`,
    footer: message`Stop it at any moment; the same command resumes it.`,
    examples: [
      plain("deno task study activation"),
      { type: "lineBreak" },
      plain("deno task study depth --scale paper --cifar100 data/cifar-100-binary"),
    ],
  }, args);
  return withoutMistake("study", given);
}
