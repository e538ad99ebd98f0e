/**
 * Training in memory: no run folder, no file and no permission, so in a page and in Node as in Deno.
 * What comes of it is a value, which can be asked and saved.
 */
import {
  COUNT,
  FUNCTION,
  needed,
  optional,
  OPTIONS,
  type WantedOf,
} from "../../dsl/problem/expect.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { hooksInMemory, type Ready, withoutFolder } from "./in_memory.ts";
import { runLoop } from "./loop.ts";
import { openMeter } from "./measure.ts";
import { graphsOf, partOf } from "./recipe.ts";
import type { EpochRecord } from "./record.ts";
import { EVENTS, OTHERS, REQUEST } from "./request.ts";
import type { TrainOutcome, TrainRequest, TrainStart, TrainWatch } from "./request.ts";

/** What to train: what `train` is asked for, but for a folder. */
export type FitRequest = Omit<TrainRequest, "out" | "masks">;

/** Who watches a training in memory. */
export interface FitWatch extends
  Pick<
    TrainWatch,
    "onStep" | "onEpoch" | "onNote" | "onBroken" | "onWarning" | "interrupted"
  > {
  /** Called once everything is ready. */
  readonly onStart?: (start: Omit<TrainStart, "folder">) => void;
  /** Who looks at the network as it learns. */
  readonly checkpoints?: CheckpointWatch;
}

/** Who looks at a network as it learns. */
export interface CheckpointWatch {
  /** Steps from one checkpoint to the next within an epoch; there is one at the end of each, too. */
  readonly every: number;
  /** Called with the training as it stands, which waits for it. */
  readonly take: (checkpoint: Checkpoint) => void | Promise<void>;
}

/** What a training in memory came to. */
export interface Fitted extends Omit<TrainOutcome, "folder"> {
  /**
   * The trained network: with the weights that were best on the images held out, or the last where
   * none are held out or the first epoch was not ended. `predict` takes it, `saveCheckpoint` writes
   * it.
   */
  readonly checkpoint: Checkpoint;
}

const WATCH: WantedOf<FitWatch> = { ...EVENTS, checkpoints: optional(OPTIONS) };
const CHECKPOINTS: WantedOf<CheckpointWatch> = { every: COUNT, take: FUNCTION };

/**
 * Trains a network in memory, step for step as {@link train} does in a run folder. It needs no
 * permission but what the data set and the engine need, and runs in a page and in Node too, there on
 * an engine of `./tfjs`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, orThrow } from "@netfold/netfold";
 * import { shapes } from "@netfold/netfold/data";
 * import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 * import { fit, predict } from "@netfold/netfold/train";
 *
 * const net = chain(conv(4, { kernel: 3, stride: 4 }), relu(), globalAveragePool(), dense(10));
 * const data = orThrow(shapes({ count: 40, testCount: 10 }));
 * const recipe = { epochs: 1, batch: 8, validation: 8 };
 * const { checkpoint } = orThrow(await fit({ net, data, recipe, backend: "cpu" }));
 * const answers = orThrow(await predict(checkpoint, data, { backend: "cpu" }));
 * assertEquals(answers.length, 10);
 * ```
 */
export function fit(request: FitRequest, watch: FitWatch = {}): Promise<Result<Fitted>> {
  return attempt(() => {
    needed(request, REQUEST, OTHERS);
    needed<object>(watch, WATCH);
    if (watch.checkpoints !== undefined) needed(watch.checkpoints, CHECKPOINTS);
    return withoutFolder(request, watch, (ready) => fitted(ready, watch));
  });
}

async function fitted(ready: Ready, watch: FitWatch): Promise<Fitted> {
  const { config, prepared, dataset, engine, start } = ready;
  const { recipe } = config;
  const how = { batch: partOf(recipe), normalization: prepared.normalization };
  const meter = openMeter(engine, prepared.plan, how);
  try {
    watch.onStart?.({
      config,
      engine: engine.description,
      images: prepared.train.count,
      validation: prepared.validation?.count ?? 0,
      step: 0,
      steps: prepared.totalSteps,
      ...defined({ from: config.from }),
    });
    let [best, last]: readonly (Checkpoint | undefined)[] = [];
    const epochs: EpochRecord[] = [];
    const loop = {
      ...{ config, prepared, engine, meter, start },
      optimizer: orThrow(optimizerOf(recipe.optimizer)),
      graphsOf: (plan: typeof prepared.plan) => graphsOf(plan, recipe, { gradients: true }),
    };
    const { finished, position } = await runLoop(loop, {
      ...hooksInMemory(watch),
      saveBest: (saved) => Promise.resolve(void (best = saved)),
      isDue: ({ steps }) => steps >= (watch.checkpoints?.every ?? Infinity),
      save: async (saved) => {
        const isNew = saved.position.step !== last?.position.step;
        last = saved;
        if (isNew) await watch.checkpoints?.take(saved);
      },
      record: (record) => {
        epochs.push(record);
        watch.onEpoch?.(record);
        return Promise.resolve();
      },
    });
    const checkpoint = best ?? last ?? start;
    const { classes, test: images } = dataset;
    const ended = { checkpoint, finished, epochs, classes, ...defined({ best: position.best }) };
    if (!finished || images === undefined) return ended;
    const state = engine.upload(checkpoint.tensors);
    try {
      return { ...ended, test: orThrow(await meter.measure(state, images)) };
    } finally {
      engine.free(state);
    }
  } finally {
    meter.dispose();
  }
}
