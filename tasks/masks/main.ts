/**
 * `deno task masks RUN IMAGE...`: what each attention module of a run's network
 * does to images, one sheet for each.
 */
import { printable } from "../../dsl/problem/escape.ts";
import { join } from "@std/path";
import { dataStatus } from "../terminal/data_status.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { masksCommand } from "./options.ts";
import { languageModule } from "../networks/module.ts";
import { folderFor } from "../networks/pretrained.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { orThrow } from "../fp.ts";
import { drawMasks } from "./draw.ts";
import { svgToPng } from "../charts/png.ts";
import { standardOutput } from "../terminal/terminal.ts";

export const run: Run = runner(masksCommand, ({ run }) => `show the masks of ${run}`, main);

async function main(given: Given<typeof masksCommand>): Promise<void> {
  const { run, images, channels, png = false, weights = "best" } = given;
  const using = orThrow(await languageModule(given));
  const { clear, show, ...status } = dataStatus();
  show("loading the run, its engine and the images");
  const options = { weights, ...engineChoice(given), ...using, channels, ...status };
  const sheets = await drawMasks(run, images, options);
  clear();
  const folder = given.out ?? join(folderFor(run), "masks");
  const names = new Set<string>();
  const drawn = orThrow(sheets);
  orThrow(await makeFolder(folder)());
  for (const { name, svg } of drawn) {
    const stem = join(folder, unique(name, names));
    const write = async (path: string, content: string | Uint8Array): Promise<void> => {
      orThrow(await writeAtomic(path, content));
      standardOutput().write(`${printable(path)}\n`);
    };
    await write(`${stem}.svg`, svg);
    if (png) await write(`${stem}.png`, orThrow(await svgToPng(svg)));
  }
}

/** The name, with a number when another picture of this call has it already. */
function unique(name: string, names: Set<string>): string {
  let free = name;
  for (let i = 2; names.has(free); i++) free = `${name}-${i}`;
  names.add(free);
  return free;
}
