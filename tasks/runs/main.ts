/** `deno task runs [FOLDER...]`: all runs in tables, with what tells them apart. */
import { renderProblems } from "../../dsl/problem/render.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { isMissing } from "../files/io_problem.ts";
import { orThrow, type Result, right } from "../fp.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { findRuns, type FoundRuns } from "./find.ts";
import { runsCommand } from "./options.ts";
import { runsCsv, runsJson, runsText } from "./view.ts";
import { PROGRAM } from "../program_name.ts";

export const run: Run = runner(runsCommand, () => "list the runs", main);

async function main(given: Given<typeof runsCommand>): Promise<void> {
  const { folders, format = "text", sort = "begun" } = given;
  const { runs: found, problems } = orThrow(await listed(folders));
  const runs = sort === "begun"
    ? found
    : found.toSorted((a, b) => (a.test?.top1 ?? -1) - (b.test?.top1 ?? -1));
  const output = standardOutput();
  const text = format === "csv"
    ? runsCsv(runs)
    : format === "json"
    ? `${JSON.stringify(runsJson(runs), undefined, 2)}\n`
    : runs.length === 0
    ? `no runs yet; ${PROGRAM} train begins one\n`
    : `${runsText(runs, output.columns())}\n`;
  output.write(text);
  if (problems.length > 0) standardError().write(`\nnot read:\n${renderProblems(problems)}\n`);
}

/** The runs in folders; where none is named those in `runs`, which may not be there yet. */
async function listed(folders: readonly string[]): Promise<Result<FoundRuns>> {
  if (folders.length > 0) return await findRuns(folders);
  const found = await findRuns(["runs"]);
  const isEmpty = found._tag === "Left" && found.left.every(isMissing);
  return isEmpty ? right({ runs: [], problems: [] }) : found;
}
