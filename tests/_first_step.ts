/**
 * The first training step of a network on an engine, to be compared with that of
 * another library. Gradients are read off the momentum that the step leaves when
 * there was none before.
 */
import {
  type Engine,
  initialParameters,
  initialState,
  type Plan,
  type Shape,
  type Tensors,
  trainingStep,
} from "../mod.ts";
import { normals, seedKey, split } from "../dsl/programs/random.ts";

/** The label smoothing of every step. */
export const SMOOTHING = 0.1;

const MOMENTUM = "@momentum/";

/** What a step is made of. */
export interface StepData {
  /** The network. */
  readonly plan: Plan;
  /** Images in the batch. */
  readonly batch: number;
  /** Parameters and running statistics. */
  readonly parameters: Tensors;
  /** The batch, NHWC. */
  readonly images: Float32Array;
  /** The images' classes, one-hot. */
  readonly targets: Float32Array;
}

/** What a step gives. */
export interface StepOutcome {
  /** The batch's mean loss. */
  readonly loss: number;
  /** The gradients, by their parameters' names. */
  readonly gradients: Tensors;
  /** The running statistics after the step. */
  readonly statistics: Tensors;
}

/** Random numbers that belong to a name. */
export function draws(label: string, count: number): Float32Array {
  return normals(split(seedKey(3), label), count);
}

/** Data for a step: random images, and parameters as after some training. */
export function stepData(plan: Plan, batch: number): StepData {
  const [classes = 0] = plan.output;
  const elements = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
  const targets = Float32Array.from({ length: batch * classes }, (_, i) => {
    const image = Math.floor(i / classes);
    return i % classes === image ** 2 % classes ? 1 : 0;
  });
  const images = draws("images", batch * elements(plan.input));
  return { plan, batch, parameters: trained(plan), images, targets };
}

/** No gamma is 1, no beta 0, no running statistic at its start. */
function trained(plan: Plan): Tensors {
  return new Map(
    [...initialParameters(plan, 1)].map(([name, { shape, data }]) => {
      const noise = draws(name, data.length);
      const moved = /(gamma|beta|bias|mean)$/.test(name)
        ? data.map((x, i) => x + 0.3 * (noise[i] ?? 0))
        : name.endsWith("variance")
        ? data.map((x, i) => 0.5 * x + (noise[i] ?? 0) ** 2)
        : data;
      return [name, { shape, data: moved }] as const;
    }),
  );
}

/** Runs the step on an engine. */
export async function firstStep(
  engine: Engine,
  { plan, batch, parameters, images, targets }: StepData,
): Promise<StepOutcome> {
  const optimizer = { kind: "sgd", momentum: 0.9, nesterov: false, weightDecay: 0 } as const;
  const graph = trainingStep(plan, { batch, optimizer, labelSmoothing: SMOOTHING });
  const program = engine.load(graph);
  const before = engine.upload(initialState(graph, parameters));
  const { outputs, state } = program.run(before, { images, targets, rate: Float32Array.of(0.1) });
  const [loss = NaN] = await outputs["loss"]?.() ?? [];
  const after = [...await engine.download(state)];
  for (const held of [before, state]) engine.free(held);
  program.dispose();
  return {
    loss,
    gradients: new Map(
      after.filter(([name]) => name.startsWith(MOMENTUM))
        .map(([name, tensor]) => [name.slice(MOMENTUM.length), tensor]),
    ),
    statistics: new Map(after.filter(([name]) => /\.(mean|variance)$/.test(name))),
  };
}
