/**
 * `netfold completion SHELL`: a script that teaches a shell to complete netfold's commands. The
 * script runs this command again for the candidates of the last word of a command line. Scripts for
 * `netfold` are the parser library's; those for `deno task` in a copy of the repository are our own,
 * as they complete a part of another program's.
 */
import { fromFileUrl } from "@std/path";
import { argumentsOf, type Run } from "../cli/arguments.ts";
import { COMMAND_NAMES } from "../cli/commands.ts";
import { EXIT } from "../cli/exit.ts";
import { PROGRAM } from "../program_name.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { candidates } from "./candidates.ts";
import { completionCommand, SHELLS } from "./options.ts";
import { isTaskShell, taskScript } from "./scripts.ts";

export const run: Run = async (args) => {
  const [first = "", ...words] = args;
  if (first === "complete") return printed((await candidates(words)).map((one) => `${one}\n`));
  const asking = SHELLS.find((name) => name === first);
  if (asking !== undefined && words.length > 0) return await answered(asking, words);
  const { shell } = await argumentsOf(completionCommand, args);
  if (PROGRAM === "netfold" || !isTaskShell(shell)) {
    const shells = await import("@optique/core/completion");
    return printed([shells[shell].generateScript(PROGRAM, ["completion", shell])]);
  }
  const root = fromFileUrl(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");
  const program = fromFileUrl(new URL("../cli/main.ts", import.meta.url));
  return printed([taskScript(shell, { program, root, tasks: COMMAND_NAMES })]);
};

/** Answers the library's script; where nothing is known a file may be meant. */
async function answered(
  shell: typeof SHELLS[number],
  words: readonly string[],
): Promise<number> {
  const shells = await import("@optique/core/completion");
  const found = await candidates(words);
  const pattern = words.at(-1) ?? "";
  const suggestions = found.length > 0
    ? found.map((text) => ({ kind: "literal", text }) as const)
    : [{ kind: "file", type: "any", pattern, includeHidden: false } as const];
  return printed([...shells[shell].encodeSuggestions(suggestions)]);
}

function printed(parts: readonly string[]): number {
  standardOutput().write(parts.join(""));
  return EXIT.done;
}
