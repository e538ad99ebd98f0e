/**
 * `deno task doctor`: what training needs and what of it is here, with what to do about each thing
 * that is not. It succeeds when an engine works that `--engine auto` would take.
 */
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { examine } from "./report.ts";
import { doctorText } from "./view.ts";
import { EXIT } from "../cli/exit.ts";
import { doctorCommand } from "./options.ts";
import { statusLine } from "../terminal/status_line.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";

export const run: Run = runner(doctorCommand, () => "examine this machine", main);

async function main({ format }: Given<typeof doctorCommand>): Promise<number> {
  const status = statusLine(standardError());
  status.show("trying every engine");
  const report = await examine();
  status.clear();
  const text = format === "json" ? JSON.stringify(report, undefined, 2) : doctorText(report);
  standardOutput().write(`${text}\n`);
  return report.auto === undefined ? EXIT.failed : EXIT.done;
}
