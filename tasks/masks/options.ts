/** The command line of `deno task masks`. */
import { command } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import { languageOption, RUN_MISSING, runArgument, weightsOption } from "../cli/options.ts";
import { channelList, text } from "../cli/reader.ts";
import { option, words, yesOrNo } from "../cli/term.ts";
import { PICTURE_KINDS } from "../data/picture/kinds.ts";
import { PROGRAM } from "../program_name.ts";
import { folderFor } from "../networks/pretrained.ts";

export const masksCommand = command({
  name: "masks",
  brief: "Shows what each attention module of a run's network does to images.",
  examples: [
    `${PROGRAM} masks runs/cifar-attention-8-1 cat.jpg`,
    `${PROGRAM} masks runs/cifar-attention-8-1 0 1 2 --png`,
  ],
  missing: RUN_MISSING,
  terms: {
    run: runArgument,
    images: words(text("IMAGE", "an image"), {
      description: `A ${PICTURE_KINDS} file, or the number of a test image, from 0.`,
      tooFew: "Images are missing: name files or numbers of test images.",
    }),
    channels: option(channelList(), {
      description: "The channels of each mask to show.",
      otherwise: "the three that differ most between positions",
    }),
    out: option(text("DIR", "a folder"), {
      description: "The folder of the sheets, below runs.",
      otherwise: "masks in the run's folder",
    }),
    png: yesOrNo({ description: "Whether to write sheets as PNG beside SVG.", otherwise: "no" }),
    weights: weightsOption,
    language: languageOption,
    ...engineOptions,
  },
  writes: ({ run, out }) => out ?? folderFor(run),
  check: engineMistake,
});
