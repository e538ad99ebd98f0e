/**
 * `docs/results`: for each study that has been run its results, and their page and picture, which
 * are made of them alone. Run as a program it makes all pages and pictures again, after it has taken
 * over the results of the studies' folders that it is given:
 * `... tests/docs/results.ts runs/studies/attention-tiny`.
 */
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { figureSvg } from "../../tasks/study/figures.ts";
import { readPublished, readResultsFile } from "../../tasks/study/results_file.ts";
import { resultsMarkdown } from "../../tasks/study/table.ts";
import { root } from "./_blocks.ts";
import { formatted } from "./_formatted.ts";

/** The command that makes pages and pictures. */
export const COMMAND =
  "deno run --allow-read --allow-write=docs/results --allow-run tests/docs/results.ts";

const FOLDER = join(root, "docs/results");

/** The studies whose results are there. */
export async function studies(): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(FOLDER));
  return entries.flatMap(({ name }) => name.endsWith(".json") ? [name.replace(".json", "")] : [])
    .sort();
}

/** The files that are made of a study's results, by name. */
export async function filesOf(study: string): Promise<ReadonlyMap<string, string>> {
  const results = orThrow(await readResultsFile(join(FOLDER, `${study}.json`)));
  const picture = `${study}.svg`;
  return new Map([
    [`${study}.md`, await formatted(resultsMarkdown(results, [picture]))],
    [picture, await formatted(orThrow(await figureSvg(results)), "svg")],
  ]);
}

if (import.meta.main) {
  for (const folder of Deno.args) {
    const { study } = orThrow(await readPublished(folder));
    await Deno.copyFile(join(folder, "results.json"), join(FOLDER, `${study}.json`));
  }
  for (const study of await studies()) {
    for (const [name, text] of await filesOf(study)) {
      await Deno.writeTextFile(join(FOLDER, name), text);
    }
  }
}
