/** Weights of a run that are asked for: where they are missing, what helps there is said. */
import { basename, dirname } from "@std/path";
import { shellWord } from "../../dsl/problem/escape.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { isMissing } from "../files/io_problem.ts";
import { regularSize } from "../files/regular.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { E, type Problem, RA, type Result } from "../fp.ts";
import { PROGRAM } from "../program_name.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";

/** The code of weights that are missing where the run has others. */
const OTHERS_THERE = "weights-missing";
const OTHER = { best: "last", last: "best" } as const;

/**
 * Loads the best or the last weights of a run. Where they are missing the hint names the others by
 * the option that chooses them, or says how the run comes to have some.
 */
export async function loadWeights(
  run: RunFolder,
  which: "best" | "last",
  using: Using,
): Promise<Result<Checkpoint>> {
  const found = await loadCheckpoint(run[which], using);
  if (found._tag === "Right" || !found.left.every(isMissing)) return found;
  const other = OTHER[which];
  const hasOther = (await regularSize(run[other], Infinity))._tag === "Right";
  return E.mapLeft(RA.map((problem: Problem) =>
    hasOther
      ? {
        ...problem,
        code: OTHERS_THERE,
        got: `no ${basename(run[which])}, and a ${basename(run[other])}`,
        hint: `use the run's ${other} weights: --weights ${other}, in a script ` +
          `{ weights: "${other}" }`,
      }
      : { ...problem, hint: resumed(run.folder) }
  ))(found);
}

/** The same problem where no option chooses other weights: `hint` says what helps there. */
export function withoutChoice<A>(
  found: Result<A>,
  hint: (folder: string) => string = resumed,
): Result<A> {
  return E.mapLeft(
    RA.map((problem: Problem) =>
      problem.code === OTHERS_THERE ? { ...problem, hint: hint(dirname(problem.path)) } : problem
    ),
  )(found);
}

function resumed(folder: string): string {
  return `resume the run until its first epoch has ended: ${PROGRAM} train --resume ${
    shellWord(folder)
  }`;
}
