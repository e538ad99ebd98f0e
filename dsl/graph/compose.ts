/**
 * Functions composed of the operations: what losses, optimisers and layers use,
 * with the gradients of their parts.
 */
import {
  abs,
  add,
  axesOf,
  divide,
  exp,
  log,
  max,
  maximum,
  minimum,
  multiply,
  relu,
  reshape,
  scale,
  shift,
  sigmoid,
  spread,
  sqrt,
  square,
  subtract,
  sum,
} from "./arithmetic.ts";
import { type GraphBuilder, judgedBuilder } from "./builder.ts";
import type { ValueId } from "./graph.ts";
import type { TensorShape } from "./op.ts";
import { sameShape, sizeOf } from "../net/shape.ts";
import { AXES, expected, optionsOf, SHAPE } from "../problem/expect.ts";

/**
 * The mean over axes, over all unless told otherwise; they are dropped.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { GraphBuilder, mean } from "@netfold/netfold/graph";
 *
 * const graph = new GraphBuilder();
 * const x = graph.input("x", [4, 3]);
 * assertEquals(graph.shapeOf(mean(graph, x)), []);
 * assertEquals(graph.shapeOf(mean(graph, x, [0])), [3]);
 * ```
 */
export function mean(
  graph: GraphBuilder,
  x: ValueId,
  axes: readonly number[] = axesOf(graph, x),
): ValueId {
  const shape = judgedBuilder(graph).shapeOf(x);
  const count = sizeOf(expected(axes, AXES).map((axis) => shape[axis] ?? 1));
  return scale(graph, sum(graph, x, axes), 1 / count);
}

/** The mean of each channel's square distance from its mean, over axes, over all unless told otherwise. */
export function variance(
  graph: GraphBuilder,
  x: ValueId,
  axes: readonly number[] = axesOf(graph, x),
): ValueId {
  const centre = spread(graph, mean(graph, x, axes), { axes, shape: graph.shapeOf(x) });
  return mean(graph, square(graph, subtract(graph, x, centre)), axes);
}

/** `x` held between two numbers. */
export function clamp(
  graph: GraphBuilder,
  x: ValueId,
  limits: { readonly least?: number; readonly most?: number },
): ValueId {
  const { least, most } = optionsOf(limits, { least: -Infinity, most: Infinity });
  judgedBuilder(graph).shapeOf(x);
  const raised = least === -Infinity ? x : maximum(graph, x, graph.constant(least, []));
  return most === Infinity ? raised : minimum(graph, raised, graph.constant(most, []));
}

/** `x` times the share of a normal distribution below it (Hendrycks and Gimpel, 2016), exact. */
export function gelu(graph: GraphBuilder, x: ValueId): ValueId {
  return judgedBuilder(graph).apply({ op: "gelu" }, [x]);
}

/** `x * sigmoid(x)`, also called swish. */
export function silu(graph: GraphBuilder, x: ValueId): ValueId {
  return multiply(graph, x, sigmoid(graph, x));
}

/** `log(1 + exp(x))`, without overflow. */
export function softplus(graph: GraphBuilder, x: ValueId): ValueId {
  const rest = log(graph, shift(graph, exp(graph, scale(graph, abs(graph, x), -1)), 1));
  return add(graph, relu(graph, x), rest);
}

/** `log(sum(exp(x)))` over axes, over all unless told otherwise, without overflow; they are dropped. */
export function logSumExp(
  graph: GraphBuilder,
  x: ValueId,
  axes: readonly number[] = axesOf(graph, x),
): ValueId {
  const largest = max(graph, x, axes);
  const below = subtract(graph, x, spread(graph, largest, { axes, shape: graph.shapeOf(x) }));
  return add(graph, largest, log(graph, sum(graph, exp(graph, below), axes)));
}

/** The logarithm of softmax over the last axis. */
export function logSoftmax(graph: GraphBuilder, x: ValueId): ValueId {
  const shape = judgedBuilder(graph).shapeOf(x);
  const axes = [shape.length - 1];
  return subtract(graph, x, spread(graph, logSumExp(graph, x, axes), { axes, shape }));
}

/** The length of values taken together: the root of the sum of all their squares, a scalar. */
export function norm(graph: GraphBuilder, ...values: readonly ValueId[]): ValueId {
  const squares = values.map((value) => sum(graph, square(graph, value)));
  return sqrt(
    graph,
    squares.reduce((a, b) => add(graph, a, b), judgedBuilder(graph).constant(0, [])),
  );
}

/** 1 over every entry. */
export function reciprocal(graph: GraphBuilder, x: ValueId): ValueId {
  return divide(graph, judgedBuilder(graph).constant(1, graph.shapeOf(x)), x);
}

/**
 * Repeats a value to a shape as NumPy does: missing leading axes are added, and
 * axes of 1 repeated. Only here, by name, are ranks made equal.
 *
 * @throws {ProblemError} When it does not fit.
 */
export function broadcastTo(graph: GraphBuilder, x: ValueId, shape: TensorShape): ValueId {
  const own = judgedBuilder(graph).shapeOf(x);
  expected(shape, SHAPE);
  if (sameShape(own, shape)) return x;
  const missing = Math.max(0, shape.length - own.length);
  const ranked = reshape(graph, x, [...shape.slice(0, missing).map(() => 1), ...own]);
  return graph.apply({ op: "broadcast", shape }, [ranked]);
}
