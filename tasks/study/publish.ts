/**
 * What a study leaves beside its runs: `results.json`, `results.md` and its
 * picture, all made of the same run files. PNG on wish.
 */
import { join } from "@std/path";
import { attempt, orThrow, type Result } from "../fp.ts";
import { writeAtomic } from "../files/atomic.ts";
import { svgToPng } from "../charts/png.ts";
import { figureSvg } from "./figures.ts";
import { readResults, type StudyResults } from "./results.ts";
import type { Study } from "./study.ts";
import { resultsMarkdown } from "./table.ts";

/** What is published. */
export interface Published {
  /** The results. */
  readonly results: StudyResults;
  /** The files that were written. */
  readonly files: readonly string[];
}

/** Reads a study's runs and writes its results beside them. */
export function publish(
  study: Study,
  folder: string,
  options: { readonly seeds: number; readonly png?: boolean },
): Promise<Result<Published>> {
  return attempt(async () => {
    const { seeds, png = false } = options ?? {};
    const results = orThrow(await readResults(study, folder, seeds));
    const files: string[] = [];
    const write = async (name: string, content: string | Uint8Array): Promise<void> => {
      const path = join(folder, name);
      orThrow(await writeAtomic(path, content));
      files.push(path);
    };
    const drawable = results.arms.some(({ error }) => error !== undefined);
    const picture = `${study.figure}.svg`;
    if (drawable) {
      const svg = orThrow(await figureSvg(results));
      await write(picture, svg);
      if (png) await write(`${study.figure}.png`, orThrow(await svgToPng(svg)));
    }
    await write("results.json", `${JSON.stringify(results, undefined, 2)}\n`);
    await write("results.md", resultsMarkdown(results, drawable ? [picture] : []));
    return { results, files };
  });
}
