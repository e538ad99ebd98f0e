/**
 * Short forms of the operations that others are composed of: `add(graph, a, b)`
 * for `graph.apply({ op: "add" }, [a, b])`. The second operand of those with two
 * may be `[C]` or `[]`, see `op.ts`.
 */
import { AXES, expected, needed, NUMBER, SHAPE } from "../problem/expect.ts";
import { type GraphBuilder, judgedBuilder } from "./builder.ts";
import type { ValueId } from "./graph.ts";
import type { TensorShape } from "./op.ts";

/** A function of one tensor. */
export type Unary = (graph: GraphBuilder, x: ValueId) => ValueId;

/** A function of two tensors. */
export type Binary = (graph: GraphBuilder, a: ValueId, b: ValueId) => ValueId;

type UnaryName = "exp" | "log" | "sqrt" | "abs" | "sign" | "tanh" | "erf" | "relu" | "sigmoid";
const unary = /* @__NO_SIDE_EFFECTS__ */ (op: UnaryName): Unary => (graph, x) =>
  judgedBuilder(graph).apply({ op }, [x]);

type BinaryName = "add" | "subtract" | "multiply" | "divide" | "maximum" | "minimum" | "greater";
const binary = /* @__NO_SIDE_EFFECTS__ */ (op: BinaryName): Binary => (graph, a, b) =>
  judgedBuilder(graph).apply({ op }, [a, b]);

/** `a + b`. */
export const add: Binary = binary("add");
/** `a - b`. */
export const subtract: Binary = binary("subtract");
/** `a * b`. */
export const multiply: Binary = binary("multiply");
/** `a / b`. */
export const divide: Binary = binary("divide");
/** The larger of `a` and `b`. */
export const maximum: Binary = binary("maximum");
/** The smaller of `a` and `b`. */
export const minimum: Binary = binary("minimum");
/** 1 where `a > b`, else 0. */
export const greater: Binary = binary("greater");

/** `e` to the power of x. */
export const exp: Unary = unary("exp");
/** The natural logarithm. */
export const log: Unary = unary("log");
/** The square root. */
export const sqrt: Unary = unary("sqrt");
/** The absolute value. */
export const abs: Unary = unary("abs");
/** -1, 0 or 1. */
export const sign: Unary = unary("sign");
/** The hyperbolic tangent. */
export const tanh: Unary = unary("tanh");
/** The error function. */
export const erf: Unary = unary("erf");
/** `max(x, 0)`. */
export const relu: Unary = unary("relu");
/** `1 / (1 + exp(-x))`. */
export const sigmoid: Unary = unary("sigmoid");

/** `by * x`. */
export function scale(graph: GraphBuilder, x: ValueId, by: number): ValueId {
  shapeOf(graph, x);
  return expected(by, NUMBER) === 1 ? x : graph.apply({ op: "scale", by }, [x]);
}

/** `x + by`. */
export function shift(graph: GraphBuilder, x: ValueId, by: number): ValueId {
  shapeOf(graph, x);
  return expected(by, NUMBER) === 0 ? x : add(graph, x, graph.constant(by, []));
}

/** `x * x`. */
export function square(graph: GraphBuilder, x: ValueId): ValueId {
  return multiply(graph, x, x);
}

/** The same numbers in another shape. */
export function reshape(graph: GraphBuilder, x: ValueId, shape: TensorShape): ValueId {
  return judgedBuilder(graph).apply({ op: "reshape", shape: expected(shape, SHAPE) }, [x]);
}

/** The shape of a value, of a builder that a script may have got wrong. */
function shapeOf(graph: GraphBuilder, x: ValueId): TensorShape {
  return judgedBuilder(graph).shapeOf(x);
}

/** Every axis of a value. */
export function axesOf(graph: GraphBuilder, x: ValueId): readonly number[] {
  return [...shapeOf(graph, x).keys()];
}

/** The sum over axes, over all unless told otherwise; they are dropped. */
export function sum(
  graph: GraphBuilder,
  x: ValueId,
  axes: readonly number[] = axesOf(graph, x),
): ValueId {
  return reduced("sum", graph, x, axes);
}

/** The largest entries over axes, over all unless told otherwise; they are dropped. */
export function max(
  graph: GraphBuilder,
  x: ValueId,
  axes: readonly number[] = axesOf(graph, x),
): ValueId {
  return reduced("max", graph, x, axes);
}

function reduced(op: "sum" | "max", graph: GraphBuilder, x: ValueId, axes: readonly number[]) {
  shapeOf(graph, x);
  return expected(axes, AXES).length === 0 ? x : graph.apply({ op, axes }, [x]);
}

/** To a shape of the same rank; axes of 1 are repeated. */
export function broadcast(graph: GraphBuilder, x: ValueId, shape: TensorShape): ValueId {
  return judgedBuilder(graph).apply({ op: "broadcast", shape: expected(shape, SHAPE) }, [x]);
}

/** Undoes that a reduction dropped axes: repeats `y` over `axes` of `shape`. */
export function spread(
  graph: GraphBuilder,
  y: ValueId,
  over: { readonly axes: readonly number[]; readonly shape: TensorShape },
): ValueId {
  const { axes, shape } = needed(over, { axes: AXES, shape: SHAPE });
  const kept = shape.map((size, axis) => axes.includes(axis) ? 1 : size);
  return broadcast(graph, reshape(graph, y, kept), shape);
}
