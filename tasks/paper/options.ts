/** The command line of `deno task paper`. */
import { command } from "../cli/command.ts";
import { oneOf } from "../cli/reader.ts";
import { option } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";

export const paperCommand = command({
  name: "paper",
  brief: "Prints the paper's parameters and FLOPs with ours beside them.",
  footer:
    "The exit code is 1 when a count of ours is no longer the recorded one. A figure of the paper that ours does not meet is no failure; its reason is printed.",
  examples: [`${PROGRAM} paper --format markdown`],
  terms: {
    format: option(oneOf(["text", "json", "markdown"], "FORMAT"), {
      description: "Tables for people, one JSON document, or Markdown.",
      otherwise: "text",
    }),
  },
});
