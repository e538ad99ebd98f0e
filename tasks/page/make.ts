/**
 * A report: runs and studies on one page of HTML that is a single file, with
 * everything that was run, every option, and every picture.
 */
import { join } from "@std/path";
import type { Using } from "../../dsl/plan/language.ts";
import { allOfAsync, attempt, E, fail, orThrow, type Result } from "../fp.ts";
import { readJson } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { readPublished } from "../study/results_file.ts";
import { openNamedRun } from "../training/trained.ts";
import { VERSION } from "../training/versions.ts";
import { addressOn, boardsBeside } from "./board_beside.ts";
import { linked, page, paragraph, type Section } from "./html.ts";
import type { PageOptions } from "./parts.ts";
import { runSection } from "./run_section.ts";
import { studySection } from "./study_section.ts";
import { togetherSection } from "./together_section.ts";
import { unfinished } from "./unfinished.ts";

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
    const found = orThrow(
      await allOfAsync([...new Set(folders)].map((folder) => () => subjectAt(folder, options)))(),
    );
    for (const { folder, isStudy } of found) {
      if (!isStudy) runs.push(folder);
      sections.push(orThrow(await (isStudy ? studySection : runSection)(folder, options)));
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

/** What is shown of a folder. */
interface Subject {
  readonly folder: string;
  readonly isStudy: boolean;
}

/** A folder of a study, which has results, or of a run; one that is neither is a problem. */
async function subjectAt(folder: string, using: Using): Promise<Result<Subject>> {
  const results = await readJson(join(folder, "results.json"));
  const isStudy = results._tag === "Right" || !results.left.every(isMissing);
  const opened: Result<unknown> = isStudy
    ? await readPublished(folder)
    : await openNamedRun(folder, using);
  if (opened._tag === "Left" && opened.left.every(({ code }) => code === "not-a-run")) {
    const problem = await unfinished(folder);
    if (problem !== undefined) return fail(problem);
  }
  return E.map(() => ({ folder, isStudy }))(opened);
}
