/**
 * A training step whose batch comes in parts, one after the other: gradients are gathered over the
 * parts, and then the parameters change once, so that a step takes the memory of a part. It is the
 * step of the whole batch but for batch norms, which see a part at a time.
 */
import { add, multiply, scale } from "../graph/arithmetic.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { removeDead } from "../graph/rewrite.ts";
import type { Tensors } from "../graph/tensors.ts";
import { sizeOf } from "../net/shape.ts";
import type { Plan } from "../plan/plan.ts";
import { OPTIMIZER_PREFIX, type Trained } from "./optimizers/optimizer.ts";
import { backward, finishedStep, type TrainingOptions, trainingStep } from "./training_step.ts";

/** The programs of a step. */
export interface StepGraphs {
  /** The program of each part, which gathers gradients, when there are several. */
  readonly gather?: Graph;
  /** The program that changes the parameters: that of the whole batch, or what comes after the parts. */
  readonly step: Graph;
}

/** How the names begin of gathered gradients, which are nothing between steps. */
const GATHERED = `${OPTIMIZER_PREFIX}gathered/`;

/** The input that is 0 in the first part of a step and 1 in the others: what of gathered gradients is kept. */
export const KEPT = "kept";

/** The programs of a step of `parts` parts, each of `batch` images. */
export function stepGraphs(plan: Plan, options: TrainingOptions, parts: number): StepGraphs {
  if (parts === 1) return { step: trainingStep(plan, options) };
  const begun = backward(plan, options);
  const { graph, outputs, trained } = begun;
  const kept = graph.input(KEPT, []);
  for (const { parameter: { path, shape }, gradient } of trained) {
    const before = multiply(graph, graph.state(`${GATHERED}${path}`, shape), kept);
    graph.update(`${GATHERED}${path}`, add(graph, before, scale(graph, gradient, 1 / parts)));
  }
  const gather = graph.finish("part of a training step", outputs);
  const own = new GraphBuilder();
  const gathered = trained.map(({ parameter }): Trained => ({
    parameter,
    value: own.state(parameter.path, parameter.shape),
    gradient: own.state(`${GATHERED}${parameter.path}`, parameter.shape),
  }));
  const rest = { ...begun, graph: own, outputs: [], trained: gathered };
  const step = finishedStep("end of a training step", plan, rest);
  return { gather: through(gather, step), step: through(step, gather) };
}

/** A program through which another's state goes unchanged where it has none of its own. */
function through(graph: Graph, { state, shapes }: Graph): Graph {
  const builder = GraphBuilder.continue(graph);
  for (const { name, before } of state) builder.state(name, shapes[before] ?? []);
  return removeDead(builder.finish(graph.name, graph.outputs));
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
