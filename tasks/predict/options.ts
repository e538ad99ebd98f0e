/** The command line of `deno task predict`. */
import { command } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import { languageOption, RUN_MISSING, runArgument, weightsOption } from "../cli/options.ts";
import { oneOf, text } from "../cli/reader.ts";
import { option, words } from "../cli/term.ts";
import { PICTURE_KINDS } from "../data/picture/kinds.ts";

export const predictCommand = command({
  name: "predict",
  brief: "Says what a run's network sees in images.",
  missing: RUN_MISSING,
  terms: {
    run: runArgument,
    images: words(text("IMAGE", "an image file or a folder"), {
      description: `A ${PICTURE_KINDS} file of any size, or a folder with such files in it.`,
      tooFew: `Images are missing: name a ${PICTURE_KINDS} file, or a folder, after the run.`,
    }),
    weights: weightsOption,
    language: languageOption,
    ...engineOptions,
    format: option(oneOf(["text", "csv", "json"], "FORMAT"), {
      description: "For people, a line of CSV for each image, or one JSON document.",
      otherwise: "text",
    }),
  },
  check: engineMistake,
});
