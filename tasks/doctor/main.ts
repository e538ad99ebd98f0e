/**
 * `deno task doctor`: what training needs and what of it is here, with what to
 * do about each thing that is not. It succeeds when an engine works that
 * `--engine auto` would take.
 */
import { argumentsOf } from "../cli/arguments.ts";
import { examine } from "./report.ts";
import { doctorText } from "./view.ts";
import { EXIT } from "../cli/exit.ts";
import { doctorCommand } from "./options.ts";
import { runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { format } = await argumentsOf(doctorCommand, args);
  const report = await examine();
  const text = format === "json" ? JSON.stringify(report, undefined, 2) : doctorText(report);
  standardOutput().write(`${text}\n`);
  return report.auto === undefined ? EXIT.failed : EXIT.done;
}
