/**
 * `deno task paper`: the paper's tables of parameters and FLOPs with ours
 * beside them, match or no match with the reason, as text, JSON or Markdown. It
 * fails when a count of ours is no longer the recorded one.
 */
import { EXIT } from "../cli/exit.ts";
import { comparePaper } from "./compare.ts";
import { PAPER_READERS, type PaperOptions } from "./readers.ts";
import { paperMarkdown, paperText } from "./view.ts";
import { scan } from "../cli/scan.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { format = "text" } = await optionsOf(args);
  const report = comparePaper();
  if (report._tag === "Left") {
    reportProblems("cannot count the networks", report.left);
    return EXIT.failed;
  }
  const output = standardOutput();
  switch (format) {
    case "json":
      output.write(`${JSON.stringify(report.right, undefined, 2)}\n`);
      break;
    case "markdown":
      output.write(paperMarkdown(report.right));
      break;
    case "text":
      output.write(paperText(report.right, Math.max(output.columns(), 100)));
  }
  if (report.right.changes.length === 0) return EXIT.done;
  reportProblems("our counts have changed", report.right.changes);
  return EXIT.failed;
}

async function optionsOf(args: readonly string[]): Promise<PaperOptions> {
  const plain = scan(args, PAPER_READERS);
  if (plain !== undefined && plain.words.length === 0) return plain.options;
  const { parsePaperOptions } = await import("./options.ts");
  return parsePaperOptions(args);
}
