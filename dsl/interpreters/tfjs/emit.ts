/**
 * A tensor program as a TensorFlow graph.
 *
 * The folder from here down: `export.ts` writes the files that TensorFlow.js
 * loads, `any_batch.ts` makes a graph that takes any number of images, this
 * file goes through the program. The expansions of the operations are
 * `elementwise.ts`, `convolution.ts`, `pooling.ts` and `reductions.ts`; they
 * write with `emitter.ts`. `model.ts` is the graph as a value, `encode.ts` its
 * JSON and the files of its weights.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { Op, TensorShape } from "../../graph/op.ts";
import type { Tensors } from "../../graph/tensors.ts";
import { CONVOLUTION, isBeyond } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { Emitter, type Value } from "./emitter.ts";
import type { Expansions, Site } from "./expansion.ts";
import type { TfModel } from "./model.ts";
import { POOLING } from "./pooling.ts";
import { REDUCTIONS } from "./reductions.ts";

const EXPANSIONS: Expansions = { ...CONVOLUTION, ...ELEMENTWISE, ...POOLING, ...REDUCTIONS };

/** The nodes of a program for which TensorFlow has no operators. */
export function withoutOperator(graph: Graph): readonly Node[] {
  return graph.nodes.filter(({ op }) =>
    EXPANSIONS[op.op] === undefined || op.op === "conv2dInputGrad" && isBeyond(op)
  );
}

/** For each convolution with a bias the rectifier that alone reads its result, and becomes part of its node. */
function rectifiersOf({ nodes, outputs }: Graph): ReadonlyMap<Node, Node> {
  const readers = new Map<ValueId, number>();
  for (const value of [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map((o) => o.value)]) {
    readers.set(value, (readers.get(value) ?? 0) + 1);
  }
  const producers = new Map(nodes.map((node) => [node.results[0], node]));
  return new Map(nodes.flatMap((node): (readonly [Node, Node])[] => {
    const [x = NaN] = node.inputs;
    const before = producers.get(x);
    const isFused = node.op.op === "relu" && before?.op.op === "conv2d" &&
      before.inputs.length === 3 && readers.get(x) === 1;
    return isFused ? [[before, node]] : [];
  }));
}

/** Writes a program that reads these weights and no other state. */
export function emit(graph: Graph, weights: Tensors): TfModel {
  const e = new Emitter();
  const values = new Map<ValueId, Value>();
  const valueOf = (id: ValueId): Value => {
    const value = values.get(id);
    if (value === undefined) throw new RangeError(`Value ${id} is read before it is defined`);
    return value;
  };
  const shapeOf = (id: ValueId): TensorShape => graph.shapes[id] ?? [];
  for (const { name, value } of graph.inputs) values.set(value, e.input(name, shapeOf(value)));
  for (const { name, before } of graph.state) {
    const data = weights.get(name)?.data ?? new Float32Array();
    values.set(before, e.weight(name, shapeOf(before), data));
  }
  const rectifiers = rectifiersOf(graph);
  for (const node of graph.nodes) {
    const { inputs, results: [result = NaN] } = node;
    if (values.has(result)) continue;
    const rectifier = rectifiers.get(node);
    e.at(rectifier?.origin ?? node.origin);
    const op: Op = rectifier === undefined || node.op.op !== "conv2d"
      ? node.op
      : { ...node.op, activation: "relu" };
    // The table pairs each name with the expansion of that very operation, whose operands were counted.
    const expand = EXPANSIONS[node.op.op] as (site: Site, ...all: readonly Value[]) => Value;
    const value = expand({ e, op, shape: shapeOf(result) }, ...inputs.map(valueOf));
    for (const id of [result, ...rectifier?.results ?? []]) values.set(id, value);
  }
  return e.finish(graph.outputs.map(({ name, value }) => ({ name, value: valueOf(value) })));
}
