/** The command line of `deno task masks`. */
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
import { RUN_MISSING, runArgument, weightsOption } from "../cli/options.ts";
import { channelList, text } from "../cli/reader.ts";

/** What stands on the command line. */
export function masksParser() {
  const image = argument(valueOf(text("IMAGE", "an image")), {
    description: message`A PNG or JPEG file, or the number of a test image, from 0.`,
  });
  return object({
    run: runArgument(),
    images: multiple(image, {
      min: 1,
      errors: { tooFew: message`Images are missing: name files or numbers of test images.` },
    }),
    channels: optional("--channels", channelList(), {
      description: message`The channels of each mask to show.`,
      otherwise: "the three that differ most between positions",
    }),
    out: optional("--out", text("DIR", "a folder"), {
      description: message`The folder of the sheets, below runs.`,
      otherwise: "masks in the run's folder",
    }),
    png: maybe(negatableFlag({ positive: "--png", negative: "--no-png" }, {
      description: message`Whether to write sheets as PNG beside SVG. Default: no.`,
    })),
    weights: weightsOption(),
    ...engineOptions(),
  }, { errors: RUN_MISSING });
}

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parseMasksArguments(args: readonly string[]) {
  const given = parseArguments(masksParser(), {
    name: "masks",
    brief: message`Shows what each attention module of a run's network does to images.`,
    examples: [
      plain("deno task masks runs/cifar-attention-20-1 cat.jpg"),
      { type: "lineBreak" },
      plain("deno task masks runs/cifar-attention-20-1 0 1 2 --png"),
    ],
  }, args);
  return withoutMistake("masks", given);
}
