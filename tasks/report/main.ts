/** `deno task report RUN|STUDY...`: runs and studies on one self-contained page of HTML. */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { EXIT } from "../cli/exit.ts";
import { parseReportArguments } from "./options.ts";
import { statusLine } from "../terminal/status_line.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { writeAtomic } from "../files/atomic.ts";
import { makePage } from "../page/make.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = parseReportArguments(args);
  const { folders, images = [0, 1, 2], measure = true } = given;
  const status = statusLine(standardError());
  const made = await makePage(folders, {
    measure,
    ...engineChoice(given),
    images: images.map(String),
    onNote: status.show,
    onWarning: status.note,
  });
  status.clear();
  if (made._tag === "Left") return cannot(made.left);
  const out = given.out ?? join(folders[0] ?? ".", "report.html");
  const written = await writeAtomic(out, made.right);
  if (written._tag === "Left") return cannot(written.left);
  standardOutput().write(`${out}\n`);
  return EXIT.done;
}

function cannot(problems: readonly Problem[]): number {
  reportProblems("cannot make the report", problems);
  return EXIT.failed;
}
