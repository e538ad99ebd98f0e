/**
 * Running a task as a program: its exit code, and what is said when it ends in a way that it did
 * not foresee. A reader that closes the pipe early, such as `head`, is no failure.
 */
import { printable } from "../../dsl/problem/escape.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { renderProblems } from "../../dsl/problem/render.ts";
import { attempt } from "../../dsl/problem/throw.ts";
import { standardError, type Terminal } from "../terminal/terminal.ts";
import { noRoom } from "../training/no_room.ts";
import { PROGRAM } from "../program_name.ts";
import { advised } from "../allow.ts";
import { EXIT, Exit } from "./exit.ts";

/** Runs a task and ends the process with its exit code. */
export async function runTask(task: () => Promise<number> | number): Promise<never> {
  const terminal = standardError();
  const stop = (error: unknown): never => Deno.exit(codeOf(error, terminal));
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    stop(event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    stop(event.error);
  });
  try {
    return Deno.exit(await task());
  } catch (error) {
    return stop(error);
  }
}

/**
 * Says what went wrong, and gives the exit code.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EXIT } from "./exit.ts";
 * import { codeOf } from "./task.ts";
 *
 * const terminal = { write: () => {}, isTerminal: false, color: false, columns: () => 80 };
 * assertEquals(codeOf(new Deno.errors.BrokenPipe(), terminal), EXIT.done);
 * assertEquals(codeOf(new TypeError("x is not a function"), terminal), EXIT.fault);
 * ```
 */
export function codeOf(error: unknown, terminal: Terminal): number {
  if (error instanceof Exit) return error.code;
  if (error instanceof Deno.errors.BrokenPipe) return EXIT.done;
  if (error instanceof Deno.errors.NotCapable) {
    reportProblems("the task is not allowed to do what it has to", [forbidden(error)], terminal);
    return EXIT.failed;
  }
  const problem = noRoom(error);
  if (problem !== undefined) {
    reportProblems("the task does not fit the memory", [problem], terminal);
    return EXIT.failed;
  }
  const text = error instanceof Error ? error.stack ?? error.message : `${error}`;
  terminal.write(
    "error: netfold met something that it did not foresee. Please report it with these lines:\n" +
      `${text}\n`,
  );
  return EXIT.fault;
}

/** Does a task's work, which ends at its first failure by `orThrow`; says what it then cannot do, and why. */
export async function reporting(
  act: string,
  work: () => number | Promise<number>,
): Promise<number> {
  const done = await attempt(work);
  if (done._tag === "Right") return done.right;
  reportProblems(`cannot ${act}`, done.left);
  return EXIT.failed;
}

/** Writes problems under a heading, to the standard error stream by default. */
export function reportProblems(
  heading: string,
  problems: readonly Problem[],
  terminal: Terminal = standardError(),
): void {
  terminal.write(`error: ${printable(heading)}\n${renderProblems(problems.map(advised))}\n`);
}

/** Says what is wrong with a command line, and gives the exit code. */
export function usageError(name: string, text: string): number {
  const said = text.trim().replaceAll(/\s*\n\s*/g, " ");
  standardError().write(
    `error: ${said}\nhint: "${PROGRAM} ${name} --help" shows what can be given\n`,
  );
  return EXIT.usage;
}

/** The problem of what Deno refused, whose flag allows just that. */
export function forbidden({ message }: Error): Problem {
  const name = /--allow-[a-z]+/.exec(message)?.[0] ?? "--allow-...";
  // A free port is none that could be named; a comma would begin another name.
  const what = /access to "([^",]+?)(?::0)?"/.exec(message)?.[1];
  return {
    path: "deno",
    layer: "permission",
    code: "not-allowed",
    rule: "Deno must allow it",
    got: message.replace(/, run again.*$/s, ""),
    wanted: what === undefined ? name : `${name}=${what}`,
    hint: "",
  };
}
