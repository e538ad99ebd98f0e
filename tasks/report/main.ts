/** `deno task report RUN|STUDY...`: runs and studies on one self-contained page of HTML. */
import { printable } from "../../dsl/problem/escape.ts";
import { dirname, join } from "@std/path";
import { orThrow } from "../fp.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { reportCommand } from "./options.ts";
import { statusLine } from "../terminal/status_line.ts";
import { languageModule } from "../networks/module.ts";
import { folderFor } from "../networks/pretrained.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { makePage } from "../page/make.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";

export const run: Run = runner(reportCommand, () => "make the report", main);

async function main(given: Given<typeof reportCommand>): Promise<void> {
  const { folders, images = [0, 1, 2], measure = true } = given;
  const using = orThrow(await languageModule(given));
  const out = given.out ?? join(folderFor(folders[0] ?? "."), "report.html");
  const status = statusLine(standardError());
  status.show("reading the runs");
  const made = await makePage(folders, {
    measure,
    ...engineChoice(given),
    ...using,
    images: images.map(String),
    onNote: status.show,
    onWarning: status.note,
  }, dirname(out));
  status.clear();
  orThrow(await makeFolder(dirname(out))());
  orThrow(await writeAtomic(out, orThrow(made)));
  standardOutput().write(`${printable(out)}\n`);
}
