/**
 * Training a network, from a description to a run folder with its weights: a
 * new run, or one that goes on from where it was stopped.
 */
import type { EngineChoice, EngineRequest } from "../../dsl/engines/choice.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { initialParameters, initialState } from "../../dsl/programs/initial.ts";
import { trainingStep } from "../../dsl/programs/programs.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { attempt, orThrow } from "../../dsl/problem/throw.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import { type Augmentation, sameAugmentation } from "../data/augment.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import type { Progress } from "../data/progress.ts";
import { writeAtomic } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { appendMetrics, readMetrics, truncateMetrics } from "../files/metrics.ts";
import { createRun, openRun, removeLeftovers, type RunFolder } from "../files/run_folder.ts";
import { type Checkpoint, loadCheckpoint, misfit, saveCheckpoint } from "./checkpoint.ts";
import { configFromJson, configToJson, type Recipe, type RunConfig } from "./config.ts";
import { type BrokenFiles, brokenFiles } from "./broken_files.ts";
import { type Beginning, checkContinuation } from "./continuation.ts";
import { type EngineSource, withEngine } from "./engine.ts";
import { type LoopEnd, type LoopHooks, runLoop, type StepEvent } from "./loop.ts";
import { type Measurement, type Meter, openMeter } from "./measure.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { adapt, PRESETS } from "./presets.ts";
import { type EpochRecord, epochsOf } from "./record.ts";
import { versions } from "./versions.ts";

/** A new run, and who computes it; `auto` by default. */
export interface TrainRequest extends EngineChoice {
  /** The network; it must end in one logit for each class. */
  readonly net: Net;
  /** Its name, for people; `network` by default. */
  readonly name?: string;
  /** A data set, or the name of one that netfold knows. */
  readonly data: Dataset<ImageSet> | string;
  /** The run folder to make. */
  readonly out: string;
  /** How to train; what is left out is as in the `quick` preset. */
  readonly recipe?: Partial<Recipe>;
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
  /** Called with a file of the data set that could not be read, the first time it is met. */
  readonly onBroken?: (problem: Problem) => void;
  /**
   * Called when another engine computes than the one that `auto` prefers,
   * because that one cannot be had; `console.warn` by default.
   */
  readonly onWarning?: (text: string) => void;
  /** Whether to stop, asked after each step: what is done is then saved. */
  readonly interrupted?: () => boolean | Promise<boolean>;
  /** An engine to use instead of loading one; it is not disposed. */
  readonly engine?: Engine;
  /** The data set of a run that is resumed, when netfold does not know it by name. */
  readonly dataset?: Dataset<ImageSet>;
  /** The augmentation of a run that is resumed, when it is not one of netfold's. */
  readonly augment?: Augmentation;
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
  /** What the best weights reach on the test images, of a finished run on a data set that has some. */
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
export function train(
  request: TrainRequest,
  watch: TrainWatch = {},
): Promise<Result<TrainOutcome>> {
  return attempt(async () => {
    const dataset = await datasetOf(request.data, watch);
    const config = configOf(request, dataset);
    const prepared = orThrow(prepare(config, dataset));
    return await withEngine(sourceOf(config, watch), async (engine) => {
      const run = orThrow(await createRun(request.out, configToJson(config)));
      const start = firstCheckpoint(config, prepared, dataset);
      return await execute({ run, config, prepared, dataset, engine, start }, watch);
    });
  });
}

/** The configuration of a new run. */
export function configOf(
  request: Omit<TrainRequest, "data" | "out">,
  { name, height, width, channels }: Dataset<ImageSet>,
): RunConfig {
  return {
    name: request.name ?? "network",
    net: request.net,
    input: [height, width, channels],
    data: name,
    recipe: adapt(PRESETS.quick, request.recipe ?? {}),
    engine: request.engine ?? "auto",
    backend: request.backend ?? "auto",
    ...(request.threads === undefined ? {} : { threads: request.threads }),
    versions: versions(),
  };
}

/**
 * Goes on with a run where its last checkpoint stands. The run ends with the
 * weights that it would have had without the stop, bit for bit on the same
 * engine. Another one may be chosen: naming an engine or a backend takes the
 * place of the run's whole choice, naming threads alone changes the threads.
 * The run's configuration stays as it is.
 */
export function resume(
  folder: string,
  watch: TrainWatch = {},
  choice: EngineChoice = {},
): Promise<Result<TrainOutcome>> {
  return attempt(async () => {
    const { run, config: recorded } = orThrow(await openRun(folder, configFromJson));
    const augment = orThrow(sameAugmentation(recorded.recipe.augment, watch.augment));
    const config = { ...recorded, recipe: { ...recorded.recipe, augment } };
    const dataset = await datasetOf(watch.dataset ?? config.data, watch);
    const prepared = orThrow(prepare(config, dataset));
    const first = firstCheckpoint(config, prepared, dataset);
    const start = orThrow(await lastCheckpoint(run, { first, prepared }));
    const { epoch } = start.position;
    orThrow(await removeLeftovers(run));
    orThrow(await truncateMetrics(run, (record) => Number(record.epoch) <= epoch));
    const request = choice.engine === undefined && choice.backend === undefined
      ? { ...config, ...choice }
      : choice;
    return await withEngine(
      sourceOf(request, watch),
      (engine) => execute({ run, config, prepared, dataset, engine, start }, watch),
    );
  });
}

function sourceOf(choice: EngineRequest, { engine, onWarning }: TrainWatch): EngineSource {
  return engine === undefined ? { ...choice, onWarning } : { engine };
}

interface Execution {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly dataset: Dataset<ImageSet>;
  readonly engine: Engine;
  readonly start: Checkpoint;
}

async function execute(work: Execution, watch: TrainWatch): Promise<TrainOutcome> {
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
    const broken = brokenFiles(run.folder, dataset.broken ?? [], watch.onBroken);
    orThrow(await broken.add([]));
    const hooks = hooksOf(work, broken, watch);
    const end = await runLoop({ config, prepared, engine, graph, meter, start }, hooks);
    return await conclude(work, { meter, broken }, end);
  } finally {
    meter.dispose();
  }
}

/** What the loop does with its results: everything into the run folder. */
function hooksOf(
  { run, config: { name } }: Execution,
  broken: BrokenFiles,
  watch: TrainWatch,
): LoopHooks {
  return {
    onStep: (event) => watch.onStep?.(event),
    interrupted: () => watch.interrupted?.() ?? false,
    saveEvery: watch.saveEvery ?? 60,
    save: async (checkpoint) => orThrow(await saveCheckpoint(run.last, checkpoint)),
    saveBest: async (checkpoint) => orThrow(await saveCheckpoint(run.best, checkpoint)),
    record: async (record) => {
      orThrow(await appendMetrics(run, record));
      watch.onEpoch?.(record);
    },
    broken: async (problems) => orThrow(await broken.add(problems)),
    draw: () => drawCurves(run, name),
  };
}

/** Measures the best weights on the test set, once, at the end of a finished run. */
async function conclude(
  { run, engine, dataset, start }: Execution,
  { meter, broken }: { readonly meter: Meter; readonly broken: BrokenFiles },
  { finished, position }: LoopEnd,
): Promise<TrainOutcome> {
  const outcome = {
    folder: run.folder,
    finished,
    epochs: epochsOf(orThrow(await readMetrics(run))),
    classes: dataset.classes,
    ...(position.best === undefined ? {} : { best: position.best }),
  };
  if (!finished || dataset.test === undefined) return outcome;
  const { tensors } = orThrow(await loadCheckpoint(run.best));
  const state = engine.upload(orThrow(misfit(run.best, tensors, start.tensors)));
  const measured = await meter.measure(state, dataset.test);
  engine.free(state);
  const test = orThrow(measured);
  orThrow(await broken.add(test.broken ?? []));
  const { images, loss, top1, top5 } = test;
  orThrow(await appendMetrics(run, { test: { images, loss, top1, top5 } }));
  return { ...outcome, test };
}

function stepGraph({ recipe }: RunConfig, { plan }: Prepared) {
  const { batch, optimizer, labelSmoothing } = recipe;
  return trainingStep(plan, { batch, optimizer, labelSmoothing });
}

/** The checkpoint with which a run begins. */
export function firstCheckpoint(
  config: RunConfig,
  prepared: Prepared,
  dataset: Dataset<ImageSet>,
): Checkpoint {
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
async function lastCheckpoint(run: RunFolder, beginning: Beginning): Promise<Result<Checkpoint>> {
  const last = await loadCheckpoint(run.last);
  if (last._tag === "Right") return checkContinuation(run.last, last.right, beginning);
  return last.left.every(isMissing) ? right(beginning.first) : last;
}

/** The data set of a run. */
export async function datasetOf(
  data: Dataset<ImageSet> | string,
  watch: TrainWatch,
): Promise<Dataset<ImageSet>> {
  if (typeof data !== "string") return data;
  const { onNote } = watch;
  const onProgress = ({ step, done, total }: Progress) =>
    onNote?.(total === 0 ? step : `${step} ${done}/${total}`);
  return orThrow(await loadDataset(data, { onProgress }));
}

/** Draws the curves of what a run has recorded. */
export async function drawCurves(run: RunFolder, title: string): Promise<void> {
  const points = epochsOf(orThrow(await readMetrics(run)));
  const { curvesSvg } = await import("../charts/curves.ts");
  orThrow(await writeAtomic(run.curves, orThrow(await curvesSvg(points, { title }))));
}
