/** The command line of `deno task paper` by the parser library, which explains itself. */
import { message, object, type Parser } from "@optique/core";
import { optional, parseArguments } from "../cli/command_line.ts";
import { PAPER_READERS, type PaperOptions } from "./readers.ts";

/** The parser of the task's command line. */
export function paperParser(): Parser<"sync", PaperOptions, unknown> {
  return object({
    format: optional("--format", PAPER_READERS.format, {
      description: message`Tables for people, one JSON document, or Markdown.`,
      otherwise: "text",
    }),
  });
}

/**
 * The options of the task.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parsePaperOptions(args: readonly string[]): PaperOptions {
  return parseArguments(
    paperParser(),
    {
      name: "paper",
      brief: message`Prints the paper's parameters and FLOPs with ours beside them.`,
      footer:
        message`The exit code is 1 when a count of ours is no longer the recorded one. A figure of the paper that ours does not meet is no failure; its reason is printed.`,
      examples: message`deno task paper --format markdown`,
    },
    args,
  );
}
