/** Reading the arguments of a task, and running it with them. */
import { orThrow } from "../../dsl/problem/throw.ts";
import { later } from "../later.ts";
import type { Command } from "./command.ts";
import { EXIT, Exit } from "./exit.ts";
import { scan } from "./scan.ts";
import { reporting, runTask, usageError } from "./task.ts";
import type { Terms, Values } from "./term.ts";

type CommandLine = typeof import("./command_line.ts");
type MayWrite = typeof import("../files/may_write.ts");

/**
 * What a command line gives. One that is plain is read without the parser
 * library, which takes longer to load than all of Deno.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export async function argumentsOf<T extends Terms>(
  command: Command<T>,
  args: readonly string[],
): Promise<Values<T>> {
  const { refuses = {} } = command;
  const [refused] = Object.entries(refuses)
    .filter(([name]) => args.some((arg) => arg === name || arg.startsWith(`${name}=`)));
  if (refused !== undefined) throw new Exit(usageError(command.name, refused.join(" ")));
  const plain = scan(args, command.terms);
  const found = plain ?? await parsed(command, args);
  // Each value was read by the reader of its term.
  const given = found as Values<T>;
  const mistake = command.check?.(given);
  if (mistake === undefined) return given;
  throw new Exit(usageError(command.name, mistake));
}

async function parsed(command: Command, args: readonly string[]): Promise<object> {
  const { parseArguments } = await later<CommandLine>("./command_line.ts", import.meta.url);
  return parseArguments(command, args);
}

/** What a command does with its arguments; the exit code comes of it. */
export type Run = (args: readonly string[]) => Promise<number>;

/**
 * A command that works with what its command line gives, and ends with the code that the work gives,
 * or as one that did what it was asked to. `act` says what it cannot do when the work fails, by
 * `orThrow`. It asks for permission to write where it is told to before it begins.
 */
export function runner<T extends Terms>(
  command: Command<T>,
  act: (given: Values<T>) => string,
  work: (given: Values<T>, args: readonly string[]) => Promise<number | void>,
): Run {
  return async (args) => {
    const given = await argumentsOf(command, args);
    return await reporting(act(given), async () => {
      const folder = command.writes?.(given);
      if (folder !== undefined) {
        const { mayWrite } = await later<MayWrite>("../files/may_write.ts", import.meta.url);
        orThrow(await mayWrite(folder));
      }
      return await work(given, args) ?? EXIT.done;
    });
  };
}

/** Runs a program that is one command, and ends the process. */
export function runCommand<T extends Terms>(...own: Parameters<typeof runner<T>>): Promise<never> {
  return runTask(() => runner(...own)(Deno.args));
}
