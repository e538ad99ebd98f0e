/** The runs below folders. */
import { join } from "@std/path";
import { attempt, orThrow, type Problem, type Result } from "../fp.ts";
import { onPath } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
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
    const found = await Promise.all(folders.map((folder) => runEntries(folder)));
    const places = new Set(found.flatMap(({ runs }) => runs.map(({ folder }) => folder)));
    const listed = await Promise.all([...places].map(listedRun));
    return {
      runs: listed.flatMap((run) => run._tag === "Right" ? [run.right] : [])
        .toSorted((a, b) =>
          a.begun.getTime() - b.begun.getTime() || (a.folder < b.folder ? -1 : 1)
        ),
      problems: [
        ...found.flatMap(({ problems }) => problems),
        ...listed.flatMap((run) => run._tag === "Left" ? run.left : []),
      ],
    };
  });
}

/**
 * The folders that hold a configuration, this one or folders below it.
 *
 * @throws {ProblemError} When one cannot be read.
 */
export async function runFolders(folder: string): Promise<readonly string[]> {
  return (await runEntries(folder)).runs.map(({ folder }) => folder);
}

/** The folder of a run, and what is in it. */
export interface RunEntries {
  readonly folder: string;
  readonly entries: readonly Deno.DirEntry[];
}

/** The folders of runs, and what could not be read below the one that was asked for. */
export interface FoundFolders {
  readonly runs: readonly RunEntries[];
  readonly problems: readonly Problem[];
}

/**
 * {@link runFolders}, with what each holds. Below it a folder that cannot be read is told; one that was
 * removed meanwhile is none.
 *
 * @throws {ProblemError} When it cannot be read itself.
 */
export async function runEntries(folder: string, depth = DEEPEST): Promise<FoundFolders> {
  const entries = orThrow(
    await onPath(folder, "list", () => Array.fromAsync(Deno.readDir(folder)))(),
  );
  if (entries.some(({ name, isFile }) => isFile && name === "config.json")) {
    return { runs: [{ folder, entries }], problems: [] };
  }
  const inner = depth === 0 ? [] : entries.filter(({ isDirectory }) => isDirectory);
  const below = await Promise.all(
    inner.map(({ name }) => attempt(() => runEntries(join(folder, name), depth - 1))),
  );
  return {
    runs: below.flatMap((found) => found._tag === "Right" ? found.right.runs : []),
    problems: below.flatMap((found) =>
      found._tag === "Right" ? found.right.problems : found.left.filter((one) => !isMissing(one))
    ),
  };
}
