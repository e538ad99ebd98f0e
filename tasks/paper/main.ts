/**
 * `deno task paper`: the paper's tables of parameters and FLOPs with ours
 * beside them, match or no match with the reason, as text, JSON or Markdown. It
 * fails when a count of ours is no longer the recorded one.
 */
import { orThrow } from "../../dsl/problem/throw.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { comparePaper } from "./compare.ts";
import { paperCommand } from "./options.ts";
import { paperMarkdown, paperText } from "./view.ts";
import { reportProblems } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

export const run: Run = runner(paperCommand, () => "count the networks", main);

// deno-lint-ignore require-await
async function main({ format = "text" }: Given<typeof paperCommand>): Promise<number> {
  const report = orThrow(comparePaper());
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
