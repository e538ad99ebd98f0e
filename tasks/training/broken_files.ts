/**
 * The files of a data set that a run could not use, each named once:
 * `broken_files.json` in the run folder. A run without any has no such file.
 */
import { join } from "@std/path";
import * as v from "valibot";
import { E, pipe, type Problem, type Result, right } from "../fp.ts";
import { readRecord, writeJson } from "../files/atomic.ts";
import { record } from "../parsed.ts";

const FILE = "broken_files.json";
const BROKEN = record({ path: v.string(), rule: v.string(), got: v.string() });
const LIST = record({ count: v.number(), files: v.array(BROKEN) });

/** The files that a run could not use; fails when there is no such list, or it is damaged. */
export async function readBrokenFiles(
  folder: string,
): Promise<Result<v.InferOutput<typeof LIST>["files"]>> {
  return pipe(await readRecord(LIST, join(folder, FILE)), E.map(({ files }) => files));
}

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
      return await writeJson(join(folder, FILE), { count: list.length, files: list });
    },
  };
}
