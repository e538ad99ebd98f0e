/** The command line of `deno task export`. */
import { argument, message, object, option } from "@optique/core";
import { optional, parseArguments, valueOf } from "./command_line.ts";
import { oneOf, shape, text, whole } from "./reader.ts";

/** What stands on the command line. */
export function exportParser() {
  return object({
    source: argument(valueOf(text("NET|RUN", "a network or the folder of a run")), {
      description: message`A network, as other tasks take it, or the folder of a run.`,
    }),
    format: option("--format", valueOf(oneOf(["torch"], "NAME")), {
      description: message`What to write: torch, a project for PyTorch.`,
    }),
    out: option("--out", valueOf(text("DIR", "a folder")), {
      description: message`The folder to write to.`,
    }),
    input: optional("--input", shape(), {
      description: message`The shape of the input, such as 32x32x3; a JSON file needs it.`,
      otherwise: "the network's own",
    }),
    classes: optional("--classes", whole(1), {
      description: message`The number of classes, of a network of the zoo.`,
      otherwise: "the network's own",
    }),
  });
}

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parseExportArguments(args: readonly string[]) {
  const brief = message`Writes a network for another framework.`;
  return parseArguments(exportParser(), { name: "export", brief }, args);
}
