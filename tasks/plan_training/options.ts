/** The command line of `deno task plan-training`. */
import { command, type Given } from "../cli/command.ts";
import { classesOption, inputOption, NETWORK, networkName } from "../cli/network_options.ts";
import { formatOption, languageOption } from "../cli/options.ts";
import { oneOf, type Reader, whole } from "../cli/reader.ts";
import { option, word } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";
import type { GPUS } from "./gpus.ts";

/** Numbers of cards, with commas between them. */
function counts(): Reader<readonly number[]> {
  const one = whole(1);
  return {
    metavar: "N,N",
    wanted: `${one.wanted}, or several with commas between them`,
    read: (text) => {
      const found = text.split(",").flatMap((part) => one.read(part) ?? []);
      return found.length === text.split(",").length ? found : undefined;
    },
  };
}

/** The names that `--gpu` takes. */
const NAMES = [
  "a100",
  "h100",
  "h200",
  "b200",
  "l40s",
  "rtx4090",
] as const satisfies readonly (keyof typeof GPUS)[];

export const planTrainingCommand = command({
  name: "plan-training",
  brief: "Says what training with PyTorch takes on graphics cards: memory, parts, hours.",
  footer:
    "Nothing is run: maps, parameters and operations are counted, and what a card can do is taken from its data sheet. What is assumed is printed too.",
  examples: [
    `${PROGRAM} plan-training cifar/attention-92`,
    `${PROGRAM} plan-training imagenet/attention-56 --gpus 8,64 --gpu a100 --batch 1024`,
  ],
  missing: "A network is needed.",
  terms: {
    net: word(networkName(), { description: NETWORK }),
    gpus: option(counts(), {
      description: "The number of cards, or several numbers, a line each.",
      otherwise: "1,8,64,1024",
    }),
    gpu: option(oneOf(NAMES, "NAME"), {
      description: `The kind of card: ${NAMES.join(", ")}.`,
      otherwise: "h100",
    }),
    precision: option(oneOf(["bfloat16", "float32"], "NAME"), {
      description: "The numbers of the maps: bfloat16, or float32 with products in TF32.",
      otherwise: "bfloat16",
    }),
    batch: option(whole(1), {
      description: "The images of a step, of all cards together.",
      otherwise: "the paper's: 64 at 32x32, else the customary 256",
    }),
    steps: option(whole(1), {
      description: "The steps of the training.",
      otherwise: "as many images as the paper's recipe sees",
    }),
    input: inputOption,
    classes: classesOption,
    language: languageOption,
    format: formatOption,
  },
});

export type PlanTrainingArguments = Given<typeof planTrainingCommand>;
