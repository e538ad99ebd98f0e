/** The command line of `deno task study`. */
import {
  argument,
  message,
  negatableFlag,
  object,
  optional as maybe,
  type Parser,
  text as plain,
} from "@optique/core";
import { type ScaleName, SCALES } from "./scale.ts";
import { STUDY_NAMES, type StudyName } from "./study.ts";
import { optional, parseArguments, valueOf } from "../cli/command_line.ts";
import { type EngineArguments, engineOptions, withoutMistake } from "../cli/engine_options.ts";
import { number, oneOf, text, whole } from "../cli/reader.ts";

/** What stands on the command line. */
export interface StudyArguments extends EngineArguments {
  /** The study. */
  readonly name: StudyName;
  /** How large it is made. */
  readonly scale: ScaleName | undefined;
  /** Seeds of each arm. */
  readonly seeds: number | undefined;
  /** The data set in CIFAR-10's place. */
  readonly data: string | undefined;
  /** CIFAR-100, for the study of depth. */
  readonly cifar100: string | undefined;
  /** The folder of the study's runs. */
  readonly out: string | undefined;
  /** Seconds between checkpoints. */
  readonly saveEvery: number | undefined;
  /** Whether pictures are written as PNG too. */
  readonly png: boolean | undefined;
}

/** The parser of the task's command line. */
export function studyParser(): Parser<"sync", StudyArguments, unknown> {
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
        message`The folder of the study's runs, below runs; what it holds already is gone on with.`,
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

/**
 * The arguments of the task.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseStudyArguments(args: readonly string[]): StudyArguments {
  const given = parseArguments(studyParser(), {
    name: "study",
    brief: message`Redoes one of the paper's comparisons: arms, seeds, a table and a picture.`,
    footer: message`Stop it at any moment; the same command goes on where it stood.`,
    examples: [
      plain("deno task study activation"),
      { type: "lineBreak" },
      plain("deno task study depth --scale paper --cifar100 data/cifar-100-binary"),
    ],
  }, args);
  return withoutMistake("study", given);
}
