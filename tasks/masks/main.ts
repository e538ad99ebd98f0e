/**
 * `deno task masks RUN IMAGE...`: what each attention module of a run's network
 * does to images, one sheet for each.
 */
import { join } from "@std/path";
import { dataStatus } from "../terminal/data_status.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { argumentsOf } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { masksCommand } from "./options.ts";
import { reporting, runTask } from "../cli/task.ts";
import { languageModule } from "../networks/module.ts";
import { writeAtomic } from "../files/atomic.ts";
import { orThrow, tried } from "../fp.ts";
import { ioProblem } from "../files/io_problem.ts";
import { drawMasks } from "./draw.ts";
import { svgToPng } from "../charts/png.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = await argumentsOf(masksCommand, args);
  const { run, images, channels, png = false, weights = "best" } = given;
  return await reporting(`show the masks of ${run}`, async () => {
    const using = orThrow(await languageModule(given));
    const status = dataStatus();
    const options = { weights, ...engineChoice(given), ...using, channels, ...status };
    const sheets = await drawMasks(run, images, options);
    status.clear();
    const folder = given.out ?? join(run, "masks");
    const names = new Set<string>();
    const drawn = orThrow(sheets);
    const problem = (error: unknown) => ioProblem(error, folder, "make");
    orThrow(await tried(() => Deno.mkdir(folder, { recursive: true }), problem)());
    for (const { name, svg } of drawn) {
      const stem = join(folder, unique(name, names));
      const write = async (path: string, content: string | Uint8Array): Promise<void> => {
        orThrow(await writeAtomic(path, content));
        standardOutput().write(`${path}\n`);
      };
      await write(`${stem}.svg`, svg);
      if (png) await write(`${stem}.png`, orThrow(await svgToPng(svg)));
    }
    return EXIT.done;
  });
}

/** The name, with a number when another picture of this call has it already. */
function unique(name: string, names: Set<string>): string {
  let free = name;
  for (let i = 2; names.has(free); i++) free = `${name}-${i}`;
  names.add(free);
  return free;
}
