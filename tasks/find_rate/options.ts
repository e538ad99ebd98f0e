/** The command line of `deno task find-rate`. */
import { dirname } from "@std/path";
import { command, type Given } from "../cli/command.ts";
import { engineMistake, engineOptions } from "../cli/engine_options.ts";
import { number, text, whole } from "../cli/reader.ts";
import { option, optionName, section } from "../cli/term.ts";
import { endingMistake } from "../cli/ending.ts";
import { PROGRAM } from "../program_name.ts";
import { languageMistake, recipeMistake, trainCommand } from "../train/options.ts";
import { parts, recipe } from "../train/recipe_options.ts";

const { net, data, limit, validation, from, freeze, language } = trainCommand.terms;
const { epochs: _, steps: __, rate: ___, schedule: ____, ...recipeTerms } = recipe;
const { warmup: _____, earlyStopping: ______, plateau: _______, ...partTerms } = parts;

const RATES =
  "is for train alone: the test gives each step a rate of its own, from --min-lr to --max-lr";
const LENGTH = "is for train alone: the test takes as many steps as --steps says";
const NO_RUN = "is for train alone: the test makes no run";
const TORCH = "is for PyTorch, which finds no rates itself: leave it out here";

/** What is the test's own, and not of the training that it is made for. */
const own = section("The test", {
  minLr: option(number({ above: 0 }), {
    description: "The learning rate of the first step.",
    otherwise: "a thousandth of the recipe's",
  }),
  maxLr: option(number({ above: 0 }), {
    description: "The learning rate of the last step.",
    otherwise: "a hundred times the recipe's",
  }),
  steps: option(whole(10), {
    description: "Steps; each has the rate of the one before times the same factor.",
    otherwise: "200",
  }),
  out: option(text("FILE", "a file's name"), {
    description: "The picture, an SVG below runs, in the place of an older one.",
    otherwise: "runs/rates/NET.svg",
  }),
});

export const findRateCommand = command({
  name: "find-rate",
  brief:
    "Finds a learning rate: trains for some steps with a rate that grows until the loss explodes.",
  footer:
    `Everything else is as ${PROGRAM} train would have it by the same options. No run is made or changed. PyTorch trains with the rates that are found here; it finds none itself.`,
  examples: [
    `${PROGRAM} find-rate`,
    `${PROGRAM} find-rate cifar/attention-56 --optimizer adamw`,
    `${PROGRAM} find-rate ./my_net.ts --data folder:pictures,size=32 --batch 64`,
  ],
  terms: {
    net,
    ...own,
    ...section("The training", {
      data,
      limit,
      validation,
      from,
      freeze,
      language,
      ...engineOptions,
    }),
    ...recipeTerms,
    ...partTerms,
  },
  refuses: {
    ...{ "--lr": RATES, "--schedule": RATES, "--warmup": RATES, "--plateau": RATES },
    ...{ "--epochs": LENGTH, "--early-stopping": LENGTH },
    ...{ "--resume": NO_RUN, "--save-every": NO_RUN, "--tensorboard": NO_RUN },
    ...{ "--nproc": TORCH, "--precision": TORCH },
  },
  writes: ({ out = "runs/rates/" }) => dirname(out),
  check: (given) =>
    endingMistake(given.out, "a picture", ["svg"]) ?? engineMistake(given) ??
      languageMistake(given, "--from") ?? recipeMistake(given),
});

export type FindRateArguments = Given<typeof findRateCommand>;

/** The options of the training among arguments, as they stand there: all but the test's own. */
export function trainingArguments(args: readonly string[]): readonly string[] {
  const names = Object.entries<{ readonly name?: string }>(own)
    .map(([field, term]) => optionName(field, term));
  return args.filter((arg, i) =>
    !names.some((name) => arg === name || arg.startsWith(`${name}=`) || args[i - 1] === name)
  );
}
