/** The command line of `deno task board`. */
import { command } from "../cli/command.ts";
import { type Reader, text, whole } from "../cli/reader.ts";
import { option } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";

/** Where the board is when nothing else is said. */
export const PORT = 8731;

const LARGEST_PORT = 65_535;

const port: Reader<number> = {
  ...whole(0),
  wanted: `a port: a whole number of at most ${LARGEST_PORT}, 0 for a free one`,
  read: (given) => {
    const value = whole(0).read(given);
    return value !== undefined && value <= LARGEST_PORT ? value : undefined;
  },
};

export const boardCommand = command({
  name: "board",
  brief: "Shows runs and networks on a page of this machine's own, which follows training.",
  examples: [
    `${PROGRAM} board`,
    `${PROGRAM} board --runs runs/studies/activation-tiny --port 0`,
  ],
  terms: {
    runs: option(text("FOLDER", "a folder"), {
      description: "The folder with the runs, in it or below it; nothing in it is changed.",
      otherwise: "runs",
    }),
    port: option(port, {
      description: "The port, on this machine alone; 0 takes one that is free.",
      otherwise: `${PORT}`,
    }),
  },
});
