/**
 * The files of a data set that a run could not use, each named once:
 * `broken_files.json` in the run folder. A run without any has no such file.
 */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import { writeAtomic } from "../files/atomic.ts";

/** What a run knows of broken files. */
export interface BrokenFiles {
  /** Takes note of files, and writes the list when it has become longer. */
  readonly add: (problems: readonly Problem[]) => Promise<Result<void>>;
}

/** Begins with the files that were left out when the data set was loaded. */
export function brokenFiles(
  folder: string,
  known: readonly Problem[],
  onBroken: (problem: Problem) => void = () => {},
): BrokenFiles {
  const files = new Map(known.map((problem) => [problem.path, problem]));
  let written = 0;
  return {
    add: async (problems) => {
      for (const problem of problems) {
        if (files.has(problem.path)) continue;
        files.set(problem.path, problem);
        onBroken(problem);
      }
      if (files.size === written) return right(undefined);
      written = files.size;
      const list = [...files.values()].map(({ path, rule, got }) => ({ path, rule, got }));
      const text = JSON.stringify({ count: list.length, files: list }, undefined, 2);
      return await writeAtomic(join(folder, "broken_files.json"), `${text}\n`);
    },
  };
}
