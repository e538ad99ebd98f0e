/** Options and arguments that several tasks have. */
import { PRETRAINED_NAMES } from "../networks/pretrained.ts";
import { oneOf, type Reader, runFolder, text } from "./reader.ts";
import { option, type Valued, word } from "./term.ts";

export const formatOption: Valued<"text" | "json", "option?"> = option(
  oneOf(["text", "json"], "FORMAT"),
  { description: "For people, or one JSON document: text or json.", otherwise: "text" },
);

export const weightsOption: Valued<"best" | "last", "option?"> = option(
  oneOf(["best", "last"], "WHICH"),
  { description: "The run's best weights or its last: best or last.", otherwise: "best" },
);

/** `--language`, of a network with layers or merges of its user's own, in a run or in JSON. */
export const languageOption: Valued<string, "option?"> = option(text("FILE", "a module's name"), {
  description:
    "A module that exports the language in which the network of the run or the JSON file is written; it is code and runs with the task's permissions.",
  otherwise: "netfold's own",
});

/** A run: its folder, or a pretrained network's name. */
export const run: Reader<string> = runFolder(
  "RUN",
  "the folder of a run",
  PRETRAINED_NAMES,
);

export const runArgument: Valued<string, "word"> = word(run, {
  description: `The folder of a run, such as runs/cifar-attention-8-1, or a pretrained network: ${
    PRETRAINED_NAMES.join(", ")
  }.`,
});

export const RUN_MISSING = "The folder of a run is missing.";
