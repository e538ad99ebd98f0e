/** The command line of `deno task report`. */
import { command } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import { languageOption } from "../cli/options.ts";
import { channelList, runFolder, text } from "../cli/reader.ts";
import { option, words, yesOrNo } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";
import { folderFor, PRETRAINED_NAMES } from "../networks/pretrained.ts";
import { endingMistake } from "../cli/ending.ts";
import { dirname } from "@std/path";

export const reportCommand = command({
  name: "report",
  brief: "Puts runs and studies on one page of HTML, a single file.",
  examples: [
    `${PROGRAM} report runs/cifar-attention-8-1`,
    `${PROGRAM} report runs/studies/activation-tiny runs/studies/noise-tiny`,
  ],
  missing: "Folders are missing: name those of runs or studies.",
  terms: {
    folders: words(runFolder("FOLDER", "a folder", PRETRAINED_NAMES), {
      description: "The folder of a run or of a study.",
      tooFew: "Folders are missing: name those of runs or studies.",
    }),
    out: option(text("FILE", "a file"), {
      description: "The page to write, below runs.",
      otherwise: "report.html in the first folder",
    }),
    images: option(channelList(), {
      description: "The test images whose masks are shown, by number; a study shows the first.",
      otherwise: "0,1,2",
    }),
    measure: yesOrNo({
      description: "Whether to use the weights, for confusions and masks.",
      otherwise: "yes",
    }),
    language: languageOption,
    ...engineOptions,
  },
  writes: ({ folders: [first = "."], out }) => out === undefined ? folderFor(first) : dirname(out),
  check: (given) => endingMistake(given.out, "a page", ["html", "htm"]) ?? engineMistake(given),
});
