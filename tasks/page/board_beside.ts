/** Exported boards beside a report, which links to them. */
import { join, resolve } from "@std/path";
import * as v from "valibot";
import { onPath, readRecord } from "../files/atomic.ts";
import { LARGEST } from "../files/regular.ts";
import { isMissing } from "../files/io_problem.ts";
import { attempt, orThrow, type Result } from "../fp.ts";

/** A board that was exported into a folder. */
export interface BoardBeside {
  /** The folder's name. */
  readonly name: string;
  /** The names of its runs. */
  readonly runs: readonly string[];
}

/** Where an exported board has its table. */
const TABLE = "data/runs.json";

const table = v.object({ runs: v.array(v.object({ id: v.string() })) });

/** The boards in a folder, by name; none of a folder that is not there. Needs `--allow-read` for it. */
export function boardsBeside(folder: string): Promise<Result<readonly BoardBeside[]>> {
  return attempt(async () => {
    const entries = await onPath(folder, "list", () => Array.fromAsync(Deno.readDir(folder)))();
    if (entries._tag === "Left" && entries.left.every(isMissing)) return [];
    const names = orThrow(entries).filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
    const boards = await Promise.all(names.toSorted().map((name) => boardIn(folder, name)));
    return boards.flatMap((board) => board ?? []);
  });
}

/** The board in a folder of this name; what is no board's table belongs to someone else. */
async function boardIn(folder: string, name: string): Promise<BoardBeside | undefined> {
  const path = join(folder, name, TABLE);
  const read = await readRecord(table, path, { code: "broken-file", atMost: LARGEST.text });
  return read._tag === "Left" ? undefined : { name, runs: read.right.runs.map(({ id }) => id) };
}

/** Where a board beside a page shows the runs of these folders, or all where it has none of them. */
export function addressOn({ name, runs }: BoardBeside, folders: readonly string[]): string {
  const paths = folders.map((folder) => `/${resolve(folder).replaceAll("\\", "/")}`);
  const shown = runs.filter((id) => paths.some((path) => path.endsWith(`/${id}`)));
  const query = new URLSearchParams(shown.map((id) => ["run", id]));
  return `${encodeURIComponent(name)}/index.html#/runs${shown.length === 0 ? "" : `?${query}`}`;
}
