/** `deno task report RUN|STUDY...`: runs and studies on one self-contained page of HTML. */
import { join } from "@std/path";
import { orThrow } from "../fp.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { argumentsOf } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { reportCommand } from "./options.ts";
import { statusLine } from "../terminal/status_line.ts";
import { reporting, runTask } from "../cli/task.ts";
import { languageModule } from "../networks/module.ts";
import { writeAtomic } from "../files/atomic.ts";
import { makePage } from "../page/make.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = await argumentsOf(reportCommand, args);
  const { folders, images = [0, 1, 2], measure = true } = given;
  return await reporting("make the report", async () => {
    const using = orThrow(await languageModule(given));
    const status = statusLine(standardError());
    const made = await makePage(folders, {
      measure,
      ...engineChoice(given),
      ...using,
      images: images.map(String),
      onNote: status.show,
      onWarning: status.note,
    });
    status.clear();
    const out = given.out ?? join(folders[0] ?? ".", "report.html");
    orThrow(await writeAtomic(out, orThrow(made)));
    standardOutput().write(`${out}\n`);
    return EXIT.done;
  });
}
