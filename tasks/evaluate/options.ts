/** The command line of `deno task evaluate`. */
import { message, object, text as plain } from "@optique/core";
import { DATASET_FORMS } from "../data/load.ts";
import { dataset } from "../cli/dataset_option.ts";
import { optional, parseArguments } from "../cli/command_line.ts";
import { engineOptions, withoutMistake } from "../cli/engine_options.ts";
import { formatOption, RUN_MISSING, runArgument, weightsOption } from "../cli/options.ts";
import { oneOf } from "../cli/reader.ts";

/** What stands on the command line. */
export function evaluateParser() {
  return object({
    run: runArgument(),
    data: optional("--data", dataset(), {
      description: [plain(`What to measure on: ${DATASET_FORMS.join(", ")}.`)],
      otherwise: "the run's own data set",
    }),
    split: optional("--split", oneOf(["test", "validation", "train"], "NAME"), {
      description: message`The images to measure on: test, validation or train.`,
      otherwise: "test",
    }),
    crops: optional("--crops", oneOf(["1", "10"], "N"), {
      description: message`Views of each picture of a folder: its middle, or 10 that are averaged.`,
      otherwise: "1",
    }),
    weights: weightsOption(),
    ...engineOptions(),
    format: formatOption(),
  }, { errors: RUN_MISSING });
}

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parseEvaluateArguments(args: readonly string[]) {
  const brief = message`Measures what a run has learnt, class by class.`;
  const given = parseArguments(evaluateParser(), { name: "evaluate", brief }, args);
  return withoutMistake("evaluate", given);
}
