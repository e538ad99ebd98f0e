/** The command line of `deno task predict`. */
import { argument, message, multiple, object } from "@optique/core";
import { parseArguments, valueOf } from "../cli/command_line.ts";
import { engineOptions, withoutMistake } from "../cli/engine_options.ts";
import { formatOption, RUN_MISSING, runArgument, weightsOption } from "../cli/options.ts";
import { text } from "../cli/reader.ts";

/** What stands on the command line. */
export function predictParser() {
  const image = argument(valueOf(text("IMAGE", "an image file")), {
    description: message`A PNG or JPEG file of any size.`,
  });
  return object({
    run: runArgument(),
    images: multiple(image, {
      min: 1,
      errors: { tooFew: message`Images are missing: name a PNG or JPEG file after the run.` },
    }),
    weights: weightsOption(),
    ...engineOptions(),
    format: formatOption(),
  }, { errors: RUN_MISSING });
}

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parsePredictArguments(args: readonly string[]) {
  const brief = message`Says what a run's network sees in images.`;
  const given = parseArguments(predictParser(), { name: "predict", brief }, args);
  return withoutMistake("predict", given);
}
