/** Reading the arguments of a task, and running it with them. */
import type { Command } from "./command.ts";
import { EXIT, Exit } from "./exit.ts";
import { scan } from "./scan.ts";
import { reporting, runTask, usageError } from "./task.ts";
import type { Terms, Values } from "./term.ts";

/**
 * What a command line gives. One that is plain is read without the parser
 * library, which takes longer to load than all of Deno.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export async function argumentsOf<T extends Terms>(
  command: Command<T>,
  args: readonly string[] = Deno.args,
): Promise<Values<T>> {
  const plain = scan(args, command.terms);
  const found = plain ?? (await import("./command_line.ts")).parseArguments(command, args);
  // Each value was read by the reader of its term.
  const given = found as Values<T>;
  const mistake = command.check?.(given);
  if (mistake === undefined) return given;
  throw new Exit(usageError(command.name, mistake));
}

/**
 * Runs a task with what its command line gives and ends the process: with the
 * code that the work gives, or as one that did what it was asked to. `act` says
 * what the task cannot do when the work fails, by `orThrow`.
 */
export function runCommand<T extends Terms>(
  command: Command<T>,
  act: (given: Values<T>) => string,
  work: (given: Values<T>) => Promise<number | void>,
): Promise<never> {
  return runTask(async () => {
    const given = await argumentsOf(command);
    return await reporting(act(given), async () => await work(given) ?? EXIT.done);
  });
}
