/**
 * `deno task paper`: the paper's tables of parameters and FLOPs with ours
 * beside them, match or no match with the reason, as text, JSON or Markdown. It
 * fails when a count of ours is no longer the recorded one.
 */
import { orThrow } from "../../dsl/problem/throw.ts";
import { argumentsOf } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { comparePaper, type PaperReport } from "./compare.ts";
import { paperCommand } from "./options.ts";
import { paperMarkdown, paperText } from "./view.ts";
import { reporting, reportProblems, runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { format = "text" } = await argumentsOf(paperCommand, args);
  return await reporting("count the networks", () => print(orThrow(comparePaper()), format));
}

function print(report: PaperReport, format: "text" | "json" | "markdown"): number {
  const output = standardOutput();
  const views = {
    json: () => `${JSON.stringify(report, undefined, 2)}\n`,
    markdown: () => paperMarkdown(report),
    text: () => paperText(report, Math.max(output.columns(), 100)),
  };
  output.write(views[format]());
  if (report.changes.length === 0) return EXIT.done;
  reportProblems("our counts have changed", report.changes);
  return EXIT.failed;
}
