/**
 * Running a study: every arm with every seed, each as a run of its own that can
 * be evaluated, resumed and looked into like any other. What has ended is never
 * done again; what was stopped goes on where it stood, so a study may be
 * stopped or killed at any moment and comes to the same end. A run that another
 * study has made already is copied.
 */
import { join } from "@std/path";
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { attempt, orThrow, ProblemError } from "../../dsl/problem/throw.ts";
import { seedKey } from "../../dsl/programs/random.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { limit } from "../data/split.ts";
import { withEngine } from "../training/engine.ts";
import { NOT_FINITE } from "../training/steps.ts";
import { resume, train, type TrainWatch } from "../training/train.ts";
import { copyKnownRun } from "./_known_run.ts";
import { noteDiverged, type RunState, runState } from "./_run_state.ts";
import { readResponses, responsesOf } from "./response.ts";
import { type ArmRun, runName, runsOf, settled, type Study } from "./study.ts";

/** A study to run, and who computes it; `auto` by default. */
export interface StudyRequest extends EngineChoice {
  /** The study. */
  readonly study: Study;
  /** The folder of its runs. */
  readonly folder: string;
  /** How many seeds each arm is trained with. */
  readonly seeds: number;
  /** Folders of other studies of the same scale, whose runs are copied where they are this study's too; none by default. */
  readonly others?: readonly string[];
}

/** Who watches a study. */
export interface StudyWatch extends
  Pick<
    TrainWatch,
    "onStep" | "onEpoch" | "onBroken" | "onWarning" | "interrupted" | "saveEvery"
  > {
  /** Called before a run is begun or goes on; `place` counts from 1 among `all` runs. */
  readonly onRun?: (run: ArmRun, progress: RunPlace) => void;
  /** Called when a run has ended. */
  readonly onRunEnd?: (run: ArmRun, outcome: RunEnd) => void;
  /** Called with what happens in between, such as the loading of data. */
  readonly onNote?: (text: string) => void;
  /** An engine to use instead of loading one; it is not disposed. */
  readonly engine?: Engine;
  /** Data sets by name that are used instead of loading them. */
  readonly datasets?: ReadonlyMap<string, Dataset<ImageSet>>;
}

/** Which run of how many. */
export interface RunPlace {
  /** Its number, from 1. */
  readonly place: number;
  /** All runs of the study. */
  readonly all: number;
  /** Whether it goes on where it was stopped. */
  readonly resumed: boolean;
  /** The engine, in words. */
  readonly engine: string;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: "finished"; readonly top1: number }
  | { readonly kind: "copied"; readonly top1: number; readonly from: string }
  | { readonly kind: "diverged"; readonly reason: string };

/** Runs what is left of a study; gives whether it came to its end. */
export function runStudy(
  { study, folder, seeds, others = [], ...choice }: StudyRequest,
  watch: StudyWatch = {},
): Promise<Result<"finished" | "stopped">> {
  return attempt(async () => {
    const runs = runsOf(study, seeds);
    const left: { readonly run: ArmRun; readonly place: number }[] = [];
    for (const [i, run] of runs.entries()) {
      const state = orThrow(await runState(join(folder, runName(run)), run));
      if (!isComplete(state) || await lacksResponse(study, state)) {
        left.push({ run, place: i + 1 });
      }
    }
    if (left.length === 0) return "finished";
    const data = new DataShelf(study, watch);
    // A path that is wrong is told of now, not when the first arm that needs it has its turn.
    for (const name of new Set(left.map(({ run }) => run.arm.data))) orThrow(await data.get(name));
    const { engine: given, onWarning } = watch;
    const source = given === undefined ? { ...choice, onWarning } : { engine: given };
    return await withEngine(source, async (engine) => {
      const surroundings = { study, folder, others, choice, engine, data, watch };
      for (const { run, place } of left) {
        const ended = await oneRun(run, { place, all: runs.length }, surroundings);
        if (ended === "stopped") return "stopped";
      }
      return "finished";
    });
  });
}

interface Surroundings {
  readonly study: Study;
  readonly folder: string;
  readonly others: readonly string[];
  readonly choice: EngineChoice;
  readonly engine: Engine;
  readonly data: DataShelf;
  readonly watch: StudyWatch;
}

function isComplete(state: RunState): boolean {
  return state.kind === "finished" || state.kind === "diverged";
}

async function lacksResponse(study: Study, state: RunState): Promise<boolean> {
  if (study.figure !== "response" || state.kind !== "finished") return false;
  return await readResponses(state.run) === undefined;
}

async function oneRun(
  run: ArmRun,
  { place, all }: { readonly place: number; readonly all: number },
  surroundings: Surroundings,
): Promise<"ended" | "stopped"> {
  const { study, folder, engine, data, watch } = surroundings;
  const out = join(folder, runName(run));
  const state = orThrow(await runState(out, run));
  if (!isComplete(state)) {
    const resumed = state.kind === "begun";
    watch.onRun?.(run, { place, all, resumed, engine: engine.description });
    const end = (resumed ? undefined : await copied(run, out, surroundings)) ??
      await trained(run, out, { resumed, ...surroundings });
    if (end === undefined) return "stopped";
    watch.onRunEnd?.(run, end);
  }
  const now = orThrow(await runState(out, run));
  if (study.figure === "response" && now.kind === "finished") {
    watch.onNote?.(`measuring the responses of ${runName(run)}`);
    orThrow(await responsesOf(now.run, () => data.get(run.arm.data), engine));
  }
  return "ended";
}

/** The end of the same run in another study, copied; nothing when there is none. */
async function copied(
  run: ArmRun,
  out: string,
  { others, choice }: Surroundings,
): Promise<RunEnd | undefined> {
  const from = orThrow(await copyKnownRun(run, out, { studies: others, choice }));
  if (from === undefined) return undefined;
  const state = orThrow(await runState(out, run));
  return state.kind === "finished" ? { kind: "copied", top1: state.test.top1, from } : undefined;
}

/** Trains a run to its end, from the beginning or from where it was stopped; nothing when it was stopped again. */
async function trained(
  run: ArmRun,
  out: string,
  { resumed, choice, engine, data, watch }: Surroundings & { readonly resumed: boolean },
): Promise<RunEnd | undefined> {
  const dataset = orThrow(await data.get(run.arm.data));
  const hooks: TrainWatch = { ...watch, engine, dataset };
  const { name, net, recipe } = settled(run);
  const outcome = resumed
    ? await resume(out, hooks)
    : await train({ net, name, data: dataset, out, recipe, ...choice }, hooks);
  if (outcome._tag === "Left") {
    if (!outcome.left.every(({ code }) => code === NOT_FINITE)) {
      throw new ProblemError(outcome.left);
    }
    orThrow(await noteDiverged(out, outcome.left));
    return { kind: "diverged", reason: outcome.left[0]?.got ?? "" };
  }
  return outcome.right.finished
    ? { kind: "finished", top1: outcome.right.test?.top1 ?? NaN }
    : undefined;
}

/** The study's data sets, each loaded once, with as many test images as the scale has. */
class DataShelf {
  readonly #loaded = new Map<string, Dataset<ImageSet>>();
  readonly #study: Study;
  readonly #watch: StudyWatch;

  constructor(study: Study, watch: StudyWatch) {
    this.#study = study;
    this.#watch = watch;
  }

  async get(name: string): Promise<Result<Dataset<ImageSet>>> {
    const known = this.#loaded.get(name);
    if (known !== undefined) return right(known);
    const given = this.#watch.datasets?.get(name);
    const loaded = given === undefined
      ? await loadDataset(name, {
        onProgress: ({ step, done, total }) =>
          this.#watch.onNote?.(total === 0 ? step : `${step} ${done}/${total}`),
      })
      : right(given);
    if (loaded._tag === "Left") return loaded;
    const { testImages } = this.#study.scale;
    const { test } = loaded.right;
    const fewer = testImages === undefined || testImages >= test.count
      ? right(test)
      : limit(test, testImages, seedKey(0));
    if (fewer._tag === "Left") return fewer;
    const dataset = { ...loaded.right, test: fewer.right };
    this.#loaded.set(name, dataset);
    return right(dataset);
  }
}
