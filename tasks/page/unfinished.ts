/** A folder that is to be shown and holds runs alone: that of a study which has not ended, or of any runs. */
import { basename, join, resolve } from "@std/path";
import { shellWord } from "../../dsl/problem/escape.ts";
import { type Problem, problemAt } from "../fp.ts";
import { PROGRAM } from "../program_name.ts";
import { SCALES } from "../study/scale.ts";
import { STUDY_NAMES } from "../study/study.ts";

/** What is wrong with a folder without results that is no run's: nothing more is known where no runs are in it. */
export async function unfinished(folder: string): Promise<Problem | undefined> {
  const runs = await runsIn(folder);
  if (runs === 0) return undefined;
  const command = resuming(folder);
  const runsAre = `${runs} ${runs === 1 ? "run" : "runs"}`;
  const place = { path: folder, layer: "study", code: "not-ended" };
  const each = `${PROGRAM} report ${shellWord(folder)}/*`;
  return command === undefined
    ? problemAt(place, {
      rule: "a report is of runs, or of a study that has ended",
      got: `a folder of ${runsAre}, without results.json`,
      wanted: "the folders of runs, or of a study",
      hint: `name the runs: ${each}; where they are a study's, run its command again first`,
    })
    : problemAt(place, {
      rule: "the study has not ended: it has no results yet",
      got: `${runsAre}, without results.json`,
      wanted: "the results.json that a study writes at its end",
      hint:
        `resume it with the options that it was begun with: ${command}; or report its runs: ${each}`,
    });
}

/** How many folders of a folder are those of runs. */
async function runsIn(folder: string): Promise<number> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    const are = await Promise.all(
      entries.map(({ name }) =>
        Deno.stat(join(folder, name, "config.json")).then(({ isFile }) => isFile, () => false)
      ),
    );
    return are.filter((is) => is).length;
  } catch {
    // A folder that cannot be listed is a problem where it is opened as a run.
    return 0;
  }
}

/** The command that resumes the study whose folder has such a name. */
function resuming(folder: string): string | undefined {
  for (const name of STUDY_NAMES) {
    for (const scale of SCALES) {
      if (basename(resolve(folder)) !== `${name}-${scale}`) continue;
      const own = resolve("runs", "studies", `${name}-${scale}`);
      const out = resolve(folder) === own ? "" : ` --out ${shellWord(folder)}`;
      return `${PROGRAM} study ${name} --scale ${scale}${out}`;
    }
  }
  return undefined;
}
