/**
 * The programs that netfold makes of a plan: one that answers, one that measures, one that trains.
 * A training step is one pure function: (state, images, targets, learning rate) -> (state', loss,
 * accuracy).
 */
import { show } from "../problem/show.ts";
import { closest } from "../problem/suggest.ts";
import { sameShape } from "../net/shape.ts";
import { isTrainable, parametersOf } from "../plan/parameters.ts";
import { judged } from "../plan/fold.ts";
import {
  COUNT,
  expected,
  hasFields,
  listOf,
  misfit,
  oneOf,
  optionsOf,
  TEXT,
  type Wanted,
} from "../problem/expect.ts";
import type { Plan } from "../plan/plan.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
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
import {
  foldAffine,
  fuseActivations,
  fuseTrainingActivations,
  removeDead,
} from "../graph/rewrite.ts";

/**
 * The program that answers: `images` of `[batch, ...input]` give `logits`. Batch norms use their
 * running statistics and are folded into the convolution before them wherever nothing else reads
 * it.
 */
export function inference(plan: Plan, batch: number): Graph {
  const graph = new GraphBuilder();
  const images = imagesOf(graph, plan, batch);
  const logits = lower(graph, plan, images, "inference");
  const program = graph.finish("inference", [{ name: "logits", value: logits }]);
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
 * The program that answers and shows what is inside: `logits`, and an output for each tap, `[batch,
 * ...shape]`, all as at inference.
 *
 * @throws {ProblemError} When a tap's part is not one of the plan's.
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
  const { logits, shown } = tapped(graph, plan, batch, taps);
  const outputs = [...shown].map(([{ name }, value]) => ({ name, value }));
  const program = graph.finish("probe", [{ name: "logits", value: logits }, ...outputs]);
  return fuseActivations(foldAffine(removeDead(program)));
}

/** What {@link sensitivity} is asked for. */
export interface SensitivityOptions {
  /** The value whose gradient is wanted, weighted by the input `weights`; the logits by default. */
  readonly of?: Tap;
  /** With respect to what: values inside the network, or parameters by their names. */
  readonly wrt: readonly (Tap | string)[];
}

/**
 * The program that shows what an output depends on: `logits`, the value of every tap, and for each
 * of `wrt` its gradient, named `gradient.NAME`, all as at inference. What is differentiated is the
 * sum of `of` times the input `weights`, which has its shape, `[batch, ...shape]`: a 1 picks an
 * entry.
 *
 * @throws {ProblemError} When a tap's part or a parameter is not one of the plan's.
 * @example Grad-CAM: how much each channel of the last map speaks for a class
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leaves, orThrow, plan, sensitivity } from "@netfold/netfold";
 * import { attention20 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention20(), [32, 32, 3]));
 * const part = leaves(planned).findLast(({ output }) => output.length === 3) ?? planned;
 * const program = sensitivity(planned, 1, { wrt: [{ name: "map", part, side: "output" }] });
 * assertEquals(program.inputs.map(({ name }) => name), ["images", "weights"]);
 * assertEquals(program.outputs.map(({ name }) => name), ["logits", "map", "gradient.map"]);
 * ```
 */
export function sensitivity(plan: Plan, batch: number, options: SensitivityOptions): Graph {
  const { of, wrt } = optionsOf(options, { of: undefined, wrt: [] });
  expected(wrt, WRT, "wrt");
  const graph = new GraphBuilder();
  const taps = [
    ...(of === undefined ? [] : [of]),
    ...wrt.filter((value) => typeof value !== "string"),
  ];
  const { logits, shown } = tapped(graph, plan, batch, taps);
  const subject = of === undefined ? logits : shown.get(of) ?? NaN;
  const parameters = new Map(parametersOf(plan).map(({ path, shape }) => [path, shape]));
  const places = wrt.map((value) => {
    if (typeof value !== "string") return { name: value.name, value: shown.get(value) ?? NaN };
    const shape = parameters.get(value);
    if (shape === undefined) {
      const known = [...parameters.keys()];
      throw misfit(
        `the plan has no parameter ${value}`,
        value,
        "a parameter",
        closest(value, known, ""),
      );
    }
    return { name: value, value: graph.state(value, shape) };
  });
  const shape = graph.shapeOf(subject);
  const weighted = graph.apply({ op: "multiply" }, [subject, graph.input("weights", shape)]);
  const sum = graph.apply({ op: "sum", axes: shape.map((_, axis) => axis) }, [weighted]);
  const slopes = gradients(graph, sum, places.map(({ value }) => value));
  return removeDead(graph.finish("sensitivity", [
    { name: "logits", value: logits },
    ...[...shown].map(([{ name }, value]) => ({ name, value })),
    ...places.map(({ name, value }) => ({
      name: `gradient.${name}`,
      value: slopes.get(value) ?? NaN,
    })),
  ]));
}

/** The input of `[batch, ...input]`. */
function imagesOf(graph: GraphBuilder, plan: Plan, batch: number): ValueId {
  expected(batch, { ...COUNT, hint: "say how many images a run takes" });
  return graph.input("images", [batch, ...judged(plan).input]);
}

const SIDE = oneOf(["input", "output"]);
const TAP: Wanted = {
  fits: (value) =>
    hasFields(value, ["name", "part", "side"]) && TEXT.fits(value.name) && SIDE.fits(value.side),
  wanted: "a tap: { name, part, side }, the side input or output",
};
const TAPS = listOf(TAP);
const WRT = listOf({
  fits: (value) => TEXT.fits(value) || TAP.fits(value),
  wanted: "a tap or the name of a parameter",
});

/** Adds a network at inference, and gives the values at its taps. */
function tapped(graph: GraphBuilder, plan: Plan, batch: number, taps: readonly Tap[]) {
  const images = imagesOf(graph, plan, batch);
  expected(taps, TAPS);
  const shown = new Map<Tap, ValueId>();
  const logits = lower(graph, plan, images, "inference", (part, values) => {
    for (const tap of taps) if (tap.part === part) shown.set(tap, values[tap.side]);
  });
  const missing = taps.find((tap) => !shown.has(tap));
  if (missing !== undefined) {
    const wanted = "a part of this very plan";
    throw misfit(`the plan has no part for the tap ${missing.name}`, show(missing.part), wanted);
  }
  return { logits, shown };
}

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
