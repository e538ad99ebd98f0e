/**
 * The program that trains. A training step is one pure function: (state, images, targets, learning
 * rate) -> (state', loss, accuracy).
 */
import { show } from "../problem/show.ts";
import { sameShape } from "../net/shape.ts";
import { isTrainable, parametersOf } from "../plan/parameters.ts";
import { expected, optionsOf } from "../problem/expect.ts";
import type { Plan } from "../plan/plan.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { imagesOf } from "./inference.ts";
import { lower } from "./lower.ts";
import { norm } from "../graph/compose.ts";
import { gradients } from "../graph/reverse.ts";
import { SIZES } from "../graph/attributes.ts";
import type { TensorShape } from "../graph/op.ts";
import type { Problem } from "../problem/problem.ts";
import { orThrow, ProblemError } from "../problem/throw.ts";
import type { Loss } from "./losses/loss.ts";
import { type AnyLoss, crossEntropy, lossOf } from "./losses/losses.ts";
import type { Optimizer, Trained } from "./optimizers/optimizer.ts";
import { optimizerOf } from "./optimizers/optimizers.ts";
import type { AnyOptimizer } from "./optimizers/options.ts";
import { updateOf } from "./optimizers/update.ts";
import { fuseTrainingActivations, removeDead } from "../graph/rewrite.ts";

/** Options of {@link trainingStep}. */
export interface TrainingOptions {
  /** Images per step. */
  readonly batch: number;
  /** How parameters are changed. */
  readonly optimizer: AnyOptimizer;
  /** What is made small; cross-entropy by default. */
  readonly loss?: AnyLoss;
  /** The smoothing of cross-entropy, when no loss is given; 0 by default. */
  readonly labelSmoothing?: number;
  /** Whether the program gives the gradient of every parameter that is trained, as `gradient.PATH`; not by default. */
  readonly gradients?: boolean;
}

/**
 * The program of one training step. Inputs: `images` of `[batch, ...input]`, `targets` of the
 * loss's shape (distributions of `[batch, classes]`), `rate` (the learning rate) and, when layers
 * draw, `seed`; another for every group of parameters with a schedule of its own. Outputs: `loss`,
 * `accuracy`, `logits` and, when they are asked for, gradients. The state holds parameters, running statistics and what the optimiser
 * keeps.
 *
 * @throws {ProblemError} When the loss or the optimiser is not one, or the loss does not take the
 * logits.
 */
export function trainingStep(plan: Plan, options: TrainingOptions): Graph {
  return finishedStep("training step", plan, backward(plan, options));
}

/** A training step on its way: the loss and its gradients, and what is to use them. */
export interface Backward {
  readonly graph: GraphBuilder;
  readonly outputs: Graph["outputs"];
  readonly trained: readonly Trained[];
  readonly optimizer: Optimizer;
  /** Whether the program gives the gradients. */
  readonly gradients: boolean;
}

/** Begins a training step. */
export function backward(plan: Plan, options: TrainingOptions): Backward {
  const read = optionsOf(options, TRAINING);
  const { batch, labelSmoothing, optimizer: given, loss: asked } = read;
  const optimizer = orThrow(optimizerOf(given));
  if (asked !== undefined && labelSmoothing !== 0) throw new ProblemError([SMOOTHED_BESIDE]);
  const loss = orThrow(lossOf(asked ?? crossEntropy({ smoothing: labelSmoothing })));
  const forward = fuseTrainingActivations(forwardPass(plan, batch, loss));
  const graph = GraphBuilder.continue(forward);
  const scalar = forward.outputs.find(({ name }) => name === "loss")?.value ?? NaN;
  const parameters = parametersOf(plan).filter(isTrainable);
  const values = parameters.map(({ path, shape }) => graph.state(path, shape));
  const slopes = gradients(graph, scalar, values);
  const trained = parameters.map((parameter, i): Trained => {
    const value = values[i] ?? NaN;
    return { parameter, value, gradient: slopes.get(value) ?? NaN };
  });
  return { graph, outputs: forward.outputs, trained, optimizer, gradients: read.gradients };
}

/** Ends a training step with the update of the plan's parameters. */
export function finishedStep(name: string, plan: Plan, begun: Backward): Graph {
  const { graph, outputs, trained, optimizer, gradients: asked } = begun;
  const next = updateOf(graph, plan, optimizer, trained);
  trained.forEach(({ parameter: { path } }, i) => graph.update(path, next[i] ?? NaN));
  const named = trained.map(({ parameter, gradient }) => ({
    name: `${GRADIENT}${parameter.path}`,
    value: gradient,
  }));
  return removeDead(graph.finish(name, [...outputs, ...(asked ? named : [])]));
}

/** How the names of outputs begin that are gradients. */
const GRADIENT = "gradient.";

/**
 * A training step that gives, in the place of its gradients, `gradientNorm`: the common norm of
 * those by which a parameter changes, before anything is done to them. The others need not be
 * computed.
 */
export function withGradientNorm(step: Graph): Graph {
  const moving = new Set(
    step.state.flatMap(({ name, before, after }) => before === after ? [] : [GRADIENT + name]),
  );
  const graph = GraphBuilder.continue(step);
  const slopes = step.outputs.filter(({ name }) => moving.has(name)).map(({ value }) => value);
  graph.at("gradientNorm");
  const others = step.outputs.filter(({ name }) => !name.startsWith(GRADIENT));
  const outputs = [...others, { name: "gradientNorm", value: norm(graph, ...slopes) }];
  return removeDead(graph.finish(step.name, outputs));
}

const TRAINING = {
  batch: NaN,
  optimizer: undefined,
  loss: undefined,
  labelSmoothing: 0,
  gradients: false,
} as const;

function forwardPass(plan: Plan, batch: number, loss: Loss): Graph {
  const graph = new GraphBuilder();
  const images = imagesOf(graph, plan, batch);
  const logits = lower(graph, plan, images, "training");
  const shape = graph.shapeOf(logits);
  const wanted = loss.targets === undefined ? shape : loss.targets(shape);
  if (wanted === undefined) throw new ProblemError([notTaken(loss.kind, shape)]);
  const targets = graph.input("targets", expected(wanted, SIZES, "loss.targets"));
  graph.at("loss");
  const value = loss.build(graph, logits, targets);
  if (!isScalar(graph, value)) throw new ProblemError([notAScalar(loss.kind, "loss", value)]);
  const vectors = shape.length === 2 && sameShape(wanted, shape);
  const accuracy = loss.accuracy?.(graph, logits, targets) ??
    (vectors && loss.accuracy === undefined
      ? graph.apply({ op: "accuracy" }, [logits, targets])
      : undefined);
  if (loss.accuracy !== undefined && !isScalar(graph, accuracy)) {
    throw new ProblemError([notAScalar(loss.kind, "accuracy", accuracy)]);
  }
  return graph.finish("forward", [
    { name: "loss", value },
    ...(accuracy === undefined ? [] : [{ name: "accuracy", value: accuracy }]),
    { name: "logits", value: logits },
  ]);
}

/** Whether what a user's function gave is a scalar of the program. */
function isScalar(graph: GraphBuilder, value: unknown): boolean {
  return typeof value === "number" && graph.has(value) && graph.shapeOf(value).length === 0;
}

const SMOOTHED_BESIDE: Problem = {
  path: "labelSmoothing",
  layer: "option",
  code: "misplaced-option",
  rule: "label smoothing belongs to the loss when one is given",
  got: "label smoothing, and a loss",
  wanted: "one of the two",
  hint: "give crossEntropy({ smoothing }), or leave the loss out",
};

function notTaken(loss: string, shape: TensorShape): Problem {
  return {
    path: "loss",
    layer: "option",
    code: "logits-do-not-fit",
    rule: `the loss ${loss} must take the network's output`,
    got: `[${shape.join(", ")}], the batch first`,
    wanted: loss === "cross-entropy-per-position" ? "maps of logits" : "a vector of logits",
    hint: "use a loss for such an output, or end the network in another layer",
  };
}

function notAScalar(loss: string, what: "loss" | "accuracy", given: unknown): Problem {
  return {
    path: "loss",
    layer: "option",
    code: `${what}-not-scalar`,
    rule: `a loss must build one number${what === "loss" ? "" : " as its accuracy"}`,
    got: `${loss}, which builds something else: ${show(given)}`,
    wanted: "a value of shape [] of the program",
    hint: "sum over all axes, and return the value",
  };
}
