/** The command line of `deno task summary` by the parser library, which explains itself. */
import { type Message, message, object, type Parser } from "@optique/core";
import { SUMMARY_COLUMNS } from "../../dsl/interpreters/summary/columns.ts";
import { optional, optionalArgument, parseArguments } from "../cli/command_line.ts";
import { text } from "../cli/reader.ts";
import { SUMMARY_READERS, type SummaryArguments } from "./readers.ts";

/** The parser of the task's command line. */
export function summaryParser(): Parser<
  "sync",
  { readonly net: string | undefined } & SummaryArguments["options"],
  unknown
> {
  const { input, classes, format, depth, columns, convention, batch, width } = SUMMARY_READERS;
  return object({
    net: optionalArgument(text("NET", "a network"), {
      description:
        message`A network of the zoo, a JSON file that holds one, or a module that exports one.`,
      otherwise: "all networks of the zoo, a line each",
    }),
    input: optional("--input", input, {
      description: message`The shape of the input, such as 32x32x3; a JSON file needs it.`,
      otherwise: "the network's own",
    }),
    classes: optional("--classes", classes, {
      description: message`The number of classes, of a network of the zoo.`,
      otherwise: "10",
    }),
    format: optional("--format", format, {
      description:
        message`For people, text or markdown; for programs, csv, or json, which tells everything.`,
      otherwise: "text",
    }),
    depth: optional("--depth", depth, {
      description: message`The levels of names that are shown, or all; json always has all.`,
      otherwise: "2, and all in csv",
    }),
    columns: optional("--columns", columns, {
      description: message`The columns, with commas between them: ${columnNames()}.`,
      otherwise: "those that fit, and all in markdown and csv",
    }),
    convention: optional("--convention", convention, {
      description: message`Whose way of counting operations: netfold, paper, fvcore or torchinfo.`,
      otherwise: "netfold, which gives MACs and FLOPs",
    }),
    batch: optional("--batch", batch, {
      description: message`The images in a step of training, whose cost and memory are then told.`,
      otherwise: "nothing of training",
    }),
    width: optional("--width", width, {
      description: message`The widest that a line of text may be.`,
      otherwise: "the terminal's width, and 80 elsewhere",
    }),
  });
}

/**
 * The arguments of the task.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseSummaryArguments(args: readonly string[]): SummaryArguments {
  const { net, ...options } = parseArguments(
    summaryParser(),
    {
      name: "summary",
      brief: message`Prints a network: layers, shapes, parameters, MACs and FLOPs.`,
      examples: message`deno task summary cifar/attention-56 --depth 3 --batch 64`,
    },
    args,
  );
  return { net, options };
}

function columnNames(): Message {
  return [{ type: "text", text: SUMMARY_COLUMNS.join(", ") }];
}
