/**
 * Studies share arms: the network with mixed attention is also the one with
 * attention residual learning, and the one with the encoder-decoder mask. A run
 * is decided by its value, so one that another study has made is copied instead
 * of made again, and each study's folder stays complete in itself.
 */
import { basename, dirname, join } from "@std/path";
import type { EngineRequest } from "../../dsl/engines/choice.ts";
import { attempt, orThrow, ProblemError, type Result } from "../fp.ts";
import { ioProblem } from "../files/io_problem.ts";
import { removeLeftovers } from "../files/run_folder.ts";
import { holding, LOCK, lockRun } from "../files/run_lock.ts";
import { type RunState, runState } from "./_run_state.ts";
import type { ArmRun } from "./study.ts";

export interface KnownRuns {
  /** Folders of other studies, of the same scale; those that do not exist are passed over. */
  readonly studies: readonly string[];
  readonly choice: EngineRequest;
}

/** Copies the same run of another study to `out`; gives where it stood, nothing when there is none. */
export function copyKnownRun(
  run: ArmRun,
  out: string,
  { studies, choice }: KnownRuns,
): Promise<Result<string | undefined>> {
  return attempt(async () => {
    for (const study of studies) {
      for (const name of await foldersIn(study)) {
        if (!name.endsWith(`-${run.seed}`)) continue;
        const folder = join(study, name);
        const state = await runState(folder, run);
        if (state._tag === "Right" && isSame(state.right, choice)) {
          await copyFolder(folder, out);
          return folder;
        }
      }
    }
    return undefined;
  });
}

function isSame(state: RunState, { engine = "auto", backend = "auto" }: EngineRequest): boolean {
  return state.kind === "finished" && state.config.engine === engine &&
    state.config.backend === backend;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) names.push(name);
    }
    return names.sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new ProblemError([ioProblem(error, folder, "list")]);
  }
}

/** Copies the files of a run, so that the new folder is there wholly or not at all. */
async function copyFolder(from: string, to: string): Promise<void> {
  const unfinished = join(dirname(to), `.${basename(to)}.copy`);
  try {
    await Deno.remove(unfinished, { recursive: true }).catch(() => {});
    await Deno.mkdir(unfinished, { recursive: true });
    for await (const { name, isFile } of Deno.readDir(from)) {
      if (isFile && name !== LOCK) await Deno.copyFile(join(from, name), join(unfinished, name));
    }
    if ((await foldersIn(dirname(to))).includes(basename(to))) await removeUnbegun(to);
    await Deno.rename(unfinished, to);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError([ioProblem(error, to, "write")]);
  }
}

/** Removes the folder of a process that was killed before it could begin the run there. */
async function removeUnbegun(folder: string): Promise<void> {
  orThrow(await holding(orThrow(await lockRun(folder)), () => removeLeftovers({ folder })));
  await Deno.remove(folder);
}
