/** Sums and largest entries over axes, and normalisations of single samples. */
import type { Emitter, Value } from "./emitter.ts";
import type { Expansions } from "./expansion.ts";
import { truth } from "./model.ts";

/** A reduction over axes, which stay with size 1 or are dropped. */
function reduced(
  e: Emitter,
  op: "Sum" | "Max" | "Mean",
  x: Value,
  axes: readonly number[],
  isKept: boolean,
): Value {
  if (axes.length === 0) return x;
  const shape = x.shape.flatMap((size, axis) => axes.includes(axis) ? (isKept ? [1] : []) : [size]);
  return e.node(op, [x, e.wholes("axes", axes)], shape, { keep_dims: truth(isKept) });
}

/** The value times `1 / sqrt(squares + epsilon)`. */
function divided(e: Emitter, x: Value, squares: Value, epsilon: number): Value {
  const inverse = e.node("Rsqrt", [e.binary("AddV2", squares, e.scalar(epsilon))], squares.shape);
  return e.binary("Mul", x, inverse);
}

/** The expansions of this file. */
export const REDUCTIONS = {
  sum: ({ e, op: { axes } }, x) => reduced(e, "Sum", e.plain(x), axes, false),
  max: ({ e, op: { axes } }, x) => reduced(e, "Max", e.plain(x), axes, false),
  l2Normalize: ({ e, op: { epsilon } }, operand) => {
    const x = e.plain(operand);
    const squares = reduced(e, "Sum", e.binary("Mul", x, x), [x.shape.length - 1], true);
    return divided(e, x, squares, epsilon);
  },
  standardize: ({ e, op: { epsilon } }, operand) => {
    const x = e.plain(operand);
    const centred = e.binary("Sub", x, reduced(e, "Mean", x, [1, 2], true));
    const variance = reduced(e, "Mean", e.binary("Mul", centred, centred), [1, 2], true);
    return divided(e, centred, variance, epsilon);
  },
} satisfies Expansions;
