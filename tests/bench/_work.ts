/** What netfold does as a contender: a training step, inference, or its whole training loop. */
import type { Engine, Program } from "../../dsl/engines/engine.ts";
import { initialState } from "../../dsl/graph/initial.ts";
import type { OptimizerOptions } from "../../dsl/graph/optimizer.ts";
import { inference, trainingStep } from "../../dsl/graph/programs.ts";
import { type Plan, plan } from "../../dsl/plan.ts";
import { orThrow } from "../../dsl/problem.ts";
import { seedKey, uniforms } from "../../dsl/random.ts";
import { sizeOf } from "../../dsl/shape.ts";
import { network } from "../../nets/zoo.ts";
import type { Dataset, Images } from "../../tasks/data/dataset.ts";
import { train } from "../../tasks/training/train.ts";
import type { Start } from "./_start.ts";

/** The paper's optimiser. */
const OPTIMIZER: OptimizerOptions = {
  kind: "sgd",
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  decay: "all",
};

/** Training steps on one batch, one at a time, each until its loss is known. */
export function stepper(
  engine: Engine,
  { plan, batch, parameters, images, targets }: Start,
): () => Promise<void> {
  const graph = trainingStep(plan, { batch, optimizer: OPTIMIZER });
  const program = engine.load(graph);
  const draws = graph.inputs.some(({ name }) => name === "seed");
  const seed = draws ? { seed: Float32Array.of(1) } : {};
  const inputs = { images, targets, rate: Float32Array.of(0.01), ...seed };
  let state = engine.upload(initialState(graph, parameters));
  return async () => {
    const { state: next, outputs } = program.run(state, inputs);
    await outputs.loss?.();
    engine.free(state);
    state = next;
  };
}

/** Inference on one batch, each time until the logits are known. */
export function answerer(
  engine: Engine,
  { plan, batch, parameters, images }: Start,
): () => Promise<void> {
  const program = engine.load(inference(plan, batch));
  const state = engine.upload(parameters);
  return async () => {
    const { state: same, outputs } = program.run(state, { images });
    await outputs.logits?.();
    engine.free(same);
  };
}

/** Seconds of the training loop, and those of them in which the engine was at work. */
export interface LoopTimes {
  readonly loop: number;
  readonly engine: number;
}

const WARM_UP = 2;

/**
 * Times steps of a whole training run, after a few to warm up: batches out of
 * order, cropped, mirrored and normalised, losses read and counted, as
 * `deno task train` does.
 */
export async function timeLoop(
  engine: Engine,
  { name, batch, steps }: { readonly name: string; readonly batch: number; readonly steps: number },
): Promise<LoopTimes> {
  const { net, input } = orThrow(network(name));
  // The loop launches a step before it settles the one before, so a window of steps needs one more.
  const all = WARM_UP + steps + 1;
  const data = noise(orThrow(plan(net, input)), all * batch);
  const clock = new Clock();
  let [begun, ended] = [{ loop: NaN, engine: NaN }, { loop: NaN, engine: NaN }];
  const folder = await Deno.makeTempDir();
  const recipe = {
    steps: all,
    batch,
    rate: 0.01,
    optimizer: OPTIMIZER,
    augment: { pad: 4, flip: true },
    validation: 0,
  };
  const watch = {
    engine: clock.times(engine),
    onStep: ({ step }: { readonly step: number }) => {
      if (step === WARM_UP) begun = clock.now();
      if (step === WARM_UP + steps) ended = clock.now();
    },
    saveEvery: Infinity,
  };
  orThrow(await train({ net, data, out: `${folder}/run`, recipe }, watch));
  await Deno.remove(folder, { recursive: true });
  return { loop: ended.loop - begun.loop, engine: ended.engine - begun.engine };
}

/** Random pixels of the network's size; the work that they make does not depend on what they show. */
function noise({ input, output }: Plan, count: number): Dataset {
  const [height = 0, width = 0, channels = 0] = input;
  const [classes = 0] = output;
  const images = (count: number): Images => ({
    count,
    shape: [height, width, channels],
    pixels: Uint8Array.from(uniforms(seedKey(2), count * sizeOf(input)), (x) => 256 * x),
    labels: Uint8Array.from({ length: count }, (_, i) => i % classes),
  });
  return {
    name: "noise",
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
    height,
    width,
    channels,
    train: images(count),
    test: images(1),
  };
}

/** Wall time, and how much of it an engine has been at work: from a run's start until what is read of it is there. */
class Clock {
  #spent = 0;
  #since = 0;
  #working = 0;

  /** Seconds since the process began, and seconds of work. */
  now(): LoopTimes {
    const now = performance.now();
    const working = this.#working > 0 ? now - this.#since : 0;
    return { loop: now / 1000, engine: (this.#spent + working) / 1000 };
  }

  /** The engine, timed. */
  times(engine: Engine): Engine {
    return {
      description: engine.description,
      backend: engine.backend,
      load: (graph) => this.#program(engine.load(graph)),
      upload: (tensors) => engine.upload(tensors),
      download: (state) => engine.download(state),
      free: (state) => engine.free(state),
      liveTensors: () => engine.liveTensors(),
      dispose: () => engine.dispose(),
    };
  }

  #program(program: Program): Program {
    return {
      graph: program.graph,
      run: (state, inputs) => {
        this.#enter();
        const { state: next, outputs } = program.run(state, inputs);
        this.#leave();
        const timed = Object.entries(outputs).map(([name, read]) => {
          return [name, () => {
            this.#enter();
            return read().finally(() => this.#leave());
          }] as const;
        });
        return { state: next, outputs: Object.fromEntries(timed) };
      },
      trace: (state, inputs) => program.trace(state, inputs),
      dispose: () => program.dispose(),
    };
  }

  #enter(): void {
    if (this.#working++ === 0) this.#since = performance.now();
  }

  #leave(): void {
    if (--this.#working === 0) this.#spent += performance.now() - this.#since;
  }
}
