/** The command line of `deno task board`. */
import { command } from "../cli/command.ts";
import { type Reader, runFolder, text, whole } from "../cli/reader.ts";
import { flag, option, words } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";
import { basename, dirname, join } from "@std/path";

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
    `${PROGRAM} board --train`,
    `${PROGRAM} board --export site runs/cifar-attention-8-1`,
  ],
  writes: ({ export: folder }) => folder && dirname(folder),
  check: ({ export: folder, folders, port, train }) => {
    if (folder === undefined) {
      return folders.length > 0
        ? "runs are named for --export; --runs FOLDER says which ones the board shows"
        : undefined;
    }
    if (port !== undefined) return "--port is the server's, and --export starts none";
    if (train) return "--train is the server's, and --export starts none";
    return [".", ".."].includes(basename(join(folder)))
      ? "--export names a folder to make, such as site"
      : undefined;
  },
  terms: {
    folders: words(runFolder("RUN", "a folder"), {
      description: "With --export, the runs that are exported, or folders with runs below them.",
      otherwise: "all runs in the folder of --runs",
    }),
    runs: option(text("FOLDER", "a folder"), {
      description:
        "The folder with the runs, in it or below it; nothing in it is changed without --train.",
      otherwise: "runs",
    }),
    port: option(port, {
      description: "The port, on this machine alone; 0 takes one that is free.",
      otherwise: `${PORT}`,
    }),
    train: flag({
      description:
        "Lets the page start, stop and resume trainings, which are stopped when the board is; Deno must be allowed to run itself.",
      otherwise: "the board only reads",
    }),
    export: option(text("DIR", "a folder"), {
      description:
        "Writes the page and its runs into DIR, a new or an empty folder, for any web server.",
      otherwise: "a server of the board's own",
    }),
  },
});
