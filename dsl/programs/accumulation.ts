/**
 * A training step whose batch comes in parts, one after the other: gradients are gathered over the
 * parts and the parameters change once, so that a step takes the memory of a part. It is the step
 * of the whole batch but for batch norms, which see a part at a time.
 */
import { add, multiply, scale } from "../graph/arithmetic.ts";
import type { Graph } from "../graph/graph.ts";
import { removeDead } from "../graph/rewrite.ts";
import type { Tensors } from "../graph/tensors.ts";
import { sizeOf } from "../net/shape.ts";
import type { Plan } from "../plan/plan.ts";
import { OPTIMIZER_PREFIX, type Trained } from "./optimizers/optimizer.ts";
import { backward, finishedStep, type TrainingOptions, trainingStep } from "./programs.ts";

/** The programs of a step. */
export interface StepGraphs {
  /** The program of the last part, which changes the parameters, or of the only one. */
  readonly step: Graph;
  /** The program of the parts before it, when there are any. */
  readonly gather?: Graph;
}

/** How the names begin of gathered gradients, which are nothing between steps. */
const GATHERED = `${OPTIMIZER_PREFIX}gathered/`;

/** The input that is 0 in the first part of a step and 1 in the others: what of gathered gradients is kept. */
export const KEPT = "kept";

/** The programs of a step of `parts` parts, each of `batch` images. */
export function stepGraphs(plan: Plan, options: TrainingOptions, parts: number): StepGraphs {
  if (parts === 1) return { step: trainingStep(plan, options) };
  const last = backward(plan, options);
  const trained = last.trained.map((one): Trained => {
    const { shape, path } = one.parameter;
    const before = last.graph.state(`${GATHERED}${path}`, shape);
    return {
      ...one,
      gradient: add(last.graph, before, scale(last.graph, one.gradient, 1 / parts)),
    };
  });
  const step = finishedStep("last part of a training step", plan, { ...last, trained });
  const { graph, outputs, trained: some } = backward(plan, options);
  const kept = graph.input(KEPT, []);
  for (const { parameter: { path, shape }, gradient } of some) {
    const before = multiply(graph, graph.state(`${GATHERED}${path}`, shape), kept);
    graph.update(`${GATHERED}${path}`, add(graph, before, scale(graph, gradient, 1 / parts)));
  }
  // What the optimiser keeps goes through unchanged.
  for (const { name, before } of step.state) graph.state(name, step.shapes[before] ?? []);
  return { step, gather: removeDead(graph.finish("part of a training step", outputs)) };
}

/** A state without gathered gradients, as it is kept between steps. */
export function withoutGathered(state: Tensors): Tensors {
  return new Map([...state].filter(([name]) => !name.startsWith(GATHERED)));
}

/** A state with gathered gradients of nothing, as the programs take it. */
export function withGathered({ step: { state, shapes } }: StepGraphs, tensors: Tensors): Tensors {
  const missing = state.filter(({ name }) => name.startsWith(GATHERED)).map(({ name, before }) => {
    const shape = shapes[before] ?? [];
    return [name, { shape, data: new Float32Array(sizeOf(shape)) }] as const;
  });
  return new Map([...tensors, ...missing]);
}
