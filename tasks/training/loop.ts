/**
 * The training loop. It goes through the epochs from wherever the run stands,
 * one batch after the other, measures and saves after each epoch and every few
 * minutes, and stops when it is asked to. Where a run is stopped makes no
 * difference to the weights that it ends with.
 */
import type { Engine } from "../../dsl/engines/engine.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import { threefry } from "../../dsl/random.ts";
import { type Result, right } from "../../dsl/result.ts";
import { batches } from "../data/batches.ts";
import { prefetch } from "../data/prefetch.ts";
import type { Checkpoint, Position } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import type { Measurement, Meter } from "./measure.ts";
import type { Prepared } from "./prepare.ts";
import type { EpochRecord } from "./record.ts";
import { learningRate } from "./schedule.ts";
import { Steps } from "./steps.ts";

/** What a step tells those who watch. */
export interface StepEvent {
  /** The epoch, from 1, and how many there are. */
  readonly epoch: number;
  /** How many epochs there are. */
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly batch: number;
  /** Steps in an epoch. */
  readonly batches: number;
  /** Steps done in all. */
  readonly step: number;
  /** Steps in the run. */
  readonly steps: number;
  /** Mean loss over the epoch so far. */
  readonly loss: number;
  /** Mean accuracy over the epoch so far. */
  readonly accuracy: number;
  /** Training images in a step. */
  readonly images: number;
}

/** What the loop needs of its surroundings. */
export interface LoopHooks {
  /** Called after each step. */
  readonly onStep?: (event: StepEvent) => void;
  /** Whether to stop: the step under way is finished and saved. */
  readonly interrupted?: () => boolean;
  /** Saves a checkpoint to go on from. */
  readonly save: (checkpoint: Checkpoint) => Promise<Result<void>>;
  /** Saves the best weights so far. */
  readonly saveBest: (checkpoint: Checkpoint) => Promise<Result<void>>;
  /** Takes an epoch's figures. */
  readonly record: (record: EpochRecord) => Promise<Result<void>>;
  /** Seconds after which a checkpoint is saved within an epoch. */
  readonly saveEvery: number;
}

/** A run on an engine. */
export interface LoopRun {
  /** Its configuration. */
  readonly config: RunConfig;
  /** What was found from it. */
  readonly prepared: Prepared;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** Who computes. */
  readonly engine: Engine;
  /** The training step. */
  readonly graph: Graph;
  /** Who measures. */
  readonly meter: Meter;
  /** Where the run stands. */
  readonly start: Checkpoint;
}

/** How a loop ended. */
export interface LoopEnd {
  /** Whether it went to its end, or was asked to stop. */
  readonly finished: boolean;
  /** Where it stands. */
  readonly position: Position;
}

/** Trains from where the run stands to its end, or until it is interrupted. */
export async function runLoop(run: LoopRun, hooks: LoopHooks): Promise<Result<LoopEnd>> {
  const { config, prepared, engine, meter, start } = run;
  const { recipe } = config;
  const { stepsPerEpoch, totalSteps } = prepared;
  const program = engine.load(run.graph);
  const seeded = run.graph.inputs.some(({ name }) => name === "seed");
  const steps = new Steps(engine, program, engine.upload(start.tensors));
  const epochs = Math.ceil(totalSteps / stepsPerEpoch);
  let position = start.position;

  const snapshot = async (): Promise<Checkpoint> => ({
    ...start,
    position,
    tensors: await engine.download(steps.state),
  });
  const save = async (): Promise<Result<void>> => {
    const sound = await steps.check();
    return sound._tag === "Left" ? sound : hooks.save(await snapshot());
  };
  const rateOf = (step: number) =>
    learningRate(recipe.schedule, { step, total: totalSteps, peak: recipe.rate });
  const settle = (result: { readonly loss: number; readonly accuracy: number } | undefined) => {
    if (result === undefined) return;
    position = {
      ...position,
      batch: position.batch + 1,
      step: position.step + 1,
      lossSum: position.lossSum + result.loss,
      accuracySum: position.accuracySum + result.accuracy,
    };
    hooks.onStep?.({
      epoch: position.epoch + 1,
      epochs,
      batch: position.batch,
      batches: stepsPerEpoch,
      step: position.step,
      steps: totalSteps,
      loss: position.lossSum / position.batch,
      accuracy: position.accuracySum / position.batch,
      images: recipe.batch,
    });
  };

  /** Goes through what is left of an epoch; gives whether it was interrupted. */
  const runEpoch = async (): Promise<Result<boolean>> => {
    const source = batches(prepared.train, {
      size: recipe.batch,
      classes: run.classes.length,
      key: prepared.dataKey,
      epoch: position.epoch,
      normalization: prepared.normalization,
      augment: recipe.augment,
      shuffle: true,
      last: "drop",
      start: position.batch,
    });
    if (source._tag === "Left") return source;
    let saved = performance.now();
    let step = position.step;
    for await (const { images, targets } of prefetch(source.right)) {
      if (step === totalSteps) break;
      const rate = Float32Array.of(rateOf(step));
      const seed = Float32Array.of(threefry(prepared.layerKey, step, 0)[0] >>> 8);
      const inputs = { images, targets, rate };
      const launched = await steps.launch(seeded ? { ...inputs, seed } : inputs);
      if (launched._tag === "Left") return launched;
      settle(launched.right);
      step++;
      const stop = hooks.interrupted?.() ?? false;
      const due = performance.now() - saved > hooks.saveEvery * 1000;
      if (!stop && !due) continue;
      const landed = await steps.land();
      if (landed._tag === "Left") return landed;
      settle(landed.right);
      const done = await save();
      if (done._tag === "Left") return done;
      if (stop) return right(true);
      saved = performance.now();
    }
    const landed = await steps.land();
    if (landed._tag === "Left") return landed;
    settle(landed.right);
    return right(false);
  };

  /** Measures, records and saves at an epoch's end. */
  const closeEpoch = async (began: number, firstBatch: number): Promise<Result<void>> => {
    const seconds = (performance.now() - began) / 1000;
    const sound = await steps.check();
    if (sound._tag === "Left") return sound;
    const measured: Result<Measurement | undefined> = prepared.validation === undefined
      ? right(undefined)
      : await meter.measure(steps.state, prepared.validation);
    if (measured._tag === "Left") return measured;
    const validation = measured.right;
    const { batch, step, lossSum, accuracySum } = position;
    const epoch = position.epoch + 1;
    const better = validation === undefined || position.best === undefined ||
      validation.top1 > position.best.accuracy;
    const best = validation !== undefined && better
      ? { epoch, accuracy: validation.top1 }
      : position.best;
    position = {
      epoch,
      batch: 0,
      step,
      lossSum: 0,
      accuracySum: 0,
      ...(best === undefined ? {} : { best }),
    };
    const checkpoint = await snapshot();
    if (better) {
      const kept = await hooks.saveBest(checkpoint);
      if (kept._tag === "Left") return kept;
    }
    const recorded = await hooks.record({
      epoch,
      step,
      rate: rateOf(step - 1),
      trainLoss: lossSum / batch,
      trainAccuracy: accuracySum / batch,
      ...(validation === undefined
        ? {}
        : { validationLoss: validation.loss, validationAccuracy: validation.top1 }),
      seconds,
      imagesPerSecond: (batch - firstBatch) * recipe.batch / seconds,
    });
    return recorded._tag === "Left" ? recorded : hooks.save(checkpoint);
  };

  try {
    while (position.step < totalSteps) {
      const began = performance.now();
      const firstBatch = position.batch;
      const epoch = await runEpoch();
      if (epoch._tag === "Left") return epoch;
      if (epoch.right) return right({ finished: false, position });
      const closed = await closeEpoch(began, firstBatch);
      if (closed._tag === "Left") return closed;
    }
    return right({ finished: true, position });
  } finally {
    steps.dispose();
    program.dispose();
  }
}
