/** Options and arguments that several tasks have. */
import { argument, message, type Parser } from "@optique/core";
import { optional, valueOf } from "./command_line.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { oneOf, shape, text, whole } from "./reader.ts";

/** `--format`. */
export function formatOption(): Parser<"sync", "text" | "json" | undefined, unknown> {
  return optional("--format", oneOf(["text", "json"], "FORMAT"), {
    description: message`For people, or one JSON document: text or json.`,
    otherwise: "text",
  });
}

/** `--weights`. */
export function weightsOption(): Parser<"sync", "best" | "last" | undefined, unknown> {
  return optional("--weights", oneOf(["best", "last"], "WHICH"), {
    description: message`The run's best weights or its last: best or last.`,
    otherwise: "best",
  });
}

/** `--input`, of a network. */
export function inputOption(): Parser<"sync", Shape | undefined, unknown> {
  return optional("--input", shape(), {
    description: message`The shape of the input, such as 32x32x3; a JSON file needs it.`,
    otherwise: "the network's own",
  });
}

/** `--classes`, of a network. */
export function classesOption(): Parser<"sync", number | undefined, unknown> {
  return optional("--classes", whole(1), {
    description: message`The number of classes, of a network of the zoo.`,
    otherwise: "the network's own",
  });
}

/** The folder of a run. */
export function runArgument(): Parser<"sync", string, unknown> {
  return argument(valueOf(text("RUN", "the folder of a run")), {
    description: message`The folder of a run, such as runs/cifar-attention-20-1.`,
  });
}

/** What is said when an argument that must be given is not. */
export const RUN_MISSING = { endOfInput: message`The folder of a run is missing.` };
