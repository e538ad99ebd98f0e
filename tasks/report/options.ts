/** The command line of `deno task report`. */
import {
  argument,
  message,
  multiple,
  negatableFlag,
  object,
  optional as maybe,
  text as plain,
} from "@optique/core";
import { optional, parseArguments, valueOf } from "../cli/command_line.ts";
import { engineOptions, withoutMistake } from "../cli/engine_options.ts";
import { channelList, text } from "../cli/reader.ts";

/** What stands on the command line. */
export function reportParser() {
  const folder = argument(valueOf(text("FOLDER", "a folder")), {
    description: message`The folder of a run or of a study.`,
  });
  return object({
    folders: multiple(folder, {
      min: 1,
      errors: { tooFew: message`Folders are missing: name those of runs or studies.` },
    }),
    out: optional("--out", text("FILE", "a file"), {
      description: message`The page to write, below runs.`,
      otherwise: "report.html in the first folder",
    }),
    images: optional("--images", channelList(), {
      description:
        message`The test images whose masks are shown, by number; a study shows the first.`,
      otherwise: "0,1,2",
    }),
    measure: maybe(negatableFlag({ positive: "--measure", negative: "--no-measure" }, {
      description: message`Whether to use the weights, for confusions and masks. Default: yes.`,
    })),
    ...engineOptions(),
  });
}

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parseReportArguments(args: readonly string[]) {
  const given = parseArguments(reportParser(), {
    name: "report",
    brief: message`Puts runs and studies on one page of HTML, a single file.`,
    examples: [
      plain("deno task report runs/cifar-attention-20-1"),
      { type: "lineBreak" },
      plain("deno task report runs/studies/activation-tiny runs/studies/noise-tiny"),
    ],
  }, args);
  return withoutMistake("report", given);
}
