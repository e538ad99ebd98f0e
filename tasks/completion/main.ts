/**
 * `deno task completion bash|zsh|fish`: a script that teaches a shell to
 * complete netfold's tasks. The script runs this module again, as
 * `complete TASK WORDS...`, for the candidates of the last word, one a line.
 */
import { dirname, fromFileUrl } from "@std/path";
import { message } from "@optique/core";
import { parseArguments } from "../cli/command_line.ts";
import { candidates } from "./candidates.ts";
import { completionParser, TASK_PARSERS } from "./parsers.ts";
import { completionScript } from "./scripts.ts";
import { EXIT } from "../cli/exit.ts";
import { runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

function main(args: readonly string[]): number {
  const [first, ...words] = args;
  const output = standardOutput();
  if (first === "complete") {
    output.write(candidates(words).map((candidate) => `${candidate}\n`).join(""));
    return EXIT.done;
  }
  const { shell } = parseArguments(completionParser(), {
    name: "completion",
    brief: message`Prints a script that completes netfold's tasks in a shell.`,
    footer:
      message`The script holds in the shell that sources it, within the folder of netfold; fish is given it by "deno task --quiet completion fish | source".`,
    examples: message`source <(deno task --quiet completion bash)`,
  }, args);
  const program = fromFileUrl(import.meta.url);
  const root = dirname(dirname(program));
  output.write(completionScript(shell, { program, root, tasks: [...TASK_PARSERS.keys()] }));
  return EXIT.done;
}
