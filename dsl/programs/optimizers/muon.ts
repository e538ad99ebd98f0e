/**
 * Muon (Jordan et al., Muon: an optimizer for hidden layers in neural networks, 2024): the momentum
 * of a kernel, as a matrix of `[the rest, outputs]`, is replaced by the orthogonal matrix nearest
 * to it, which a few Newton-Schulz iterations approximate without a decomposition.
 */
import { add, divide, multiply, reshape, scale, shift, subtract } from "../../graph/arithmetic.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { norm } from "../../graph/compose.ts";
import type { ValueId } from "../../graph/graph.ts";
import { sizeOf } from "../../net/shape.ts";
import { splitOff } from "./groups.ts";
import { eachParameter, type Optimizer } from "./optimizer.ts";
import type { MuonOptions } from "./options.ts";

/** The quintic of the iteration: steep at 0, so that small singular values come to about 1 soon. */
const A = 3.4445;
const B = -4.775;
const C = 2.0315;

/** Keeps the norm away from 0. */
const TINY = 1e-7;

/** Muon on kernels, `others` on the rest; keeps `@muon.momentum/PATH` of kernels. */
export function muonOf(options: MuonOptions, others: Optimizer): Optimizer {
  return splitOff(
    { kind: "muon", fits: ({ role }) => role === "kernel", update: kernels(options).update },
    others,
  );
}

function kernels(options: MuonOptions): Optimizer {
  const { momentum = 0.95, nesterov = true, iterations = 5 } = options;
  const { weightDecay = 0, rescale = false } = options;
  return eachParameter({
    kind: "muon",
    update: ({ graph, rate }, { parameter, value, gradient, kept, keep }) => {
      const { shape } = parameter;
      const outputs = shape.at(-1) ?? 1;
      const rest = sizeOf(shape.slice(0, -1));
      const buffer = add(graph, scale(graph, kept("momentum"), momentum), gradient);
      keep("momentum", buffer);
      const direction = nesterov ? add(graph, gradient, scale(graph, buffer, momentum)) : buffer;
      const matrix = reshape(graph, direction, [rest, outputs]);
      const update = reshape(graph, orthogonalized(graph, matrix, iterations), shape);
      const start = rescale ? scale(graph, unit(graph, value), Math.sqrt(outputs)) : value;
      const factor = rescale ? 1 : Math.sqrt(Math.max(1, outputs / rest));
      const change = add(graph, scale(graph, update, factor), scale(graph, start, weightDecay));
      return subtract(graph, start, multiply(graph, change, rate));
    },
  });
}

/**
 * Adds the operations that bring every singular value of a matrix close to 1: divided by its norm,
 * then `X <- a X + (b X X' + c (X X')^2) X` again and again.
 */
export function orthogonalized(graph: GraphBuilder, matrix: ValueId, iterations: number): ValueId {
  const [rows = 1, columns = 1] = graph.shapeOf(matrix);
  const product = (a: ValueId, b: ValueId, transposeA = false, transposeB = false) =>
    graph.apply({ op: "matmul", transposeA, transposeB }, [a, b]);
  const isWide = rows <= columns;
  let x = unit(graph, matrix);
  for (let i = 0; i < iterations; i++) {
    // The smaller of the two products of the matrix with itself.
    const gram = isWide ? product(x, x, false, true) : product(x, x, true, false);
    const powers = add(graph, scale(graph, gram, B), scale(graph, product(gram, gram), C));
    x = add(graph, scale(graph, x, A), isWide ? product(powers, x) : product(x, powers));
  }
  return x;
}

/** A tensor over its norm. */
function unit(graph: GraphBuilder, x: ValueId): ValueId {
  return divide(graph, x, shift(graph, norm(graph, x), TINY));
}
