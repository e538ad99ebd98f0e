/** What netfold does as a contender: a training step, inference, or its whole training loop. */
import type { Engine } from "../../dsl/engines/engine.ts";
import { initialState } from "../../dsl/programs/initial.ts";
import type { OptimizerOptions } from "../../dsl/programs/optimizers/options.ts";
import { inference } from "../../dsl/programs/inference.ts";
import { trainingStep } from "../../dsl/programs/training_step.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { seedKey, uniforms } from "../../dsl/programs/random.ts";
import { sizeOf } from "../../dsl/net/shape.ts";
import { network } from "../../nets/zoo.ts";
import type { Dataset, Images } from "../../tasks/data/dataset.ts";
import { Steps } from "../../tasks/training/steps.ts";
import { train } from "../../tasks/training/train.ts";
import { Clock, type Times } from "./_clock.ts";
import type { Start } from "./_start.ts";

/** The paper's optimiser. */
export const OPTIMIZER: OptimizerOptions = {
  kind: "sgd",
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  decay: "all",
};

/** Something that is done again and again. */
export interface Work {
  /** Does it once more; what it gives need not have arrived. */
  readonly run: () => Promise<unknown>;
  /** Waits for everything. */
  readonly finish: () => Promise<unknown>;
}

/** Seconds that some runs take. */
export async function timed({ run, finish }: Work, runs: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < runs; i++) await run();
  await finish();
  return (performance.now() - start) / 1000;
}

/** Training steps on one batch, as the training loop takes them: each loss is read while the next step is computed. */
export function stepping(
  engine: Engine,
  { plan, batch, parameters, images, targets }: Start,
): Work {
  const graph = trainingStep(plan, { batch, optimizer: OPTIMIZER });
  const draws = graph.inputs.some(({ name }) => name === "seed");
  const seed = draws ? { seed: Float32Array.of(1) } : {};
  const inputs = { images, targets, rate: Float32Array.of(0.01), ...seed };
  const program = engine.load(graph);
  const steps = new Steps(engine, engine.upload(initialState(graph, parameters)));
  return { run: () => steps.launch({ program, inputs }), finish: () => steps.land() };
}

/** Inference on one batch, each time until the logits are known. */
export function answering(
  engine: Engine,
  { plan, batch, parameters, images }: Start,
): Work {
  const program = engine.load(inference(plan, batch));
  const state = engine.upload(parameters);
  const run = async () => {
    const { state: same, outputs } = program.run(state, { images });
    await outputs.logits?.();
    engine.free(same);
  };
  return { run, finish: () => Promise.resolve() };
}

const WARM_UP = 2;
/** Seconds of a day, within which no checkpoint is saved. */
const DAY = 86_400;

/**
 * Seconds that steps of a whole training run take, after a few to warm up, and
 * those of them in which the engine was at work: batches out of order, cropped,
 * mirrored and normalised, losses counted, as in `deno task train`.
 */
export async function timedLoop(
  engine: Engine,
  { name, batch, steps }: { readonly name: string; readonly batch: number; readonly steps: number },
): Promise<Times> {
  const { net, input } = orThrow(network(name));
  // The last step is settled when the loop ends, not when another has been launched.
  const all = WARM_UP + steps + 1;
  const data = noise(orThrow(plan(net, input)), all * batch);
  const folder = await Deno.makeTempDir();
  const recipe = {
    steps: all,
    batch,
    rate: 0.01,
    optimizer: OPTIMIZER,
    augment: { pad: 4, flip: true },
    validation: 0,
  };
  const clock = new Clock();
  const settled: Times[] = [];
  const watch = {
    onStep: () => void settled.push(clock.now()),
    saveEvery: DAY,
  };
  orThrow(
    await train({ net, data, out: `${folder}/run`, recipe, engine: clock.watch(engine) }, {
      ...watch,
      log: false,
    }),
  );
  await Deno.remove(folder, { recursive: true });
  const [first, last] = [WARM_UP, WARM_UP + steps].map((step) => settled[step - 1]);
  if (first === undefined || last === undefined) throw new Error("the run ended early");
  return { all: last.all - first.all, work: last.work - first.work };
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
