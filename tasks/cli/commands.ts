/**
 * netfold's commands. Each has a folder of its name in `tasks`: `options.ts` there exports its
 * command line, `trainCommand` of `train`, and `main.ts` what it does, as `run`. Only the command
 * that is called is loaded.
 */
import type { Run } from "./arguments.ts";
import type { Command } from "./command.ts";

/** The names of the commands, in the order of help. */
export const COMMAND_NAMES = [
  "train",
  "evaluate",
  "predict",
  "masks",
  "show",
  "runs",
  "report",
  "board",
  "study",
  "find-rate",
  "summary",
  "plan-training",
  "diagram",
  "diff",
  "export",
  "import",
  "pack",
  "paper",
  "doctor",
  "completion",
] as const;

export type CommandName = typeof COMMAND_NAMES[number];

export function isCommandName(name: string): name is CommandName {
  return COMMAND_NAMES.some((known) => known === name);
}

/** What a command does. */
export async function runOf(name: CommandName): Promise<Run> {
  const { run }: { readonly run: Run } = await import(moduleOf(name, "main.ts"));
  return run;
}

/** The command line of a command. */
export async function commandOf(name: CommandName): Promise<Command> {
  const exports: Readonly<Record<string, Command | undefined>> = await import(
    moduleOf(name, "options.ts")
  );
  const words = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const found = exports[`${words}Command`];
  if (found === undefined) throw new TypeError(`tasks/${name}/options.ts exports no command`);
  return found;
}

/** The address of a module of a command. */
export function moduleOf(name: CommandName, file: "main.ts" | "options.ts"): string {
  return new URL(`../${name.replaceAll("-", "_")}/${file}`, import.meta.url).href;
}
