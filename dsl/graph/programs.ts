/**
 * The programs that netfold makes of a plan: one that answers, one that
 * measures, one that trains. A training step is one pure function: (state,
 * images, targets, learning rate) -> (state', loss, accuracy).
 */
import { isTrainable, parametersOf } from "../interpreters/params.ts";
import type { Plan } from "../plan.ts";
import { GraphBuilder } from "./builder.ts";
import type { Graph } from "./graph.ts";
import { lower } from "./lower.ts";
import { type OptimizerOptions, updateParameter } from "./optimizer.ts";
import { gradients } from "./reverse.ts";
import { foldAffine, fuseActivations, fuseTrainingActivations, removeDead } from "./rewrite.ts";

/**
 * The program that answers: `images` of `[batch, ...input]` give `logits`.
 * Batch norms use their running statistics and are folded into the
 * convolution before them wherever nothing else reads it.
 */
export function inference(plan: Plan, batch: number): Graph {
  const graph = new GraphBuilder();
  const images = graph.input("images", [batch, ...plan.input]);
  const logits = lower(graph, plan, images, "inference");
  const program = graph.finish("inference", [{
    name: "logits",
    value: logits,
  }]);
  return fuseActivations(foldAffine(removeDead(program)));
}

/** Options of {@link trainingStep}. */
export interface TrainingOptions {
  /** Images per step. */
  readonly batch: number;
  /** How parameters are changed. */
  readonly optimizer: OptimizerOptions;
  /** The share of a target's weight that is spread evenly over all classes; 0 by default. */
  readonly labelSmoothing?: number;
}

/**
 * The program of one training step. Inputs: `images` of `[batch, ...input]`,
 * `targets` of `[batch, classes]` (distributions), `rate` (the learning rate)
 * and, when layers draw, `seed`. Outputs: `loss`, `accuracy`, `logits`. The
 * state holds parameters, running statistics and what the optimiser keeps.
 */
export function trainingStep(plan: Plan, options: TrainingOptions): Graph {
  const forward = fuseTrainingActivations(forwardPass(plan, options));
  const graph = GraphBuilder.continue(forward);
  const loss = forward.outputs.find(({ name }) => name === "loss")?.value ??
    NaN;
  const trained = parametersOf(plan).filter(isTrainable);
  const values = trained.map(({ path, shape }) => graph.state(path, shape));
  const slopes = gradients(graph, loss, values);
  const rate = graph.input("rate", []);
  trained.forEach((parameter, i) => {
    const value = values[i] ?? NaN;
    graph.at(parameter.path);
    const gradient = slopes.get(value) ?? NaN;
    updateParameter(graph, options.optimizer, parameter, {
      value,
      gradient,
      rate,
    });
  });
  return removeDead(graph.finish("training step", forward.outputs));
}

function forwardPass(
  plan: Plan,
  { batch, labelSmoothing = 0 }: TrainingOptions,
): Graph {
  const graph = new GraphBuilder();
  const images = graph.input("images", [batch, ...plan.input]);
  const logits = lower(graph, plan, images, "training");
  const targets = graph.input("targets", graph.shapeOf(logits));
  graph.at("loss");
  const smoothed = {
    op: "softmaxCrossEntropy",
    smoothing: labelSmoothing,
  } as const;
  const loss = graph.apply(smoothed, [logits, targets]);
  const accuracy = graph.apply({ op: "accuracy" }, [logits, targets]);
  return graph.finish("forward", [
    { name: "loss", value: loss },
    { name: "accuracy", value: accuracy },
    { name: "logits", value: logits },
  ]);
}
