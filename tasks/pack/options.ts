/** The command line of `deno task pack`. */
import { command } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import { RUN_MISSING } from "../cli/options.ts";
import { runFolder, text } from "../cli/reader.ts";
import { option, word } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";

export const packCommand = command({
  name: "pack",
  brief: "Makes a finished run one of the pretrained networks that travel with netfold.",
  footer:
    "Its best weights with kernels as float16, its configuration, its metrics and a card go to nets/pretrained, in the place of those that the network had.",
  examples: [`${PROGRAM} pack runs/cifar-attention-8-1`],
  missing: RUN_MISSING,
  terms: {
    run: word(runFolder("RUN", "the folder of a run"), {
      description: "The folder of a finished run.",
    }),
    command: option(text("TEXT", "a command"), {
      description: "The command that made the run, for the card.",
      otherwise: "the one with the preset that is the run's recipe",
    }),
    ...engineOptions,
  },
  check: engineMistake,
});
