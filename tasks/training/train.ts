/**
 * Training a network, from a description to a run folder with its weights: a
 * new run, or one that goes on from where it was stopped.
 */
import type { Engine } from "../../dsl/engines/engine.ts";
import { tfjsEngine, type TfjsOptions } from "../../dsl/engines/tfjs/mod.ts";
import { initialParameters, initialState } from "../../dsl/graph/initial.ts";
import { trainingStep } from "../../dsl/graph/programs.ts";
import { equal, type Net } from "../../dsl/net.ts";
import { fail, type Result, right } from "../../dsl/result.ts";
import type { Shape } from "../../dsl/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { writeAtomic } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { appendMetrics, readMetrics, truncateMetrics } from "../files/metrics.ts";
import { createRun, openRun, type RunFolder } from "../files/run_folder.ts";
import { type Checkpoint, loadCheckpoint, misfit, saveCheckpoint } from "./checkpoint.ts";
import { configFromJson, configToJson, type Recipe, type RunConfig } from "./config.ts";
import { type LoopEnd, type LoopHooks, runLoop, type StepEvent } from "./loop.ts";
import { type Measurement, type Meter, openMeter } from "./measure.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { PRESETS } from "./presets.ts";
import { type EpochRecord, epochsOf } from "./record.ts";
import { versions } from "./versions.ts";

/** A new run. */
export interface TrainRequest {
  /** The network; it must end in one logit for each class. */
  readonly net: Net;
  /** Its name, for people; `network` by default. */
  readonly name?: string;
  /** A data set, or the name of one that netfold knows. */
  readonly data: Dataset | string;
  /** The run folder to make. */
  readonly out: string;
  /** How to train; what is left out is as in the `quick` preset. */
  readonly recipe?: Partial<Recipe>;
  /** Who computes; `auto` by default. */
  readonly backend?: TfjsOptions["backend"];
}

/** Who watches a run, and what it is given to work with. */
export interface TrainWatch {
  /** Called once everything is ready. */
  readonly onStart?: (start: TrainStart) => void;
  /** Called after each step. */
  readonly onStep?: (event: StepEvent) => void;
  /** Called after each epoch. */
  readonly onEpoch?: (record: EpochRecord) => void;
  /** Called with what happens in between, such as the progress of decoding data. */
  readonly onNote?: (text: string) => void;
  /** Whether to stop: the step under way is finished and saved. */
  readonly interrupted?: () => boolean;
  /** An engine to use instead of loading one; it is not disposed. */
  readonly engine?: Engine;
  /** The data set of a run that is resumed, when netfold does not know it by name. */
  readonly dataset?: Dataset;
  /** Seconds after which a checkpoint is saved within an epoch; 60 by default. */
  readonly saveEvery?: number;
}

/** How a run begins. */
export interface TrainStart {
  /** The run folder. */
  readonly folder: string;
  /** The engine, in words. */
  readonly engine: string;
  /** Training images. */
  readonly images: number;
  /** Held out images. */
  readonly validation: number;
  /** Steps done already, when the run is resumed. */
  readonly step: number;
  /** Steps in the run. */
  readonly steps: number;
}

/** How a run ended. */
export interface TrainOutcome {
  /** The run folder. */
  readonly folder: string;
  /** Whether it went to its end, or was asked to stop. */
  readonly finished: boolean;
  /** Every epoch's figures. */
  readonly epochs: readonly EpochRecord[];
  /** The best held out accuracy and its epoch, when images were held out. */
  readonly best?: { readonly epoch: number; readonly accuracy: number };
  /** What the best weights reach on the test set, of a finished run. */
  readonly test?: Measurement;
  /** The names of the classes. */
  readonly classes: readonly string[];
}

/**
 * Trains a network in a new run folder. Needs `--allow-read` and
 * `--allow-write` for the folder, and what the data set and the backend need.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, orThrow } from "@netfold/netfold";
 * import { shapes } from "@netfold/netfold/data";
 * import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 * import { train } from "@netfold/netfold/train";
 *
 * const net = chain(conv(4, { kernel: 3, stride: 4 }), relu(), globalAveragePool(), dense(10));
 * const data = orThrow(shapes({ count: 40, testCount: 10 }));
 * const folder = await Deno.makeTempDir();
 * const recipe = { epochs: 1, batch: 8, validation: 8 };
 * const run = await train({ net, data, out: `${folder}/run`, recipe, backend: "cpu" });
 * assert(orThrow(run).finished);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function train(
  request: TrainRequest,
  watch: TrainWatch = {},
): Promise<Result<TrainOutcome>> {
  const dataset = await datasetOf(request.data, watch);
  if (dataset._tag === "Left") return dataset;
  const { name, height, width, channels } = dataset.right;
  const input: Shape = [height, width, channels];
  const config: RunConfig = {
    name: request.name ?? "network",
    net: request.net,
    input,
    data: name,
    recipe: { ...PRESETS.quick, ...request.recipe },
    backend: request.backend ?? "auto",
    versions: versions(),
  };
  const prepared = prepare(config, dataset.right);
  if (prepared._tag === "Left") return prepared;
  const engine = await engineOf(config, watch);
  if (engine._tag === "Left") return engine;
  try {
    const run = await createRun(request.out, configToJson(config));
    if (run._tag === "Left") return run;
    const start = firstCheckpoint(config, prepared.right, dataset.right);
    return await execute({
      run: run.right,
      config,
      prepared: prepared.right,
      dataset: dataset.right,
      engine: engine.right,
      start,
    }, watch);
  } finally {
    if (watch.engine === undefined) engine.right.dispose();
  }
}

/**
 * Goes on with a run where its last checkpoint stands. The run ends with the
 * weights that it would have had without the stop, bit for bit on the same
 * backend.
 */
export async function resume(
  folder: string,
  watch: TrainWatch = {},
): Promise<Result<TrainOutcome>> {
  const opened = await openRun(folder, configFromJson);
  if (opened._tag === "Left") return opened;
  const { run, config } = opened.right;
  const dataset = await datasetOf(watch.dataset ?? config.data, watch);
  if (dataset._tag === "Left") return dataset;
  const prepared = prepare(config, dataset.right);
  if (prepared._tag === "Left") return prepared;
  const first = firstCheckpoint(config, prepared.right, dataset.right);
  const start = await lastCheckpoint(run, first);
  if (start._tag === "Left") return start;
  const { epoch } = start.right.position;
  const kept = await truncateMetrics(run, (record) => Number(record.epoch) <= epoch);
  if (kept._tag === "Left") return kept;
  const engine = await engineOf(config, watch);
  if (engine._tag === "Left") return engine;
  try {
    return await execute({
      run,
      config,
      prepared: prepared.right,
      dataset: dataset.right,
      engine: engine.right,
      start: start.right,
    }, watch);
  } finally {
    if (watch.engine === undefined) engine.right.dispose();
  }
}

interface Execution {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly dataset: Dataset;
  readonly engine: Engine;
  readonly start: Checkpoint;
}

async function execute(work: Execution, watch: TrainWatch): Promise<Result<TrainOutcome>> {
  const { run, config, prepared, dataset, engine, start } = work;
  const { batch } = config.recipe;
  const meter = openMeter(engine, prepared.plan, { batch, normalization: prepared.normalization });
  try {
    watch.onStart?.({
      folder: run.folder,
      engine: engine.description,
      images: prepared.train.count,
      validation: prepared.validation?.count ?? 0,
      step: start.position.step,
      steps: prepared.totalSteps,
    });
    const graph = stepGraph(config, prepared);
    const { classes } = dataset;
    const loop = { config, prepared, classes, engine, graph, meter, start };
    const ended = await runLoop(loop, hooksOf(run, config.name, watch));
    if (ended._tag === "Left") return ended;
    return await conclude(work, meter, ended.right);
  } finally {
    meter.dispose();
  }
}

/** What the loop does with its results: everything into the run folder. */
function hooksOf(run: RunFolder, name: string, watch: TrainWatch): LoopHooks {
  return {
    ...(watch.onStep === undefined ? {} : { onStep: watch.onStep }),
    ...(watch.interrupted === undefined ? {} : { interrupted: watch.interrupted }),
    saveEvery: watch.saveEvery ?? 60,
    save: (checkpoint) => saveCheckpoint(run.last, checkpoint),
    saveBest: (checkpoint) => saveCheckpoint(run.best, checkpoint),
    record: async (record) => {
      const appended = await appendMetrics(run, record);
      if (appended._tag === "Left") return appended;
      watch.onEpoch?.(record);
      return await drawCurves(run, name);
    },
  };
}

/** Measures the best weights on the test set, once, at the end of a finished run. */
async function conclude(
  { run, engine, dataset }: Execution,
  meter: Meter,
  { finished, position }: LoopEnd,
): Promise<Result<TrainOutcome>> {
  const metrics = await readMetrics(run);
  if (metrics._tag === "Left") return metrics;
  const outcome = {
    folder: run.folder,
    finished,
    epochs: epochsOf(metrics.right),
    classes: dataset.classes,
    ...(position.best === undefined ? {} : { best: position.best }),
  };
  if (!finished) return right(outcome);
  const best = await loadCheckpoint(run.best);
  if (best._tag === "Left") return best;
  const state = engine.upload(best.right.tensors);
  const test = await meter.measure(state, dataset.test);
  engine.free(state);
  if (test._tag === "Left") return test;
  const { images, loss, top1, top5 } = test.right;
  const kept = await appendMetrics(run, { test: { images, loss, top1, top5 } });
  return kept._tag === "Left" ? kept : right({ ...outcome, test: test.right });
}

function stepGraph({ recipe }: RunConfig, { plan }: Prepared) {
  const { batch, optimizer, labelSmoothing } = recipe;
  return trainingStep(plan, { batch, optimizer, labelSmoothing });
}

function firstCheckpoint(config: RunConfig, prepared: Prepared, dataset: Dataset): Checkpoint {
  const { net, input, recipe } = config;
  const parameters = initialParameters(prepared.plan, recipe.seed);
  return {
    net,
    input,
    classes: dataset.classes,
    normalization: prepared.normalization,
    seed: recipe.seed,
    position: { epoch: 0, batch: 0, step: 0, lossSum: 0, accuracySum: 0 },
    tensors: initialState(stepGraph(config, prepared), parameters),
  };
}

/** The run's last checkpoint, or its beginning when it was stopped before the first. */
async function lastCheckpoint(run: RunFolder, first: Checkpoint): Promise<Result<Checkpoint>> {
  const last = await loadCheckpoint(run.last);
  if (last._tag === "Left") return last.left.every(isMissing) ? right(first) : last;
  if (!equal(last.right.net, first.net)) {
    return fail({
      path: run.last,
      layer: "checkpoint",
      rule: "the checkpoint belongs to another network",
      got: "a network that differs from config.json's",
      wanted: "the network of the run",
      hint: "restore the run's own files, or start a new run",
    });
  }
  const fits = misfit(run.last, last.right.tensors, first.tensors);
  return fits._tag === "Left" ? fits : last;
}

async function datasetOf(data: Dataset | string, watch: TrainWatch): Promise<Result<Dataset>> {
  if (typeof data !== "string") return right(data);
  const { onNote } = watch;
  return await loadDataset(data, {
    ...(onNote === undefined ? {} : {
      onProgress: ({ step, done, total }) => onNote(`${step} ${done}/${total}`),
    }),
  });
}

async function engineOf(config: RunConfig, watch: TrainWatch): Promise<Result<Engine>> {
  if (watch.engine !== undefined) return right(watch.engine);
  // The configuration may come from a file; the engine refuses a backend that there is not.
  return await tfjsEngine({ backend: config.backend as TfjsOptions["backend"] });
}

async function drawCurves(run: RunFolder, title: string): Promise<Result<void>> {
  const metrics = await readMetrics(run);
  if (metrics._tag === "Left") return metrics;
  const points = epochsOf(metrics.right).map(({ rate, ...figures }) => ({
    ...figures,
    learningRate: rate,
  }));
  const { curvesSvg } = await import("../report/curves.ts");
  const svg = await curvesSvg(points, { title });
  return svg._tag === "Left" ? svg : await writeAtomic(run.curves, svg.right);
}
