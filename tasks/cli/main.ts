/**
 * netfold as a program: `netfold COMMAND [options]`, in a copy of the repository
 * `deno task COMMAND [options]`.
 *
 * ```sh
 * deno run --allow-read jsr:@netfold/netfold/cli summary cifar/attention-56
 * ```
 *
 * @module
 */
import { expected, listOf, TEXT } from "../../dsl/problem/expect.ts";
import { suggest } from "../../dsl/problem/suggest.ts";
import { later } from "../later.ts";
import { PROGRAM } from "../program_name.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { COMMAND_NAMES, isCommandName, runOf } from "./commands.ts";
import { EXIT } from "./exit.ts";
import { runTask } from "./task.ts";

type Overview = typeof import("./overview.ts");
type Versions = typeof import("../training/versions.ts");

if (import.meta.main) await runTask(() => netfold(Deno.args));

/**
 * Does what a command line says, the command first, and gives the exit code: 0 when it is done, 1
 * when it cannot be done, 2 when it is not understood, 130 after Ctrl-C; `diff` has its own. Needs
 * the permissions of the command.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { netfold } from "@netfold/netfold/cli";
 *
 * assertEquals(await netfold(["summary", "cifar/plain", "--format", "csv"]), 0);
 * ```
 */
export async function netfold(args: readonly string[]): Promise<number> {
  expected(args, listOf(TEXT), "args");
  const [first = "--help", ...rest] = args;
  if (isCommandName(first)) return await (await runOf(first))(rest);
  const [asked] = rest;
  if (first === "help" && asked !== undefined) return await netfold([asked, "--help"]);
  if (["--help", "-h", "help"].includes(first)) {
    const output = standardOutput();
    const { overview } = await later<Overview>("./overview.ts", import.meta.url);
    output.write(await overview(output.columns()));
    return EXIT.done;
  }
  if (["--version", "-V"].includes(first)) {
    const { VERSION } = await later<Versions>("../training/versions.ts", import.meta.url);
    standardOutput().write(`${VERSION}\n`);
    return EXIT.done;
  }
  const near = suggest(first, COMMAND_NAMES);
  const meant = near === undefined ? "" : `; did you mean "${near}"?`;
  standardError().write(
    `error: there is no command ${JSON.stringify(first)}${meant}\n` +
      `hint: "${PROGRAM === "netfold" ? "netfold --help" : PROGRAM}" lists the commands\n`,
  );
  return EXIT.usage;
}
