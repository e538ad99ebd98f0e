/** A training from where it stands to its end: the loop, and the run folder that keeps its results. */
import { usingOf } from "../../dsl/plan/language.ts";
import { graphsOf, partOf } from "./recipe.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow } from "../fp.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { writeAtomic } from "../files/atomic.ts";
import { appendMetrics, readMetrics } from "../files/metrics.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { type BrokenFiles, brokenFiles } from "./broken_files.ts";
import { type Checkpoint, loadCheckpoint, misfit, saveCheckpoint } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import { type LoopEnd, type LoopHooks, runLoop } from "./loop.ts";
import type { MaskKeeper } from "./mask_keeper.ts";
import { type Meter, openMeter } from "./measure.ts";
import type { Prepared } from "./prepare.ts";
import { epochsOf } from "./record.ts";
import type { TrainOutcome, TrainWatch } from "./request.ts";
import { runCurves } from "./run_curves.ts";
import { type StepKeeper, stepKeeper } from "./step_keeper.ts";
import { hasTensorboard, openTensorboard, type Tensorboard } from "./tensorboard.ts";

export interface Execution {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly dataset: Dataset<ImageSet>;
  readonly engine: Engine;
  readonly start: Checkpoint;
}

/** Trains to the run's end, or until it is interrupted. */
export async function execute(work: Execution, watch: TrainWatch): Promise<TrainOutcome> {
  const { run, config, prepared, dataset, engine, start } = work;
  const batch = partOf(config.recipe);
  const meter = openMeter(engine, prepared.plan, { batch, normalization: prepared.normalization });
  try {
    watch.onStart?.({
      config,
      folder: run.folder,
      engine: engine.description,
      images: prepared.train.count,
      validation: prepared.validation?.count ?? 0,
      step: start.position.step,
      steps: prepared.totalSteps,
      ...defined({ from: config.from }),
    });
    const broken = brokenFiles(run.folder, dataset.broken ?? [], watch.onBroken);
    orThrow(await broken.add([]));
    // A run can be killed between its last checkpoint and the drawing.
    if (start.position.step > 0 && await areBehind(run)) await drawCurves(run, config);
    const wanted = watch.tensorboard ?? await hasTensorboard(run);
    const board = wanted ? orThrow(await openTensorboard(run)) : undefined;
    const kept = stepKeeper(run, board);
    const optimizer = orThrow(optimizerOf(config.recipe.optimizer));
    const masks = config.masks === undefined ? undefined : await masksOf(work, config.masks);
    const keepers = { broken, kept, board, masks };
    const hooks = hooksOf(work, keepers, watch);
    let end: LoopEnd;
    try {
      end = await runLoop(
        {
          ...{ config, prepared, engine, optimizer, meter, start },
          graphsOf: (plan) => graphsOf(plan, config.recipe, { gradients: true }),
        },
        hooks,
      );
    } catch (error) {
      // What led to the failure can be seen in the steps.
      await kept.write();
      throw error;
    }
    await drawCurves(run, config);
    return await conclude(work, { meter, ...keepers }, end);
  } finally {
    meter.dispose();
  }
}

/** What keeps the masks of so many pictures. */
async function masksOf(
  { run, config, prepared: { plan }, dataset, engine, start }: Execution,
  count: number,
): Promise<MaskKeeper> {
  const { maskKeeper } = await import("./mask_keeper.ts");
  const optimizer = orThrow(optimizerOf(config.recipe.optimizer));
  return await maskKeeper({ run, plan, dataset, engine, start, optimizer, count });
}

/** What keeps the results of a run beside its metrics and weights. */
interface Keepers {
  readonly broken: BrokenFiles;
  readonly kept: StepKeeper;
  readonly board: Tensorboard | undefined;
  readonly masks: MaskKeeper | undefined;
}

/** Seconds after which a checkpoint is saved within an epoch, when nothing is said. */
const SAVE_EVERY = 60;
/** Milliseconds between two drawings of the curves, which are drawn at the end in any case. */
const DRAW_EVERY = 5_000;

/** What the loop does with its results: everything into the run folder. */
function hooksOf(
  { run, config }: Execution,
  { broken, kept, board, masks }: Keepers,
  watch: TrainWatch,
): LoopHooks {
  const { saveEvery = SAVE_EVERY } = watch;
  let drawn = performance.now();
  return {
    onStep: (event) => watch.onStep?.(event),
    keep: kept.add,
    interrupted: () => watch.interrupted?.() ?? false,
    isDue: ({ seconds }) => seconds > saveEvery,
    save: async (checkpoint) => {
      orThrow(await kept.write());
      // What is resumed from the checkpoint has the masks of every epoch before it.
      if (checkpoint.position.batch === 0) await masks?.(checkpoint);
      orThrow(await saveCheckpoint(run.last, checkpoint));
    },
    // Nothing is resumed from the best weights, so they hold no recipe.
    saveBest: async ({ recipe: _, ...best }) => orThrow(await saveCheckpoint(run.best, best)),
    record: async (record) => {
      orThrow(await appendMetrics(run, record));
      if (board !== undefined) orThrow(await board.addEpoch(record));
      watch.onEpoch?.(record);
    },
    broken: async (problems) => orThrow(await broken.add(problems)),
    draw: async () => {
      if (performance.now() - drawn < DRAW_EVERY) return;
      await drawCurves(run, config);
      drawn = performance.now();
    },
  };
}

/** Measures the best weights on the test set, once, at the end of a finished run. */
async function conclude(
  { run, config, engine, dataset, start }: Execution,
  { meter, broken, board }: Pick<Keepers, "broken" | "board"> & { readonly meter: Meter },
  { finished, position }: LoopEnd,
): Promise<TrainOutcome> {
  const outcome = {
    folder: run.folder,
    finished,
    epochs: epochsOf(orThrow(await readMetrics(run))),
    classes: dataset.classes,
    ...defined({ best: position.best }),
  };
  if (!finished || dataset.test === undefined) return outcome;
  const { tensors } = orThrow(await loadCheckpoint(run.best, usingOf(config)));
  const state = engine.upload(orThrow(misfit(run.best, tensors, start.tensors)));
  const measured = await meter.measure(state, dataset.test);
  engine.free(state);
  const test = orThrow(measured);
  orThrow(await broken.add(test.broken ?? []));
  const { images, loss, top1, top5 } = test;
  orThrow(await appendMetrics(run, { test: { images, loss, top1, top5 } }));
  if (board !== undefined) orThrow(await board.addTest(test, position.step));
  return { ...outcome, test };
}

/** Whether the curves were last drawn before the last step came, or never. */
async function areBehind({ curves, steps }: RunFolder): Promise<boolean> {
  const writtenAt = (path: string): Promise<number> =>
    Deno.stat(path).then(({ mtime }) => mtime?.getTime() ?? NaN, () => NaN);
  return !(await writtenAt(curves) >= await writtenAt(steps));
}

/** Draws the curves of what a run has recorded. */
export async function drawCurves(run: RunFolder, config: RunConfig): Promise<void> {
  orThrow(await writeAtomic(run.curves, orThrow(await runCurves(run, config))));
}
