/**
 * Running a study: every arm with every seed, each as a run of its own that can be evaluated,
 * resumed and looked into like any other. What has ended is never done again; what was stopped is
 * resumed, so a study may be stopped or killed at any moment and comes to the same end. A run that
 * another study has made already is copied.
 */
import { join } from "@std/path";
import type { WantedOf } from "../../dsl/problem/expect.ts";
import { ANYTHING, FUNCTION, needed, NUMBER, optional } from "../../dsl/problem/expect.ts";
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import { seedKey } from "../../dsl/programs/random.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { attempt, orThrow, ProblemError, refused, type Result, right } from "../fp.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { limit } from "../data/split.ts";
import type { Recipe } from "../training/config.ts";
import { type EngineUse, namedEngine, withEngine } from "../training/engine.ts";
import { datasetOf } from "../training/request.ts";
import { NOT_FINITE } from "../training/steps.ts";
import { resume, type ResumeOptions, type TrainWatch, trainWith } from "../training/train.ts";
import { checkGiven } from "./_given.ts";
import { copyKnownRun } from "./_known_run.ts";
import { noteDiverged, type RunState, runState } from "./_run_state.ts";
import { measureResponses, readResponses } from "./response.ts";
import { type Arm, armConfig, type ArmRun, runName, runsOf, type Study } from "./study.ts";

/** A study to run, and the engine, by name or open; `auto` by default. */
export interface StudyRequest extends EngineUse {
  /** The study. */
  readonly study: Study;
  /** The folder of its runs. */
  readonly folder: string;
  /** How many seeds each arm is trained with. */
  readonly seeds: number;
  /** Folders of other studies of the same scale, whose runs are copied where they are this study's too; none by default. */
  readonly others?: readonly string[];
}

/** Who watches a study, and what it is given to work with. */
export interface StudyWatch extends
  Pick<
    TrainWatch,
    "onStep" | "onEpoch" | "onBroken" | "onWarning" | "interrupted" | "saveEvery"
  > {
  /** Called before a run begins or is resumed. */
  readonly onRun?: (run: ArmRun, place: RunPlace) => void;
  /** Called when a run has ended. */
  readonly onRunEnd?: (run: ArmRun, outcome: RunEnd) => void;
  /** Called with what happens in between, such as the loading of data. */
  readonly onNote?: (text: string) => void;
  /** Data sets by name that are used instead of loading them. */
  readonly datasets?: ReadonlyMap<string, Dataset<ImageSet>>;
}

const REQUEST: WantedOf<StudyRequest> = {
  study: ANYTHING,
  folder: ANYTHING,
  seeds: ANYTHING,
  others: ANYTHING,
  engine: ANYTHING,
  backend: ANYTHING,
  threads: ANYTHING,
};

const WATCH: WantedOf<StudyWatch> = {
  onStep: optional(FUNCTION),
  onEpoch: optional(FUNCTION),
  onBroken: optional(FUNCTION),
  onWarning: optional(FUNCTION),
  interrupted: optional(FUNCTION),
  saveEvery: optional(NUMBER),
  onRun: optional(FUNCTION),
  onRunEnd: optional(FUNCTION),
  onNote: optional(FUNCTION),
  datasets: ANYTHING,
};

/** Which run of how many. */
export interface RunPlace {
  /** Its number, from 1. */
  readonly place: number;
  /** All runs of the study. */
  readonly all: number;
  /** Whether it is resumed where it was stopped. */
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
  request: StudyRequest,
  watch: StudyWatch = {},
): Promise<Result<"finished" | "stopped">> {
  return attempt(async () => {
    orThrow(checkGiven(request));
    needed(request, REQUEST);
    needed(watch, WATCH);
    const { study, folder, seeds, others = [], ...use } = request;
    const choice = namedEngine(use);
    const runs = runsOf(study, seeds)
      .map((run, i) => ({ run, out: join(folder, runName(run)), place: i + 1 }));
    const left: typeof runs = [];
    for (const one of runs) {
      if (await isLeft(study, orThrow(await runState(one.out, one.run)))) left.push(one);
    }
    if (left.length === 0) return "finished";
    const data = datasetsOf(study, watch);
    // A path that is wrong is named now, not when the first arm that needs it has its turn.
    for (const { run: { arm } } of left) orThrow(checkCount(arm, await data(arm.data)));
    return await withEngine({ ...use, onWarning: watch.onWarning }, async (engine) => {
      for (const { run, out, place } of left) {
        const work = { run, out, others, choice, engine, data, watch };
        const end = await runOne(work, { place, all: runs.length });
        if (end === "stopped") return end;
        if (study.figure === "response") await addResponses(work);
      }
      return "finished";
    });
  });
}

/** Refuses a data set with fewer images than an arm trains on. */
function checkCount(
  { data, recipe: { limit: wanted = 0 } }: Arm,
  { train: { count } }: Dataset<ImageSet>,
): Result<unknown> {
  if (count >= wanted) return right(undefined);
  return refused({ path: data, layer: "data set", code: "too-few-images" }, {
    rule: "a study's data set has as many training images as its scale takes",
    got: `${count}`,
    wanted: `${wanted} or more`,
    hint: "take a larger data set, such as shapes",
  });
}

interface RunWork {
  readonly run: ArmRun;
  readonly out: string;
  readonly others: readonly string[];
  readonly choice: EngineChoice;
  readonly engine: Engine;
  readonly data: (name: string) => Promise<Dataset<ImageSet>>;
  readonly watch: StudyWatch;
}

async function isLeft({ figure }: Study, state: RunState): Promise<boolean> {
  if (state.kind !== "finished") return state.kind !== "diverged";
  return figure === "response" && await readResponses(state.run) === undefined;
}

/** Copies, begins or resumes a run that has not ended. */
async function runOne(
  work: RunWork,
  { place, all }: Pick<RunPlace, "place" | "all">,
): Promise<"ended" | "stopped"> {
  const { run, out, engine, watch } = work;
  const { kind } = orThrow(await runState(out, run));
  if (kind === "finished" || kind === "diverged") return "ended";
  const resumed = kind === "begun";
  watch.onRun?.(run, { place, all, resumed, engine: engine.description });
  const end = (resumed ? undefined : await copied(work)) ?? await trained(work, resumed);
  if (end === undefined) return "stopped";
  watch.onRunEnd?.(run, end);
  return "ended";
}

/** The end of the same run in another study, copied; nothing when there is none. */
async function copied({ run, out, others, choice }: RunWork): Promise<RunEnd | undefined> {
  const from = orThrow(await copyKnownRun(run, out, { studies: others, choice }));
  if (from === undefined) return undefined;
  const state = orThrow(await runState(out, run));
  return state.kind === "finished" ? { kind: "copied", top1: state.test.top1, from } : undefined;
}

/** Trains a run to its end; nothing when it was stopped again. */
async function trained(
  { run, out, choice, engine, data, watch }: RunWork,
  resumed: boolean,
): Promise<RunEnd | undefined> {
  const dataset = await data(run.arm.data);
  const { onRun: _, onRunEnd: __, datasets: ___, ...own } = watch;
  const { name, net, recipe } = armConfig(run);
  const using = usingOf(run.arm);
  const request = { net, name, data: dataset, out, recipe, ...choice, ...using };
  const outcome = resumed
    ? await resume(out, { log: false, ...own, ...using, ...ownOf(recipe), engine, dataset })
    : await trainWith((work) => work(engine), request, own);
  if (outcome._tag === "Right") {
    const { finished, test } = outcome.right;
    return finished ? { kind: "finished", top1: test?.top1 ?? NaN } : undefined;
  }
  if (!outcome.left.every(({ code }) => code === NOT_FINITE)) throw new ProblemError(outcome.left);
  orThrow(await noteDiverged(out, outcome.left));
  return { kind: "diverged", reason: outcome.left[0]?.got ?? "" };
}

/** What of a recipe a run's configuration may not hold, which is given again. */
function ownOf({ augment, optimizer, loss, starts }: Recipe): ResumeOptions {
  const own = typeof augment === "object" && "apply" in augment ? augment : undefined;
  return { optimizer, ...defined({ augment: own, loss, starts }) };
}

/** Measures the responses of a finished run that has none. */
async function addResponses({ run, out, engine, data, watch }: RunWork): Promise<void> {
  const state = orThrow(await runState(out, run));
  if (state.kind !== "finished" || await readResponses(state.run) !== undefined) return;
  watch.onNote?.(`measuring the responses of ${runName(run)}`);
  orThrow(await measureResponses(state.run, await data(run.arm.data), engine, run.arm));
}

/** A study's data sets by name, each loaded once, with as many test images as the scale has. */
function datasetsOf({ scale }: Study, { datasets, ...watch }: StudyWatch): RunWork["data"] {
  const loaded = new Map<string, Promise<Dataset<ImageSet>>>();
  const load = async (name: string): Promise<Dataset<ImageSet>> => {
    const dataset = await datasetOf(datasets?.get(name) ?? name, watch);
    const { test } = dataset;
    if (test === undefined) return dataset;
    const count = Math.min(scale.testImages ?? test.count, test.count);
    return count === test.count
      ? dataset
      : { ...dataset, test: orThrow(limit(test, count, seedKey(0))) };
  };
  return (name) => {
    const dataset = loaded.get(name) ?? load(name);
    loaded.set(name, dataset);
    return dataset;
  };
}
