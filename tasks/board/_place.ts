/** Which folder the name of a run means: one within the folder of all runs, whatever the name says. */
import { join, relative, SEPARATOR } from "@std/path";
import { isLocked, LOCK } from "../files/run_lock.ts";
import { attempt, problemAt, ProblemError, type Result } from "../fp.ts";

const [CONFIG, METRICS] = ["config.json", "metrics.jsonl"];
/** The files of a run that the board reads. */
const READ: readonly string[] = [CONFIG, METRICS, "steps.csv"];

/** What a run's folder is called on the board. */
export function idOf(root: string, folder: string): string {
  return relative(root, folder).replaceAll("\\", "/") || ".";
}

/**
 * The folder of a run of this name. Links are followed before it is judged, and a run whose files
 * are links is none.
 */
export function placeOf(root: string, id: string): Promise<Result<string>> {
  return attempt(async () => {
    const folder = join(root, id);
    const isFit = !id.includes("\0") && await isWithin(root, folder) &&
      await marksOf(folder) !== undefined;
    if (!isFit) throw noRun(id);
    return folder;
  });
}

/** That there is no run of this name. */
export function noRun(id: string): ProblemError {
  return new ProblemError([problemAt({ path: id, layer: "run", code: "not-a-run" }, {
    rule: "there is no such run in the board's folder",
    got: JSON.stringify(id),
    wanted: "the name of a run that the table shows",
    hint: "choose one from the table",
  })]);
}

/**
 * What changes when a run's configuration or metrics do, or when a process begins or ends to train
 * it; nothing of a folder that is no run, or has links for files. Files are asked for as seldom as
 * can be: a board may have thousands of runs.
 */
export async function marksOf(
  folder: string,
  given?: readonly Deno.DirEntry[],
): Promise<string | undefined> {
  const entries = given ?? await entriesIn(folder);
  const read = entries.filter(({ name }) => READ.includes(name));
  if (read.some(({ isSymlink }) => isSymlink)) return undefined;
  if (!read.some(({ name, isFile }) => name === CONFIG && isFile)) return undefined;
  const files = await Promise.all(
    [CONFIG, METRICS].filter((name) => read.some((entry) => entry.name === name))
      .map((name) => Deno.lstat(join(folder, name)).catch(() => undefined)),
  );
  const isHeld = entries.some(({ name }) => name === LOCK) && await isLocked(folder);
  return [isHeld, ...files.map((file) => `${file?.ino} ${file?.size} ${file?.mtime?.getTime()}`)]
    .join();
}

/** What is in a folder; nothing in one that cannot be read. */
function entriesIn(folder: string): Promise<readonly Deno.DirEntry[]> {
  return Array.fromAsync(Deno.readDir(folder)).catch(() => []);
}

async function isWithin(root: string, folder: string): Promise<boolean> {
  try {
    const [outer, inner] = await Promise.all([Deno.realPath(root), Deno.realPath(folder)]);
    return inner === outer ||
      inner.startsWith(outer.endsWith(SEPARATOR) ? outer : outer + SEPARATOR);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
