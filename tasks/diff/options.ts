/** The command line of `deno task diff` by the parser library, which explains itself. */
import { argument, type Message, message, object, type Parser } from "@optique/core";
import { optional, parseArguments, valueOf } from "../cli/command_line.ts";
import { DIFF_READERS, type DiffArguments } from "./readers.ts";
import { text } from "../cli/reader.ts";

/** The parser of the task's command line. */
export function diffParser(): Parser<
  "sync",
  { readonly before: string; readonly after: string } & DiffArguments["options"],
  unknown
> {
  const { input, classes, format } = DIFF_READERS;
  return object({
    before: network("A", message`The first network.`),
    after: network("B", message`The second network.`),
    format: optional("--format", format, {
      description: message`For people, or one JSON document: text or json.`,
      otherwise: "text",
    }),
    input: optional("--input", input, {
      description: message`The shape of both inputs, such as 32x32x3; a JSON file needs it.`,
      otherwise: "each network's own",
    }),
    classes: optional("--classes", classes, {
      description: message`The number of classes, of networks of the zoo.`,
      otherwise: "each network's own",
    }),
  }, { errors: { endOfInput: message`Two networks are needed.` } });
}

/**
 * The arguments of the task.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseDiffArguments(args: readonly string[]): DiffArguments {
  const { before, after, ...options } = parseArguments(
    diffParser(),
    {
      name: "diff",
      brief: message`Says what differs between two networks: layers, shapes, parameters, MACs.`,
      footer:
        message`A network is one of the zoo, a JSON file that holds one, or a module that exports one. The exit code is 0 when the networks are equal, 1 when they differ, 2 or more when something went wrong.`,
      examples: message`deno task diff cifar/attention-56 cifar/attention-92`,
    },
    args,
  );
  return { before, after, options };
}

function network(name: string, description: Message): Parser<"sync", string, unknown> {
  return argument(valueOf(text(name, "a network")), { description });
}
