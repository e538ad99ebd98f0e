/**
 * `deno task completion bash|zsh|fish`: a script that teaches a shell to
 * complete netfold's tasks. The script runs this module again, as
 * `complete TASK WORDS...`, for the candidates of the last word, one a line.
 */
import { dirname, fromFileUrl } from "@std/path";
import { argumentsOf } from "../cli/arguments.ts";
import { candidates } from "./candidates.ts";
import { COMMANDS, completionCommand } from "./commands.ts";
import { completionScript } from "./scripts.ts";
import { EXIT } from "../cli/exit.ts";
import { runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const [first, ...words] = args;
  const output = standardOutput();
  if (first === "complete") {
    output.write(candidates(words).map((candidate) => `${candidate}\n`).join(""));
    return EXIT.done;
  }
  const { shell } = await argumentsOf(completionCommand, args);
  const program = fromFileUrl(import.meta.url);
  const root = dirname(dirname(dirname(program)));
  output.write(completionScript(shell, { program, root, tasks: [...COMMANDS.keys()] }));
  return EXIT.done;
}
