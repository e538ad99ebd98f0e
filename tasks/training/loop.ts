/**
 * The training loop. It goes through the epochs from wherever the run stands, one batch after the
 * other, measures and saves after each epoch and every now and then, and stops when it is asked to.
 * Where a run is stopped makes no difference to the weights that it ends with.
 */
import type { Engine, Program } from "../../dsl/engines/engine.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow, type Problem, ProblemError } from "../fp.ts";
import type { Optimizer } from "../../dsl/programs/optimizers/optimizer.ts";
import { withGradientNorm } from "../../dsl/programs/training_step.ts";
import {
  KEPT,
  type StepGraphs,
  withGathered,
  withoutGathered,
} from "../../dsl/programs/accumulation.ts";
import { threefry } from "../../dsl/programs/random.ts";
import type { Schedule, ScheduleName } from "../../dsl/programs/schedule.ts";
import { learningRate, rateInputs } from "../../dsl/programs/schedule.ts";
import type { Batch } from "../data/batches.ts";
import { setBatches } from "../data/set_batches.ts";
import type { StepRecord } from "../files/steps.ts";
import { batchOptions } from "./batch_options.ts";
import type { Checkpoint, Position } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import type { Measurement, Meter } from "./measure.ts";
import { factorOf, isStale, loweredAfter } from "./patience.ts";
import type { Prepared } from "./prepare.ts";
import type { EpochRecord } from "./record.ts";
import { type StepInputs, type StepResult, Steps } from "./steps.ts";
import { readClasses } from "./unread_classes.ts";

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
  /** The step's own figures; PyTorch tells of several steps at a time, and not of each. */
  readonly record?: StepRecord;
}

export interface LoopHooks {
  readonly onStep: (event: StepEvent) => void;
  /** Keeps a step's figures, which are on the disk before the next checkpoint is. */
  readonly keep: (record: StepRecord) => void;
  /** Whether to stop: the step under way is finished and saved. */
  readonly interrupted: () => boolean | Promise<boolean>;
  readonly save: (checkpoint: Checkpoint) => Promise<void>;
  readonly saveBest: (checkpoint: Checkpoint) => Promise<void>;
  readonly record: (record: EpochRecord) => Promise<void>;
  /** Takes note of images that could not be read, whose places in a batch are left empty. */
  readonly broken: (problems: readonly Problem[]) => Promise<void>;
  /** May draw the curves, once an epoch is recorded and saved. */
  readonly draw: () => Promise<void>;
  /** Whether to save within an epoch, by what was done since it was saved or begun. */
  readonly isDue: (since: { readonly steps: number; readonly seconds: number }) => boolean;
}

export interface LoopRun {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly engine: Engine;
  /** The programs of a training step on images of a size; the one that changes parameters gives the gradients. */
  readonly graphsOf: (plan: Plan) => StepGraphs;
  /** What changes the parameters, and says which weights to measure. */
  readonly optimizer: Optimizer;
  /** What measures held out images; without it nothing is measured. */
  readonly meter?: Meter;
  readonly start: Checkpoint;
  /** The rate of each step, from 0, in place of the recipe's and of every schedule. */
  readonly rates?: (step: number) => number;
}

export interface LoopEnd {
  readonly finished: boolean;
  readonly position: Position;
}

/** The network on the images of a step. */
function planAt({ parts, plan }: Prepared, step: number): Plan {
  return parts.find(({ end }) => step < end)?.plan ?? plan;
}

/**
 * Trains from where the run stands to its end, or until it is interrupted.
 *
 * @throws {ProblemError} When a number is not finite, or a hook fails.
 */
export async function runLoop(run: LoopRun, hooks: LoopHooks): Promise<LoopEnd> {
  const { config: { recipe }, prepared, engine, graphsOf, optimizer, meter, start, rates } = run;
  const { totalSteps, stepsPerEpoch } = prepared;
  const { accumulate: parts = 1 } = recipe;
  const begun = parts === 1 ? start.tensors : withGathered(graphsOf(prepared.plan), start.tensors);
  const steps = new Steps(engine, engine.upload(begun));
  let position = start.position;
  /** When the last step was done, or this process turned to training again. */
  let since = performance.now();
  /** The step's programs in their order, on the images of the present part of the run. */
  let present: { readonly plan: Plan; readonly programs: readonly Program[] } | undefined;

  /** Whether every step is done, or more would not help, and the epoch they ended in is closed. */
  const isFinished = (): boolean =>
    position.batch === 0 && (position.step === totalSteps || isStale(position, recipe));

  const rateOf = (step: number, schedule: Schedule | ScheduleName = recipe.schedule): number =>
    rates?.(step) ??
      factorOf(position, recipe) *
        learningRate(schedule, { step, total: totalSteps, peak: recipe.rate });

  const giveBack = (): void => new Set(present?.programs).forEach((program) => program.dispose());

  /** The programs of a step; those of the part before are given back, once what they run is done. */
  const programsOf = async (step: number): Promise<readonly Program[]> => {
    const plan = planAt(prepared, step);
    if (present?.plan === plan) return present.programs;
    settle(await steps.land());
    // What comes later is then not these programs' fault, and they need not be traced.
    await steps.check();
    giveBack();
    const { gather, step: last } = graphsOf(plan);
    const part = gather && engine.load(gather);
    const each = part === undefined ? [] : Array.from({ length: parts }, () => part);
    present = { plan, programs: [...each, engine.load(withGradientNorm(last))] };
    return present.programs;
  };

  /** What the program of a part of a step is fed. */
  const inputsOf = (
    { inputs: wanted }: Graph,
    { step, part }: { readonly step: number; readonly part: number },
    batch: Pick<Batch, "images" | "targets">,
  ): StepInputs => {
    const own = (of: Float32Array) => {
      const size = of.length / parts;
      return of.subarray(part * size, (part + 1) * size);
    };
    const rates = [...rateInputs(wanted)].map(([name, schedule]) =>
      [name, Float32Array.of(rateOf(step, schedule))] as const
    );
    // 24 bits, which a float32 holds exactly.
    const [bits] = threefry(prepared.layerKey, step, part);
    const all = new Map([
      ["images", own(batch.images)],
      ["targets", own(batch.targets)],
      ["rate", Float32Array.of(rateOf(step))],
      ["seed", Float32Array.of(bits >>> 8)],
      [KEPT, Float32Array.of(part === 0 ? 0 : 1)],
      ...rates,
    ]);
    return Object.fromEntries(wanted.flatMap(({ name }) => {
      const numbers = all.get(name);
      return numbers === undefined ? [] : [[name, numbers] as const];
    }));
  };

  const snapshot = async (): Promise<Checkpoint> => ({
    ...start,
    tensors: withoutGathered(await engine.download(steps.state)),
    position,
  });

  const settle = (result: StepResult | undefined): void => {
    if (result === undefined) return;
    const batch = position.batch + 1;
    const step = position.step + 1;
    const epoch = position.epoch + 1;
    const lossSum = position.lossSum + result.loss;
    const accuracySum = position.accuracySum + result.accuracy;
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    const { accuracy, ...measured } = result;
    const record = {
      ...{ step, epoch, ...measured, rate: rateOf(step - 1), seconds },
      ...(Number.isFinite(accuracy) && { accuracy }),
    };
    position = { ...position, batch, step, lossSum, accuracySum };
    hooks.keep(record);
    hooks.onStep({
      epoch,
      epochs: Math.ceil(totalSteps / stepsPerEpoch),
      batch,
      batches: stepsPerEpoch,
      step,
      steps: totalSteps,
      loss: lossSum / batch,
      accuracy: accuracySum / batch,
      images: recipe.batch,
      record,
    });
  };

  const trainEpoch = async (): Promise<"complete" | "interrupted"> => {
    const classes = start.classes.length;
    const left = orThrow(
      setBatches(prepared.train, batchOptions(recipe, prepared, { classes, position })),
    );
    let { step } = position;
    let saved = { step, time: performance.now() };
    since = saved.time;
    const read = readClasses(prepared.train);
    for await (const batch of left) {
      if (step === totalSteps) break;
      if (batch.broken !== undefined) await hooks.broken([...batch.broken.values()]);
      read.add(batch);
      const programs = await programsOf(step);
      settle(
        await steps.launch(...programs.map((program, part) => ({
          program,
          inputs: inputsOf(program.graph, { step, part }, batch),
        }))),
      );
      step++;
      const interrupted = await hooks.interrupted();
      const seconds = (performance.now() - saved.time) / 1000;
      const due = hooks.isDue({ steps: step - saved.step, seconds });
      if (!interrupted && !due) continue;
      settle(await steps.land());
      await steps.check();
      await hooks.save(await snapshot());
      if (interrupted) return "interrupted";
      saved = { step, time: performance.now() };
      since = saved.time;
    }
    settle(await steps.land());
    const unread = read.problems();
    if (unread.length > 0) throw new ProblemError(unread);
    return "complete";
  };

  /** Measures the weights on the held out images, if there are any. */
  const measure = async (): Promise<Measurement | undefined> => {
    const { validation } = prepared;
    if (validation === undefined || meter === undefined) return undefined;
    if (optimizer.weights === undefined) {
      return orThrow(await meter.measure(steps.state, validation, { drawn: true }));
    }
    const shown = engine.upload(optimizer.weights(await engine.download(steps.state)));
    try {
      return orThrow(await meter.measure(shown, validation, { drawn: true }));
    } finally {
      engine.free(shown);
    }
  };

  /** Measures, records and saves at the epoch's end, and moves to the next one's beginning. */
  const closeEpoch = async (seconds: number, firstBatch: number): Promise<void> => {
    await steps.check();
    const measured = await measure();
    if (measured?.broken !== undefined) await hooks.broken(measured.broken);
    const { step, batch, lossSum, accuracySum, best } = position;
    const epoch = position.epoch + 1;
    const better = measured === undefined || best === undefined || measured.top1 > best.accuracy;
    const now = better && measured ? { epoch, accuracy: measured.top1 } : best;
    const cut = batch < stepsPerEpoch ? { batch, lossSum, accuracySum } : undefined;
    const rate = rateOf(step - 1);
    const lowered = recipe.plateau && loweredAfter(position.lowered, better, recipe.plateau);
    const places = defined({ best: now, cut, lowered });
    position = { epoch, step, batch: 0, lossSum: 0, accuracySum: 0, ...places };
    const checkpoint = await snapshot();
    const { weights = (state) => state } = optimizer;
    if (better) await hooks.saveBest({ ...checkpoint, tensors: weights(checkpoint.tensors) });
    await hooks.record({
      epoch,
      step,
      rate,
      trainLoss: lossSum / batch,
      trainAccuracy: accuracySum / batch,
      ...(measured && { validationLoss: measured.loss, validationAccuracy: measured.top1 }),
      ...(lowered && { lowered: lowered.times }),
      seconds,
      imagesPerSecond: (batch - firstBatch) * recipe.batch / seconds,
      engine: engine.description,
    });
    await hooks.save(checkpoint);
    await hooks.draw();
  };

  try {
    while (!isFinished()) {
      const began = performance.now();
      const firstBatch = position.batch;
      if (await trainEpoch() === "interrupted") break;
      await closeEpoch((performance.now() - began) / 1000, firstBatch);
    }
    return { finished: isFinished(), position };
  } finally {
    steps.dispose();
    giveBack();
  }
}
