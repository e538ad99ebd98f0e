/**
 * The folder of a training run: its configuration, written once; its metrics and steps, one
 * line each; its weights and curves. A run is never written over: a folder that holds anything is refused.
 */
import { join } from "@std/path";
import * as v from "valibot";
import type { Problem, Result, TaskResult } from "../fp.ts";
import { attempt, E, orThrow, pipe, problemAt, ProblemError, RA, TE } from "../fp.ts";
import { makeFolder, onPath, readRecord, writeJson } from "./atomic.ts";
import { isTemporary } from "./_replace.ts";
import { isMissing } from "./io_problem.ts";
import type { Json } from "./json.ts";
import { holding, LOCK, lockRun, type RunLock } from "./run_lock.ts";
import { mayWrite } from "./may_write.ts";

/** The paths of a run. */
export interface RunFolder {
  /** The folder. */
  readonly folder: string;
  /** The configuration, `config.json`. */
  readonly config: string;
  /** The metrics, `metrics.jsonl`: one JSON object a line. */
  readonly metrics: string;
  /** The steps, `steps.csv`: a line of numbers for each. */
  readonly steps: string;
  /** The checkpoint to resume from, `last.safetensors`. */
  readonly last: string;
  /** The best weights so far, `best.safetensors`. */
  readonly best: string;
  /** The curves, `curves.svg`. */
  readonly curves: string;
}

export interface OpenRun<Config> {
  readonly run: RunFolder;
  readonly config: Config;
}

const FORMAT = 1;
const LARGEST_CONFIG = 16 * 2 ** 20;
const runSchema = v.object({
  format: v.literal(FORMAT, "use the version of netfold that wrote the run"),
  config: v.custom<Json>((config) => config !== undefined),
}, "name the folder of a run, or start a new run");

/**
 * Starts a run: makes the folder, with those above it, and writes the
 * configuration, which must survive JSON. A folder that already holds
 * something is a problem. Needs `--allow-read` and `--allow-write` for it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow } from "../../dsl/problem/throw.ts";
 * import { right } from "../../dsl/problem/result.ts";
 * import { createRun, openRun } from "./run_folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * orThrow(await createRun(`${folder}/first`, { epochs: 2 }));
 * const { config } = orThrow(await openRun(`${folder}/first`, right));
 * assertEquals(config, { epochs: 2 });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function createRun(folder: string, config: object): Promise<Result<RunFolder>> {
  return attempt(async () => {
    const begun = orThrow(await beginRun(folder, config));
    return await holding(begun, ({ run }) => Promise.resolve(run));
  });
}

/** A run that this process alone writes to, until it is disposed of. */
export interface BegunRun extends RunLock {
  readonly run: RunFolder;
}

/** Where a run begins: in a folder, or in the next free one of a name, which no other process gets. */
export type RunPlace = string | { readonly base: string; readonly name: string };

/** Starts a run as {@link createRun} does, and holds its lock. */
export function beginRun(place: RunPlace, config: object): Promise<Result<BegunRun>> {
  return attempt(async () => {
    const folder = typeof place === "string" ? place : orThrow(await claimNext(place));
    orThrow(await makeFolder(folder)());
    const run = runAt(folder);
    const lock = orThrow(await lockRun(folder));
    try {
      const all = orThrow(await namesIn(folder)());
      // What a process left that was killed before its run was begun is nothing to keep.
      const names = all.filter((name) => name !== LOCK && !isTemporary(name));
      if (names.length > 0) throw new ProblemError([occupied(folder, names)]);
      orThrow(await removeLeftovers(run));
      orThrow(await writeJson(run.config, { format: FORMAT, config }));
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
    return { run, ...lock };
  });
}

/**
 * Tries a place before anything is made: what stands there already, and whether it may be written,
 * which Deno asks for on a terminal.
 */
export function tryPlace(place: RunPlace): Promise<Result<void>> {
  return attempt(async () => {
    orThrow(await mayWrite(typeof place === "string" ? place : place.base));
    if (typeof place !== "string") return;
    const found = await namesIn(place)();
    if (found._tag === "Left" && found.left.every(isMissing)) return;
    const names = orThrow(found).filter((name) => name !== LOCK && !isTemporary(name));
    if (names.length > 0) throw new ProblemError([occupied(place, names)]);
  });
}

/** Makes the next free folder of a name, which of two processes only one can. */
function claimNext({ base, name }: Exclude<RunPlace, string>): Promise<Result<string>> {
  return attempt(async () => {
    orThrow(await makeFolder(base)());
    while (true) {
      const folder = orThrow(await nextRunFolder(base, name));
      const made = await onPath(folder, "make", () => Deno.mkdir(folder))();
      if (made._tag === "Left" && made.left.every(({ code }) => code === "already-exists")) {
        continue;
      }
      orThrow(made);
      return folder;
    }
  });
}

/** Writes the configuration of a run that this process holds anew, as {@link createRun} wrote it. */
export function rewriteConfig(run: RunFolder, config: object): Promise<Result<void>> {
  return writeJson(run.config, { format: FORMAT, config });
}

/**
 * Opens a run that exists; `parse` makes a configuration of the JSON that
 * {@link createRun} stored, or says what is wrong with it. Needs `--allow-read`.
 */
export function openRun<Config>(
  folder: string,
  parse: (json: Json) => Result<Config>,
): Promise<Result<OpenRun<Config>>> {
  const run = runAt(folder);
  return pipe(
    () => readRecord(runSchema, run.config, { code: "other-run", atMost: LARGEST_CONFIG }),
    TE.mapLeft(RA.map(notARun)),
    TE.flatMapEither(({ config }) => parse(config)),
    TE.map((config) => ({ run, config })),
  )();
}

/**
 * The first folder `base/name-1`, `base/name-2` ... that does not exist. What
 * cannot stand in a folder's name, such as the slash in `cifar/attention-20`,
 * becomes a hyphen. Names that somebody is about to make are left out. Needs `--allow-read` for `base`.
 */
export async function nextRunFolder(
  base: string,
  name: string,
  isPromised: (name: string) => boolean = () => false,
): Promise<Result<string>> {
  const stem = stemOf(name) || "run";
  return pipe(
    await namesIn(base)(),
    E.orElse((problems) => problems.every(isMissing) ? E.right([]) : E.left(problems)),
    E.map((taken) => {
      const isTaken = (one: string) => taken.includes(one) || isPromised(one);
      let number = 1;
      while (isTaken(`${stem}-${number}`)) number++;
      return join(base, `${stem}-${number}`);
    }),
  );
}

/** What of a name can begin that of a folder or a file; nothing may be left. */
export function stemOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replaceAll(/^[.-]+|[.-]+$/g, "");
}

/** Removes temporary files that a kill left in a run folder. */
export function removeLeftovers({ folder }: Pick<RunFolder, "folder">): Promise<Result<void>> {
  return pipe(
    namesIn(folder),
    TE.map((names) => names.filter(isTemporary)),
    TE.flatMap((stale) =>
      onPath(folder, "write", async () => {
        for (const name of stale) await Deno.remove(join(folder, name));
      })
    ),
  )();
}

/** Refuses a run that goes on from a checkpoint in shards, which PyTorch reads alone. */
export async function refuseShards({ folder }: RunFolder): Promise<Result<void>> {
  const shards = join(folder, "checkpoints");
  const found = await namesIn(shards)();
  if (found._tag === "Left") {
    return found.left.every(isMissing) ? E.right(undefined) : found;
  }
  const newest = found.right.find((name) => /^\d+$/.test(name));
  if (newest === undefined) return E.right(undefined);
  return E.left([
    problemAt({ path: join(shards, newest), layer: "run", code: "in-shards" }, {
      rule: "a run goes on from its last checkpoint",
      got: "one in shards, as PyTorch's script writes them",
      wanted: "a last.safetensors of it",
      hint: `make it with the run's own project: python checkpoints.py ${folder}`,
    }),
  ]);
}

/** The files of a run by their paths. */
export function runAt(folder: string): RunFolder {
  return {
    folder,
    config: join(folder, "config.json"),
    metrics: join(folder, "metrics.jsonl"),
    steps: join(folder, "steps.csv"),
    last: join(folder, "last.safetensors"),
    best: join(folder, "best.safetensors"),
    curves: join(folder, "curves.svg"),
  };
}

function namesIn(folder: string): TaskResult<readonly string[]> {
  return onPath(folder, "list", async () => {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name }) => name).sort();
  });
}

function occupied(folder: string, names: readonly string[]): Problem {
  const isRun = names.includes("config.json");
  const [first] = names;
  return problemAt(
    { path: folder, layer: "folder", code: isRun ? "already-exists" : "not-empty" },
    {
      rule: isRun ? "a run must not be written over" : "the folder of a new run must be empty",
      got: isRun
        ? "the folder of an existing run"
        : `${names.length} entries, such as ${JSON.stringify(first)}`,
      wanted: "an empty folder, or one that does not exist",
      hint: isRun
        ? `resume it with --resume ${folder}, or choose another folder with --out`
        : "choose another folder with --out",
    },
  );
}

function notARun(problem: Problem): Problem {
  return !isMissing(problem) ? problem : {
    ...problem,
    code: "not-a-run",
    rule: "the folder must be that of a run",
    got: "no config.json in it",
    wanted: "a folder that a training run made",
    hint: "check the path; a study's runs have folders of their own in it, and a new run starts " +
      "without --resume",
  };
}
