/** The command line of `deno task summary` by the parser library, which explains itself. */
import { message, object } from "@optique/core";
import { optional, optionalArgument, parseArguments } from "./command_line.ts";
import { text } from "./reader.ts";
import { SUMMARY_READERS, type SummaryArguments } from "./summary_readers.ts";

/**
 * The arguments of the task.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseSummaryArguments(args: readonly string[]): SummaryArguments {
  const { input, classes, format, depth } = SUMMARY_READERS;
  const { net, ...options } = parseArguments(
    object({
      net: optionalArgument(text("NET", "a network"), {
        description: message`A network of the zoo, or a JSON file that holds a network.`,
        otherwise: "all networks of the zoo, a line each",
      }),
      input: optional("--input", input, {
        description: message`The shape of the input, such as 32x32x3; a file needs it.`,
        otherwise: "the network's own",
      }),
      classes: optional("--classes", classes, {
        description: message`The number of classes, of a network of the zoo.`,
        otherwise: "10",
      }),
      format: optional("--format", format, {
        description: message`For people, or one JSON document: text or json.`,
        otherwise: "text",
      }),
      depth: optional("--depth", depth, {
        description: message`The levels of names that the text shows, or all.`,
        otherwise: "2",
      }),
    }),
    {
      name: "summary",
      brief: message`Prints a network: layers, shapes, parameters, MACs and FLOPs.`,
      examples: message`deno task summary cifar/attention-56 --depth 3`,
    },
    args,
  );
  return { net, options };
}
