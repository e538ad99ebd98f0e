/** The command line of `deno task predict`. */
import { command } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import {
  formatOption,
  languageOption,
  RUN_MISSING,
  runArgument,
  weightsOption,
} from "../cli/options.ts";
import { text } from "../cli/reader.ts";
import { words } from "../cli/term.ts";

export const predictCommand = command({
  name: "predict",
  brief: "Says what a run's network sees in images.",
  missing: RUN_MISSING,
  terms: {
    run: runArgument,
    images: words(text("IMAGE", "an image file"), {
      description: "A PNG, JPEG or WebP file of any size.",
      tooFew: "Images are missing: name a PNG, JPEG or WebP file after the run.",
    }),
    weights: weightsOption,
    language: languageOption,
    ...engineOptions,
    format: formatOption,
  },
  check: engineMistake,
});
