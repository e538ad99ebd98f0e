/**
 * The programs that netfold makes of a plan: one that answers, one that
 * measures, one that trains. A training step is one pure function: (state,
 * images, targets, learning rate) -> (state', loss, accuracy).
 */
import { isTrainable, parametersOf } from "../plan/parameters.ts";
import type { Plan } from "../plan/plan.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { lower } from "./lower.ts";
import { type OptimizerOptions, updateParameter } from "./optimizer.ts";
import { gradients } from "../graph/reverse.ts";
import {
  foldAffine,
  fuseActivations,
  fuseTrainingActivations,
  removeDead,
} from "../graph/rewrite.ts";

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

/** A value inside a network that is to be seen: what goes into a part, or what comes out of it. */
export interface Tap {
  /** The name of the program's output. */
  readonly name: string;
  /** The part, one of the plan's own. */
  readonly part: Plan;
  /** Which side of it. */
  readonly side: "input" | "output";
}

/**
 * The program that answers and shows what is inside: `logits`, and an output
 * for each tap, `[batch, ...shape]`, all as at inference.
 *
 * @throws {RangeError} When a tap's part is not one of the plan's.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leaves, orThrow, plan, probe } from "@netfold/netfold";
 * import { attention20 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention20(), [32, 32, 3]));
 * const attends = leaves(planned).filter((leaf) => leaf.kind === "fork" && leaf.merge === "attend");
 * const taps = attends.map((part, i) => ({ name: `after${i + 1}`, part, side: "output" } as const));
 * const program = probe(planned, 1, taps);
 * assertEquals(program.outputs.map(({ name }) => name), ["logits", "after1", "after2", "after3"]);
 * ```
 */
export function probe(plan: Plan, batch: number, taps: readonly Tap[]): Graph {
  const graph = new GraphBuilder();
  const images = graph.input("images", [batch, ...plan.input]);
  const found = new Map<string, ValueId>();
  const logits = lower(graph, plan, images, "inference", (part, values) => {
    for (const tap of taps) if (tap.part === part) found.set(tap.name, values[tap.side]);
  });
  const outputs = taps.map(({ name }) => {
    const value = found.get(name);
    if (value === undefined) throw new RangeError(`The plan has no part for the tap ${name}`);
    return { name, value };
  });
  const program = graph.finish("probe", [{ name: "logits", value: logits }, ...outputs]);
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
