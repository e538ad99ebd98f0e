/**
 * `deno task show DATA`: batches of a data set as a network sees them in training, on a sheet of
 * pictures, and how many images each class has.
 */
import { defined } from "../../dsl/problem/defined.ts";
import { printable } from "../../dsl/problem/escape.ts";
import { join } from "@std/path";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { svgToPng } from "../charts/png.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { orThrow } from "../fp.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { noteBroken } from "../terminal/data_status.ts";
import { watchedData } from "../terminal/watched_data.ts";
import { askedNetwork } from "../train/network.ts";
import { recipeOn } from "../train/request.ts";
import { shownBatches } from "./batches.ts";
import { dataJson } from "./json.ts";
import { showCommand } from "./options.ts";
import { batchesSheet } from "./sheet.ts";
import { dataText } from "./view.ts";
import { makingOf } from "./words.ts";

export const run: Run = runner(showCommand, ({ data }) => `show ${data}`, main);

async function main(given: Given<typeof showCommand>): Promise<void> {
  const { epoch = 1, batches = 1, pictures = 64, png = false, out = join("runs", "show") } = given;
  const { format = "text" } = given;
  const { name } = await askedNetwork(defined({ net: given.net, preset: given.preset }));
  const dataset = await watchedData(given.data);
  const recipe = recipeOn(given, name, dataset);
  const shown = orThrow(await shownBatches(recipe, dataset, { epoch, batches }));
  const { data } = shown;
  const output = standardOutput();
  const view = { dataset, recipe, data };
  output.write(
    format === "json"
      ? `${JSON.stringify(dataJson(view), undefined, 2)}\n`
      : `${dataText(view, output.columns())}\n\n`,
  );
  noteBroken(shown.batches.flatMap(({ broken }) => [...broken?.values() ?? []]), standardError());
  const made = makingOf(recipe, data).map(([fact, words]) => `${fact}: ${words}`);
  const svg = orThrow(batchesSheet(shown, { dataset, made, epoch, most: pictures }));
  const stem = join(out, fileName(given.data));
  orThrow(await makeFolder(out)());
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    orThrow(await writeAtomic(path, content));
    if (format !== "json") output.write(`${printable(path)}\n`);
  };
  await write(`${stem}.svg`, svg);
  if (png) await write(`${stem}.png`, orThrow(await svgToPng(svg)));
}

/** A data set's name as that of a file: the end of `folder:/data/birds,size=64`, say. */
function fileName(data: string): string {
  return data.replaceAll(/[^\p{L}\p{N}.]+/gu, "-").slice(-80);
}
