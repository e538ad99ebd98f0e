/**
 * The board as files for any web host: its page, and the answers to what the page asks of its server.
 * They are written beside their place, which they take once they are whole.
 */
import { basename, dirname, join, resolve } from "@std/path";
import { makeFolder, onPath } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { attempt, orThrow, type Problem, problemAt, ProblemError, type Result } from "../fp.ts";
import { PRETRAINED_NAMES } from "../networks/pretrained.ts";
import { runFolders } from "../runs/find.ts";
import { FILES, pageHtml } from "./_files.ts";
import { keptPicture, keptPictures } from "./_kept.ts";
import { keptMasks } from "./_masks.ts";
import { idOf } from "./_place.ts";
import { recorded } from "./_recorded.ts";
import { boardRun, boardRuns, runDetails } from "./_runs.ts";
import { checkpointBytes } from "./_weights.ts";
import { exportedAt, type Question } from "./exported.ts";
import type { BoardRun, BoardRuns, KeptPictures } from "./wire.ts";

/** The runs that are exported. */
export interface ExportOptions {
  /** The folder of all runs. */
  readonly root: string;
  /** Folders of runs, or with runs below them; all runs when there are none. */
  readonly named: readonly string[];
}

/** What was exported. */
export interface Exported {
  readonly runs: number;
  readonly bytes: number;
  /** Why runs that nobody named were left out. */
  readonly problems: readonly Problem[];
}

type Content = string | Uint8Array<ArrayBuffer>;

/** A question of the page, and the answer. */
type Answered = readonly [Question, Content];

/** Writes the board into a folder, which must be new or empty. */
export function exportBoard(folder: string, options: ExportOptions): Promise<Result<Exported>> {
  return attempt(async () => {
    await assertFree(folder);
    const place = resolve(folder);
    const beside = join(dirname(place), `.${basename(place)}.${crypto.randomUUID()}.tmp`);
    try {
      const written = await writeBoard(beside, options);
      orThrow(await onPath(folder, "write", () => move(beside, folder))());
      return written;
    } catch (error) {
      await Deno.remove(beside, { recursive: true }).catch(() => {});
      throw error;
    }
  });
}

async function assertFree(folder: string): Promise<void> {
  const found = await onPath(folder, "list", () => Array.fromAsync(Deno.readDir(folder)))();
  if (found._tag === "Left" && found.left.every(isMissing)) return;
  const [first, ...others] = orThrow(found);
  if (first === undefined) return;
  throw new ProblemError([problemAt({ path: folder, layer: "folder", code: "not-empty" }, {
    rule: "the board is exported into a folder of its own",
    got: `${others.length + 1} entries, such as ${JSON.stringify(first.name)}`,
    wanted: "an empty folder, or one that does not exist",
    hint: "choose another folder with --export",
  })]);
}

/** Puts a folder in the place of an empty one, or of none. */
async function move(from: string, to: string): Promise<void> {
  await Deno.remove(to).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.rename(from, to);
}

async function writeBoard(folder: string, { root, named }: ExportOptions): Promise<Exported> {
  let bytes = 0;
  const write = async (path: string, content: Content): Promise<void> => {
    const file = join(folder, path);
    const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
    orThrow(await makeFolder(dirname(file))());
    orThrow(await onPath(file, "write", () => Deno.writeFile(file, data, { createNew: true }))());
    bytes += data.length;
  };
  const writeAll = async (answers: readonly Answered[]): Promise<void> => {
    for (const [question, content] of answers) await write(exportedAt(question), content);
  };

  const chosen = named.length === 0 ? orThrow(await boardRuns(root)) : await runsOf(root, named);
  const runs: BoardRun[] = [];
  const problems: Problem[] = [...chosen.problems];
  for (const run of chosen.runs) {
    const answers = await answersOf(root, run.id);
    if (answers._tag === "Right") {
      await writeAll(answers.right);
      runs.push(run);
    } else if (named.length > 0) throw new ProblemError(answers.left);
    else problems.push(...answers.left);
  }
  const table: BoardRuns = { folder: "this copy of the board", runs, problems: [] };
  await writeAll([
    [{ path: "runs", given: [] }, JSON.stringify(table)],
    ...await Promise.all(PRETRAINED_NAMES.map(pretrained)),
  ]);
  for (const [path, { content }] of Object.entries(FILES)) await write(path, await content());
  await write("index.html", pageHtml({ isExported: true }));
  return { runs: runs.length, bytes, problems };
}

/** The runs of some folders, in their order. */
async function runsOf(
  root: string,
  named: readonly string[],
): Promise<Pick<BoardRuns, "runs" | "problems">> {
  const runs = new Map<string, BoardRun>();
  for (const name of named) {
    const folders = await runFolders(name);
    if (folders.length === 0) throw notBelow(root, name);
    for (const folder of folders) {
      const id = idOf(root, resolve(folder));
      const run = await boardRun(root, id);
      const isElsewhere = run._tag === "Left" && run.left.every(({ path }) => path === id);
      if (isElsewhere) throw notBelow(root, name);
      runs.set(id, orThrow(run));
    }
  }
  return { runs: [...runs.values()], problems: [] };
}

function notBelow(root: string, name: string): ProblemError {
  return new ProblemError([problemAt({ path: name, layer: "run", code: "not-a-run" }, {
    rule: "what is exported is a run in the board's folder, whose files are no links",
    got: "no such run",
    wanted: `a run in ${root}, or a folder with runs there`,
    hint: "correct the name, or say with --runs in which folder the runs are",
  })]);
}

/** What the page asks of a run; its weights once it has some. */
function answersOf(root: string, id: string): Promise<Result<readonly Answered[]>> {
  return attempt(async () => {
    const given = [["run", id]] as const;
    const details = orThrow(await runDetails(root, id));
    const course = orThrow(await recorded(root, id));
    const masks = orThrow(await keptMasks(root, id));
    const answers: readonly Answered[] = [
      [{ path: "run", given }, JSON.stringify(details)],
      [{ path: "recorded", given }, JSON.stringify(course)],
      [{ path: "masks", given }, JSON.stringify(masks)],
      ...await keptAnswers(root, id),
    ];
    const weights = await checkpoint(root, [...given, ["weights", "best"]]);
    if (weights._tag === "Left" && weights.left.every(isMissing)) return answers;
    return [...answers, orThrow(weights)];
  });
}

/**
 * What `evaluate` has kept of a run. A picture is the text that draws it: a web server would give a
 * document of its own, and run the scripts that one from elsewhere may hold.
 */
async function keptAnswers(root: string, id: string): Promise<readonly Answered[]> {
  const run = ["run", id] as const;
  const { pictures, scores, confused } = orThrow(await keptPictures(root, id));
  // The command that draws them is for the machine that the runs are on.
  const kept: KeptPictures = { pictures, scores, confused };
  return [
    [{ path: "pictures", given: [run] }, JSON.stringify(kept)],
    ...await Promise.all(pictures.map(async ({ name }): Promise<Answered> => {
      const given = [run, ["name", name]] as const;
      const asked = new URLSearchParams(given.map(([name, value]) => [name, value]));
      const svg = new TextDecoder().decode(orThrow(await keptPicture(root, asked)));
      return [{ path: "picture", given }, JSON.stringify(svg)];
    })),
  ];
}

async function pretrained(name: string): Promise<Answered> {
  // It is in no folder of runs.
  return orThrow(await checkpoint("", [["pretrained", name]]));
}

function checkpoint(root: string, given: Question["given"]): Promise<Result<Answered>> {
  return attempt(async () => {
    const asked = new URLSearchParams(given.map(([name, value]) => [name, value]));
    return [{ path: "checkpoint", given }, orThrow(await checkpointBytes(root, asked))];
  });
}
