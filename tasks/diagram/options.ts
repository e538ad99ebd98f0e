/** The command line of `deno task diagram` by the parser library, which explains itself. */
import { argument, message, object, type Parser } from "@optique/core";
import { optional, parseArguments, valueOf } from "../cli/command_line.ts";
import { DIAGRAM_READERS, type DiagramArguments } from "./readers.ts";
import { text } from "../cli/reader.ts";

/** The parser of the task's command line. */
export function diagramParser(): Parser<
  "sync",
  { readonly net: string } & DiagramArguments["options"],
  unknown
> {
  const { input, classes, format, depth, out } = DIAGRAM_READERS;
  return object({
    net: argument(valueOf(text("NET", "a network")), {
      description:
        message`A network of the zoo, a JSON file that holds one, or a module that exports one.`,
    }),
    format: optional("--format", format, {
      description: message`The language of the diagram: mermaid, dot or svg.`,
      otherwise: "what the ending of FILE says, else mermaid",
    }),
    depth: optional("--depth", depth, {
      description:
        message`The levels of names that are drawn, or all; what is deeper is folded into a box.`,
      otherwise: "3",
    }),
    input: optional("--input", input, {
      description: message`The shape of the input, such as 32x32x3; a JSON file needs it.`,
      otherwise: "the network's own",
    }),
    classes: optional("--classes", classes, {
      description: message`The number of classes, of a network of the zoo.`,
      otherwise: "10",
    }),
    out: optional("--out", out, {
      description: message`The file that is written, in the place of an older one.`,
      otherwise: "the standard output",
    }),
  }, { errors: { endOfInput: message`The network is missing.` } });
}

/**
 * The arguments of the task.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseDiagramArguments(args: readonly string[]): DiagramArguments {
  const { net, ...options } = parseArguments(
    diagramParser(),
    {
      name: "diagram",
      brief: message`Draws a network: boxes, branches and the shapes between them.`,
      examples: message`deno task diagram cifar/attention-56 --out attention.svg`,
    },
    args,
  );
  return { net, options };
}
