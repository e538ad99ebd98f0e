/** The runs below folders. */
import { join } from "@std/path";
import { attempt, orThrow, type Problem, type Result } from "../fp.ts";
import { onPath } from "../files/atomic.ts";
import { type ListedRun, listedRun } from "./listed.ts";

/** Runs, and what could not be read. */
export interface FoundRuns {
  readonly runs: readonly ListedRun[];
  readonly problems: readonly Problem[];
}

/** The deepest folder that is looked into: `runs/studies/noise-tiny/92-10-1` is three below `runs`. */
const DEEPEST = 4;

/**
 * Every run in these folders and below them, by when they were begun. A folder that cannot be read is
 * told, and keeps no other from being listed. Needs `--allow-read` for them.
 */
export function findRuns(folders: readonly string[]): Promise<Result<FoundRuns>> {
  return attempt(async () => {
    const found = (await Promise.all(folders.map((folder) => runFolders(folder)))).flat();
    const listed = await Promise.all([...new Set(found)].map(listedRun));
    return {
      runs: listed.flatMap((run) => run._tag === "Right" ? [run.right] : [])
        .toSorted((a, b) =>
          a.begun.getTime() - b.begun.getTime() || (a.folder < b.folder ? -1 : 1)
        ),
      problems: listed.flatMap((run) => run._tag === "Left" ? run.left : []),
    };
  });
}

/**
 * The folders that hold a configuration, this one or folders below it.
 *
 * @throws {ProblemError} When one cannot be read.
 */
export async function runFolders(folder: string): Promise<readonly string[]> {
  return (await runEntries(folder)).map(({ folder }) => folder);
}

/** The folder of a run, and what is in it. */
export interface RunEntries {
  readonly folder: string;
  readonly entries: readonly Deno.DirEntry[];
}

/**
 * {@link runFolders}, with what each holds.
 *
 * @throws {ProblemError} When one cannot be read.
 */
export async function runEntries(
  folder: string,
  depth = DEEPEST,
): Promise<readonly RunEntries[]> {
  const entries = orThrow(
    await onPath(folder, "list", () => Array.fromAsync(Deno.readDir(folder)))(),
  );
  if (entries.some(({ name, isFile }) => isFile && name === "config.json")) {
    return [{ folder, entries }];
  }
  if (depth === 0) return [];
  const inner = entries.filter(({ isDirectory }) => isDirectory);
  return (await Promise.all(inner.map(({ name }) => runEntries(join(folder, name), depth - 1))))
    .flat();
}
