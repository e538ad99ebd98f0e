/** The command line of `deno task runs`. */
import { command } from "../cli/command.ts";
import { oneOf, text } from "../cli/reader.ts";
import { option, words } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";

export const runsCommand = command({
  name: "runs",
  brief: "Lists runs: what each reached, and what tells it apart from the others.",
  examples: [
    `${PROGRAM} runs`,
    `${PROGRAM} runs --sort test`,
    `${PROGRAM} runs runs/studies/activation-tiny --format csv`,
  ],
  terms: {
    folders: words(text("FOLDER", "a folder"), {
      description: "Folders with runs in them or below them.",
      otherwise: "runs",
    }),
    sort: option(oneOf(["begun", "test"], "BY"), {
      description: "The order: begun, the last run last, or test, the best one last.",
      otherwise: "begun",
    }),
    format: option(oneOf(["text", "csv", "json"], "FORMAT"), {
      description: "For people, or every setting for programs: text, csv or json.",
      otherwise: "text",
    }),
  },
});
