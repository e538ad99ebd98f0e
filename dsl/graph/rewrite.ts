/**
 * Rewrites of the tensor program that change its cost, not its meaning: an
 * activation is done where its operand is made, a batch norm is folded into
 * the convolution or product before it, and what nothing reads is removed.
 * Common operations never arise twice, the builder shares them.
 */
import { GraphBuilder } from "./builder.ts";
import type { Graph, Node, ValueId } from "./graph.ts";

/** What a rewrite may ask while it replaces a node. */
interface Site {
  /** The new program. */
  readonly graph: GraphBuilder;
  /** The node's operands in the new program. */
  readonly inputs: readonly ValueId[];
  /** The node that defines operand `i` in the old program, when nothing else reads its result. */
  readonly soleProducer: (i: number) => Node | undefined;
  /** Where a value of the old program is in the new one. */
  readonly moved: (value: ValueId) => ValueId;
}

/** Gives the results that replace a node's, or undefined to keep the node. */
type Rule = (node: Node, site: Site) => readonly ValueId[] | undefined;

/** Runs a rule over a program, then removes what nothing reads any more. */
function rewrite(graph: Graph, rule: Rule): Graph {
  const builder = new GraphBuilder();
  const places = new Map<ValueId, ValueId>();
  const moved = (value: ValueId): ValueId => {
    const place = places.get(value);
    if (place === undefined) {
      throw new RangeError(`Value ${value} is read before it is defined`);
    }
    return place;
  };
  for (const { name, value } of graph.inputs) {
    places.set(value, builder.input(name, graph.shapes[value] ?? []));
  }
  for (const { name, before } of graph.state) {
    places.set(before, builder.state(name, graph.shapes[before] ?? []));
  }
  const readers = countReaders(graph);
  const producers = new Map(graph.nodes.flatMap((node) => node.results.map((r) => [r, node])));
  for (const node of graph.nodes) {
    builder.at(node.origin);
    const inputs = node.inputs.map(moved);
    const soleProducer = (i: number) => {
      const value = node.inputs[i] ?? NaN;
      return readers.get(value) === 1 ? producers.get(value) : undefined;
    };
    const replaced = rule(node, { graph: builder, inputs, soleProducer, moved });
    const results: readonly ValueId[] = replaced ?? builder.add(node.op, inputs);
    node.results.forEach((value, i) => places.set(value, results[i] ?? NaN));
  }
  for (const { name, after } of graph.state) builder.update(name, moved(after));
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: moved(value) }));
  return removeDead(builder.finish(graph.name, outputs));
}

function countReaders(graph: Graph): ReadonlyMap<ValueId, number> {
  const readers = new Map<ValueId, number>();
  const read = (value: ValueId) => readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(read);
  for (const { value } of graph.outputs) read(value);
  for (const { after } of graph.state) read(after);
  return readers;
}

/** The program without operations whose results nothing reads. Values keep their numbers. */
export function removeDead(graph: Graph): Graph {
  const live = new Set<ValueId>();
  for (const { value } of graph.outputs) live.add(value);
  for (const { after } of graph.state) live.add(after);
  const nodes = graph.nodes.toReversed().filter((node) => {
    const needed = node.results.some((result) => live.has(result));
    if (needed) { for (const input of node.inputs) live.add(input); }
    return needed;
  }).toReversed();
  return { ...graph, nodes };
}

/** Moves a rectifier into the convolution, affine or batch norm whose result only it reads. */
export function fuseActivations(graph: Graph): Graph {
  return rewrite(graph, ({ op }, { graph, soleProducer, moved }) => {
    const before = soleProducer(0);
    if (op.op !== "relu" || before === undefined) return undefined;
    const inputs = before.inputs.map(moved);
    switch (before.op.op) {
      case "conv2d":
      case "affine":
        return before.op.activation === "none"
          ? graph.add({ ...before.op, activation: "relu" }, inputs)
          : undefined;
      default:
        return undefined;
    }
  });
}

/**
 * Does a batch norm's rectifier with it, before the gradient is taken. The
 * batch norm stays the operation that the running statistics read.
 */
export function fuseTrainingActivations(graph: Graph): Graph {
  const rectified = new Set<Node>();
  const readers = countReaders(graph);
  const producers = new Map(graph.nodes.map((node) => [node.results[0] ?? NaN, node]));
  for (const { op, inputs: [x = NaN] } of graph.nodes) {
    const before = producers.get(x);
    if (
      op.op === "relu" && before?.op.op === "batchNormTrain" && readers.get(x) === 1
    ) {
      rectified.add(before);
    }
  }
  return rewrite(graph, (node, { graph, inputs }) => {
    if (node.op.op === "batchNormTrain" && rectified.has(node)) {
      return graph.add({ ...node.op, activation: "relu" }, inputs);
    }
    const before = node.op.op === "relu" ? producers.get(node.inputs[0] ?? NaN) : undefined;
    return before !== undefined && rectified.has(before) ? inputs : undefined;
  });
}

/**
 * Folds an affine, what a batch norm is at inference, into the convolution or
 * product before it: scale(k * x + b) + shift = (scale k) * x + (scale b +
 * shift). Exact, and done only where nothing else reads the convolution.
 */
export function foldAffine(graph: Graph): Graph {
  return rewrite(graph, ({ op }, { graph, inputs, soleProducer, moved }) => {
    const before = soleProducer(0);
    if (
      op.op !== "affine" || op.activation !== "none" || before === undefined
    ) return undefined;
    const linear = before.op;
    const foldable = linear.op === "conv2d" && linear.activation === "none" ||
      linear.op === "matmul" && !linear.transposeB;
    if (!foldable) return undefined;
    const [x = NaN, kernel = NaN, bias] = before.inputs.map(moved);
    const [, scale = NaN, shift = NaN] = inputs;
    const scaled = graph.apply({ op: "multiply" }, [kernel, scale]);
    const offset = bias === undefined ? shift : graph.apply({ op: "add" }, [
      graph.apply({ op: "multiply" }, [bias, scale]),
      shift,
    ]);
    return [graph.apply(linear, [x, scaled, offset])];
  });
}
