/** The command line of `netfold completion`. */
import { command } from "../cli/command.ts";
import { oneOf } from "../cli/reader.ts";
import { word } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";
import { isTaskShell } from "./scripts.ts";

/** The shells, as the parser library calls them. */
export const SHELLS = ["bash", "zsh", "fish", "nu", "pwsh"] as const;

const ofTasks = PROGRAM !== "netfold";
const QUIET = ofTasks ? `${PROGRAM} --quiet` : PROGRAM;
const NAMES = ofTasks ? "bash, zsh or fish" : "bash, zsh, fish, nu or pwsh";

export const completionCommand = command({
  name: "completion",
  brief: "Prints a script that completes netfold's commands in a shell.",
  footer: `The script holds in the shell that sources it${
    ofTasks ? ", within the folder of netfold" : ""
  }; fish is given it by "${QUIET} completion fish | source".`,
  examples: [`source <(${QUIET} completion bash)`],
  missing: `The shell is missing: ${NAMES}.`,
  terms: { shell: word(oneOf(SHELLS, "SHELL"), { description: `The shell: ${NAMES}.` }) },
  check: ({ shell }) =>
    ofTasks && !isTaskShell(shell)
      ? `${shell} completes an installed netfold; ${PROGRAM} is completed in ${NAMES}`
      : undefined,
});
