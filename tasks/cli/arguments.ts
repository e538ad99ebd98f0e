/** Reading the arguments of a task. */
import type { Command } from "./command.ts";
import { Exit } from "./exit.ts";
import { scan } from "./scan.ts";
import { usageError } from "./task.ts";
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
