/**
 * What a graph computes of its state alone, as numbers: the factors and
 * summands of batch norms, the kernels that these are folded into. Whoever
 * writes a graph down with its weights need not leave that work to the reader.
 * Sums and products are done in float64 and rounded once, at the end.
 */
import type { HostTensor, Tensors } from "./tensors.ts";
import { sizeOf } from "../net/shape.ts";
import type { Graph, Node, ValueId } from "./graph.ts";
import { schedule } from "./schedule.ts";

/** The numbers of values on the way. */
type Numbers = Float64Array | Float32Array;

/**
 * The values that depend on nothing but state that the graph only reads, and
 * that something else in it reads. A value of an operation that is not done
 * here is left out, with all that depends on it.
 *
 * @throws {RangeError} When a tensor of the state is missing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { GraphBuilder } from "./builder.ts";
 * import { steadyValues } from "./steady.ts";
 *
 * const builder = new GraphBuilder();
 * const x = builder.input("x", [2]);
 * const variance = builder.state("variance", [2]);
 * const scale = builder.apply({ op: "rsqrt", epsilon: 0 }, [variance]);
 * const y = builder.apply({ op: "multiply" }, [x, scale]);
 * const graph = builder.finish("scaled", [{ name: "y", value: y }]);
 * const state = new Map([["variance", { shape: [2], data: Float32Array.of(4, 16) }]]);
 * assertEquals(steadyValues(graph, state).get(scale)?.data, Float32Array.of(0.5, 0.25));
 * ```
 */
export function steadyValues(graph: Graph, state: Tensors): ReadonlyMap<ValueId, HostTensor> {
  const { steady, steadyResults, steadyState } = schedule(graph);
  const read = new Set(steadyState);
  const values = new Map<ValueId, Numbers>();
  for (const { name, before } of graph.state) {
    if (!read.has(name)) continue;
    const tensor = state.get(name);
    if (tensor === undefined) throw new RangeError(`The state has no tensor "${name}"`);
    values.set(before, tensor.data);
  }
  for (const { node, dying } of steady) {
    const [result = NaN] = node.results;
    const numbers = evaluate(node, values);
    if (numbers !== undefined) values.set(result, numbers);
    dying.forEach((value) => values.delete(value));
  }
  return new Map(steadyResults.flatMap((value): [ValueId, HostTensor][] => {
    const numbers = values.get(value);
    const shape = graph.shapes[value] ?? [];
    return numbers === undefined ? [] : [[value, { shape, data: Float32Array.from(numbers) }]];
  }));
}

function evaluate(
  { op, inputs }: Node,
  values: ReadonlyMap<ValueId, Numbers>,
): Numbers | undefined {
  const operands = inputs.map((value) => values.get(value));
  if (!operands.every((numbers) => numbers !== undefined)) return undefined;
  const [a = new Float64Array(), b = new Float64Array()] = operands;
  switch (op.op) {
    case "constant":
      return new Float64Array(sizeOf(op.shape)).fill(op.value);
    case "rsqrt":
      return Float64Array.from(a, (x) => 1 / Math.sqrt(x + op.epsilon));
    case "scale":
      return Float64Array.from(a, (x) => op.by * x);
    case "add":
      return pairwise(a, b, (x, y) => x + y);
    case "subtract":
      return pairwise(a, b, (x, y) => x - y);
    case "multiply":
      return pairwise(a, b, (x, y) => x * y);
    default:
      return undefined;
  }
}

/** Entry by entry, the second operand repeated along the last axis or everywhere. */
function pairwise(a: Numbers, b: Numbers, join: (x: number, y: number) => number): Float64Array {
  return Float64Array.from(a, (x, i) => join(x, b[i % b.length] ?? NaN));
}
