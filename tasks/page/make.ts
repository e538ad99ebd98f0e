/**
 * A report: runs and studies on one page of HTML that is a single file, with
 * everything that was run, every option, and every picture.
 */
import { join } from "@std/path";
import { attempt, orThrow, type Result } from "../fp.ts";
import { readJson } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { VERSION } from "../training/versions.ts";
import { addressOn, boardsBeside } from "./board_beside.ts";
import { linked, page, paragraph, type Section } from "./html.ts";
import type { PageOptions } from "./parts.ts";
import { runSection } from "./run_section.ts";
import { studySection } from "./study_section.ts";
import { togetherSection } from "./together_section.ts";

/**
 * Makes a page of folders, each that of a run or of a study, with links to the boards that were
 * exported into the folder that it will lie in, if that is said. Needs `--allow-read` for them.
 */
export function makePage(
  folders: readonly string[],
  options: PageOptions,
  beside?: string,
): Promise<Result<string>> {
  return attempt(async () => {
    const sections: Section[] = [];
    const runs: string[] = [];
    for (const folder of new Set(folders)) {
      const study = await isStudy(folder);
      if (!study) runs.push(folder);
      sections.push(orThrow(await (study ? studySection : runSection)(folder, options)));
    }
    const [first] = sections;
    const title = sections.length === 1 && first !== undefined
      ? first.title
      : `${sections.length} runs and studies`;
    if (runs.length > 1) sections.unshift(orThrow(await togetherSection(runs, options)));
    const boards = beside === undefined ? [] : orThrow(await boardsBeside(beside));
    const intro = [
      paragraph(`Made by netfold ${VERSION} from the files of the runs.`),
      ...boards.map((board) =>
        linked(
          `The board in ${board.name}`,
          addressOn(board, runs),
          " shows them as a page to explore, where a web server has both.",
        )
      ),
    ];
    return page(title, intro.join("\n"), sections);
  });
}

/** Whether a folder is a study's: one with results and without a run of its own. */
async function isStudy(folder: string): Promise<boolean> {
  const results = await readJson(join(folder, "results.json"));
  return results._tag === "Right" || !results.left.every(isMissing);
}
