/**
 * `deno task doctor`: what training needs and what of it is here, with what to
 * do about each thing that is not. It succeeds when an engine works that
 * `--engine auto` would take.
 */
import { message, object } from "@optique/core";
import { parseArguments } from "../cli/command_line.ts";
import { examine } from "./report.ts";
import { doctorText } from "./view.ts";
import { EXIT } from "../cli/exit.ts";
import { formatOption } from "../cli/options.ts";
import { runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { format } = parseArguments(object({ format: formatOption() }), {
    name: "doctor",
    brief: message`Says what training needs and what of it is here.`,
  }, args);
  const report = await examine();
  const text = format === "json" ? JSON.stringify(report, undefined, 2) : doctorText(report);
  standardOutput().write(`${text}\n`);
  return report.auto === undefined ? EXIT.failed : EXIT.done;
}
