/**
 * The training loop. It goes through the epochs from wherever the run stands, one batch after the
 * other, measures and saves after each epoch and every now and then, and stops when it is asked to.
 * Where a run is stopped makes no difference to the weights that it ends with.
 */
import type { Engine } from "../../dsl/engines/engine.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import { orThrow, type Problem } from "../fp.ts";
import type { Optimizer } from "../../dsl/programs/optimizers/optimizer.ts";
import { threefry } from "../../dsl/programs/random.ts";
import { learningRate, rateInputs, type Schedule } from "../../dsl/programs/schedule.ts";
import { setBatches } from "../data/set_batches.ts";
import type { Checkpoint, Position } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import type { Measurement, Meter } from "./measure.ts";
import type { Prepared } from "./prepare.ts";
import type { EpochRecord } from "./record.ts";
import { type StepInputs, type StepResult, Steps } from "./steps.ts";

/** What a step tells those who watch. */
export interface StepEvent {
  /** The epoch, from 1. */
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
  readonly onStep: (event: StepEvent) => void;
  /** Whether to stop: the step under way is finished and saved. */
  readonly interrupted: () => boolean | Promise<boolean>;
  /** Saves a checkpoint to resume from. */
  readonly save: (checkpoint: Checkpoint) => Promise<void>;
  /** Saves the best weights so far. */
  readonly saveBest: (checkpoint: Checkpoint) => Promise<void>;
  /** Takes an epoch's figures. */
  readonly record: (record: EpochRecord) => Promise<void>;
  /** Takes note of images that could not be read, whose places in a batch are left empty. */
  readonly broken: (problems: readonly Problem[]) => Promise<void>;
  /** Draws the curves, once an epoch is recorded and saved. */
  readonly draw: () => Promise<void>;
  /** Seconds after which a checkpoint is saved within an epoch. */
  readonly saveEvery: number;
}

/** A run on an engine. */
export interface LoopRun {
  /** Its configuration. */
  readonly config: RunConfig;
  /** What was found from it. */
  readonly prepared: Prepared;
  /** The engine. */
  readonly engine: Engine;
  /** The training step. */
  readonly graph: Graph;
  /** What changes the parameters, and says which weights to measure. */
  readonly optimizer: Optimizer;
  /** What measures the weights. */
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

/**
 * Trains from where the run stands to its end, or until it is interrupted.
 *
 * @throws {ProblemError} When a number is not finite, or a hook fails.
 */
export async function runLoop(run: LoopRun, hooks: LoopHooks): Promise<LoopEnd> {
  const program = run.engine.load(run.graph);
  const steps = new Steps(run.engine, program, run.engine.upload(run.start.tensors));
  const loop = new Loop(run, hooks, steps);
  try {
    while (!loop.finished) {
      const began = performance.now();
      const firstBatch = loop.position.batch;
      if (await loop.trainEpoch() === "interrupted") break;
      await loop.closeEpoch({ seconds: (performance.now() - began) / 1000, firstBatch });
    }
    return { finished: loop.finished, position: loop.position };
  } finally {
    steps.dispose();
    program.dispose();
  }
}

class Loop {
  position: Position;
  readonly #run: LoopRun;
  readonly #hooks: LoopHooks;
  readonly #steps: Steps;
  /** The schedules of groups of parameters, by the inputs that are fed their rates. */
  readonly #schedules: ReadonlyMap<string, Schedule>;

  constructor(run: LoopRun, hooks: LoopHooks, steps: Steps) {
    this.#run = run;
    this.#schedules = rateInputs(run.graph.inputs);
    this.#hooks = hooks;
    this.#steps = steps;
    this.position = run.start.position;
  }

  /** Whether every step is done and the epoch they ended in is closed. */
  get finished(): boolean {
    return this.position.step === this.#run.prepared.totalSteps && this.position.batch === 0;
  }

  /** Goes through what is left of the epoch. */
  async trainEpoch(): Promise<"complete" | "interrupted"> {
    const { totalSteps } = this.#run.prepared;
    let step = this.position.step;
    let saved = performance.now();
    for await (const { images, targets, broken } of this.#batches()) {
      if (step === totalSteps) break;
      if (broken !== undefined) await this.#hooks.broken([...broken.values()]);
      this.#settle(await this.#steps.launch(this.#inputs(step, images, targets)));
      step++;
      const interrupted = await this.#hooks.interrupted();
      const due = performance.now() - saved > this.#hooks.saveEvery * 1000;
      if (!interrupted && !due) continue;
      this.#settle(await this.#steps.land());
      await this.#steps.check();
      await this.#hooks.save(await this.#snapshot());
      if (interrupted) return "interrupted";
      saved = performance.now();
    }
    this.#settle(await this.#steps.land());
    return "complete";
  }

  /** Measures, records and saves at the epoch's end. */
  async closeEpoch({ seconds, firstBatch }: {
    readonly seconds: number;
    readonly firstBatch: number;
  }): Promise<void> {
    await this.#steps.check();
    const { optimizer: { weights = (state) => state } } = this.#run;
    const measured = await this.#measure();
    if (measured?.broken !== undefined) await this.#hooks.broken(measured.broken);
    const { position } = this;
    const better = this.#openEpoch(measured);
    const checkpoint = await this.#snapshot();
    if (better) {
      await this.#hooks.saveBest({ ...checkpoint, tensors: weights(checkpoint.tensors) });
    }
    await this.#hooks.record({
      epoch: position.epoch + 1,
      step: position.step,
      rate: this.#rateOf(position.step - 1),
      trainLoss: position.lossSum / position.batch,
      trainAccuracy: position.accuracySum / position.batch,
      ...(measured === undefined
        ? {}
        : { validationLoss: measured.loss, validationAccuracy: measured.top1 }),
      seconds,
      imagesPerSecond: (position.batch - firstBatch) * this.#run.config.recipe.batch / seconds,
      engine: this.#run.engine.description,
    });
    await this.#hooks.save(checkpoint);
    await this.#hooks.draw();
  }

  /** Measures the weights on the held out images, if there are any. */
  async #measure(): Promise<Measurement | undefined> {
    const { prepared: { validation }, optimizer: { weights }, engine, meter } = this.#run;
    if (validation === undefined) return undefined;
    const { state } = this.#steps;
    if (weights === undefined) return orThrow(await meter.measure(state, validation));
    const shown = engine.upload(weights(await engine.download(state)));
    try {
      return orThrow(await meter.measure(shown, validation));
    } finally {
      engine.free(shown);
    }
  }

  /** Moves to the next epoch's beginning; gives whether these are the best weights so far. */
  #openEpoch(measured: Measurement | undefined): boolean {
    const { epoch, step, best } = this.position;
    const better = measured === undefined || best === undefined || measured.top1 > best.accuracy;
    const now = better && measured !== undefined
      ? { epoch: epoch + 1, accuracy: measured.top1 }
      : best;
    const next = { epoch: epoch + 1, step, batch: 0, lossSum: 0, accuracySum: 0 };
    this.position = now === undefined ? next : { ...next, best: now };
    return better;
  }

  /** Counts a settled step and reports it. */
  #settle(result: StepResult | undefined): void {
    if (result === undefined) return;
    const { batch, step, lossSum, accuracySum } = this.position;
    this.position = {
      ...this.position,
      batch: batch + 1,
      step: step + 1,
      lossSum: lossSum + result.loss,
      accuracySum: accuracySum + result.accuracy,
    };
    const { stepsPerEpoch, totalSteps } = this.#run.prepared;
    this.#hooks.onStep({
      epoch: this.position.epoch + 1,
      epochs: Math.ceil(totalSteps / stepsPerEpoch),
      batch: batch + 1,
      batches: stepsPerEpoch,
      step: step + 1,
      steps: totalSteps,
      loss: this.position.lossSum / (batch + 1),
      accuracy: this.position.accuracySum / (batch + 1),
      images: this.#run.config.recipe.batch,
    });
  }

  /** The batches of the epoch that are not done yet. */
  #batches() {
    const { prepared, config, start } = this.#run;
    return orThrow(setBatches(prepared.train, {
      size: config.recipe.batch,
      classes: start.classes.length,
      key: prepared.dataKey,
      epoch: this.position.epoch,
      normalization: prepared.normalization,
      augment: config.recipe.augment,
      shuffle: true,
      last: "drop",
      start: this.position.batch,
    }));
  }

  #inputs(step: number, images: Float32Array, targets: Float32Array): StepInputs {
    const rates = [...this.#schedules].map(([name, schedule]) =>
      [name, Float32Array.of(this.#rateOf(step, schedule))] as const
    );
    const rate = Float32Array.of(this.#rateOf(step));
    const inputs = { images, targets, rate, ...Object.fromEntries(rates) };
    if (!this.#run.graph.inputs.some(({ name }) => name === "seed")) return inputs;
    // 24 bits, which a float32 holds exactly.
    const [bits] = threefry(this.#run.prepared.layerKey, step, 0);
    return { ...inputs, seed: Float32Array.of(bits >>> 8) };
  }

  #rateOf(step: number, own?: Schedule): number {
    const { recipe: { schedule, rate } } = this.#run.config;
    return learningRate(own ?? schedule, {
      step,
      total: this.#run.prepared.totalSteps,
      peak: rate,
    });
  }

  async #snapshot(): Promise<Checkpoint> {
    const tensors = await this.#run.engine.download(this.#steps.state);
    return { ...this.#run.start, position: this.position, tensors };
  }
}
