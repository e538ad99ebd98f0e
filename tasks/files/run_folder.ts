/**
 * The folder of a training run: its configuration, written once; its metrics,
 * one line each; its weights and curves. A run is never written over: a folder
 * that holds anything is refused.
 */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { readJson, writeAtomic } from "./atomic.ts";
import { isTemporary } from "./_replace.ts";
import { ioProblem, isMissing } from "./io_problem.ts";
import { isJsonObject, type Json, showJson } from "./json.ts";

/** The paths of a run. */
export interface RunFolder {
  /** The folder. */
  readonly folder: string;
  /** The configuration, `config.json`. */
  readonly config: string;
  /** The metrics, `metrics.jsonl`: one JSON object a line. */
  readonly metrics: string;
  /** The checkpoint to resume from, `last.safetensors`. */
  readonly last: string;
  /** The best weights so far, `best.safetensors`. */
  readonly best: string;
  /** The curves, `curves.svg`. */
  readonly curves: string;
}

/** A run and its configuration. */
export interface OpenRun<Config> {
  /** Where its files are. */
  readonly run: RunFolder;
  /** What it was started with. */
  readonly config: Config;
}

const FORMAT = 1;
const LARGEST_CONFIG = 16 * 2 ** 20;

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
export async function createRun(folder: string, config: object): Promise<Result<RunFolder>> {
  const run = runAt(folder);
  const made = await makeFolder(folder);
  if (made._tag === "Left") return made;
  const names = await namesIn(folder);
  if (names._tag === "Left") return names;
  if (names.right.length > 0) {
    return fail(occupied(folder, names.right));
  }
  const text = JSON.stringify({ format: FORMAT, config }, undefined, 2);
  const written = await writeAtomic(run.config, text + "\n");
  return written._tag === "Left" ? written : right(run);
}

/**
 * Opens a run that exists; `parse` makes a configuration of the JSON that
 * {@link createRun} stored, or says what is wrong with it. Needs `--allow-read`.
 */
export async function openRun<Config>(
  folder: string,
  parse: (json: Json) => Result<Config>,
): Promise<Result<OpenRun<Config>>> {
  const run = runAt(folder);
  const json = await readJson(run.config, { atMost: LARGEST_CONFIG });
  if (json._tag === "Left") return fail(...json.left.map(notARun));
  if (!isJsonObject(json.right) || json.right.config === undefined) {
    return fail({
      path: run.config,
      layer: "file",
      code: "other-run",
      rule: "the configuration must be that of a run",
      got: showJson(json.right),
      wanted: `{"format": ${FORMAT}, "config": ...}`,
      hint: "name the folder of a run, or start a new run",
    });
  }
  if (json.right.format !== FORMAT) {
    return fail({
      path: run.config,
      layer: "file",
      code: "unknown-format",
      rule: "the run must be of a format that this version reads",
      got: `format ${showJson(json.right.format)}`,
      wanted: `format ${FORMAT}`,
      hint: "use the version of netfold that wrote the run",
    });
  }
  const config = parse(json.right.config);
  return config._tag === "Left" ? config : right({ run, config: config.right });
}

/**
 * The first folder `base/name-1`, `base/name-2` ... that does not exist. What
 * cannot stand in a folder's name, such as the slash in `cifar/attention-20`,
 * becomes a hyphen. Needs `--allow-read` for `base`.
 */
export async function nextRunFolder(base: string, name: string): Promise<Result<string>> {
  const names = await namesIn(base);
  const taken = names._tag === "Right" ? names.right : [];
  if (names._tag === "Left" && !names.left.every(isMissing)) return names;
  const stem = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replaceAll(/^[.-]+|[.-]+$/g, "") || "run";
  let number = 1;
  while (taken.includes(`${stem}-${number}`)) number++;
  return right(join(base, `${stem}-${number}`));
}

/** Removes temporary files that a kill left in a run folder. */
export async function removeLeftovers(
  { folder }: Pick<RunFolder, "folder">,
): Promise<Result<void>> {
  const names = await namesIn(folder);
  if (names._tag === "Left") return names;
  const stale = names.right.filter((name) => isTemporary(name)).map((name) => join(folder, name));
  try {
    for (const path of stale) await Deno.remove(path);
    return right(undefined);
  } catch (error) {
    return fail(ioProblem(error, folder, "write"));
  }
}

function runAt(folder: string): RunFolder {
  return {
    folder,
    config: join(folder, "config.json"),
    metrics: join(folder, "metrics.jsonl"),
    last: join(folder, "last.safetensors"),
    best: join(folder, "best.safetensors"),
    curves: join(folder, "curves.svg"),
  };
}

async function makeFolder(folder: string): Promise<Result<void>> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    return right(undefined);
  } catch (error) {
    return fail(ioProblem(error, folder, "make"));
  }
}

async function namesIn(folder: string): Promise<Result<readonly string[]>> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return right(entries.map(({ name }) => name).sort());
  } catch (error) {
    return fail(ioProblem(error, folder, "list"));
  }
}

function occupied(folder: string, names: readonly string[]): Problem {
  const isRun = names.includes("config.json");
  const [first] = names;
  return {
    path: folder,
    layer: "folder",
    code: isRun ? "already-exists" : "not-empty",
    rule: isRun ? "a run must not be written over" : "the folder of a new run must be empty",
    got: isRun
      ? "the folder of an existing run"
      : `${names.length} entries, such as ${JSON.stringify(first)}`,
    wanted: "an empty folder, or one that does not exist",
    hint: isRun
      ? `continue it with --resume ${folder}, or choose another folder with --out`
      : "choose another folder with --out",
  };
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
