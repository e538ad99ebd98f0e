/**
 * When each value of a graph is computed and given up. A node whose operands
 * are constants or state that the graph only reads is **steady**: it is
 * computed once and kept. Every other value dies after its last reader.
 */
import { type Graph, judgedGraph, type Node, type ValueId } from "./graph.ts";

/** A node, and the values that nobody reads after it. */
export interface Step {
  /** The node. */
  readonly node: Node;
  /** Values to dispose of once it has run. */
  readonly dying: readonly ValueId[];
}

/** The order of a run. */
export interface Schedule {
  /** Nodes that are computed once per state, and the values to dispose of after each. */
  readonly steady: readonly Step[];
  /** What the steady nodes leave for the others. */
  readonly steadyResults: readonly ValueId[];
  /** The state that they read. */
  readonly steadyState: readonly string[];
  /** Nodes that are computed in every run. */
  readonly steps: readonly Step[];
  /** Every node, for a run that keeps nothing. */
  readonly all: readonly Step[];
}

function lastUses(
  nodes: readonly Node[],
  kept: ReadonlySet<ValueId>,
): readonly (readonly ValueId[])[] {
  const seen = new Set<ValueId>(kept);
  const dying: ValueId[][] = nodes.map(() => []);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as Node;
    for (const value of [...node.inputs, ...node.results]) {
      if (seen.has(value)) continue;
      seen.add(value);
      dying[i]?.push(value);
    }
  }
  return dying;
}

function withLastUses(nodes: readonly Node[], kept: ReadonlySet<ValueId>): readonly Step[] {
  const dying = lastUses(nodes, kept);
  return nodes.map((node, i) => ({ node, dying: dying[i] ?? [] }));
}

/** Plans the runs of a graph. */
export function schedule(graph: Graph): Schedule {
  const readOnly = new Map(
    judgedGraph(graph).state.filter(({ before, after }) => before === after)
      .map(({ name, before }) => [before, name]),
  );
  const isSteady = new Set<ValueId>(readOnly.keys());
  const steadyNodes = graph.nodes.filter((node) => {
    const steady = node.inputs.every((value) => isSteady.has(value));
    if (steady) node.results.forEach((value) => isSteady.add(value));
    return steady;
  });
  const chosen = new Set(steadyNodes);
  const otherNodes = graph.nodes.filter((node) => !chosen.has(node));
  const given = new Set(graph.state.map(({ before }) => before));
  const results = new Set(graph.outputs.map(({ value }) => value));
  graph.state.forEach(({ after }) => results.add(after));
  const readLater = new Set(otherNodes.flatMap(({ inputs }) => inputs));
  const steadyResults = steadyNodes.flatMap((node) => node.results)
    .filter((value) => readLater.has(value) || results.has(value));
  const keptAlways = new Set([...given, ...steadyResults]);
  return {
    steady: withLastUses(steadyNodes, keptAlways),
    steadyResults,
    steadyState: [
      ...new Set(
        steadyNodes.flatMap(({ inputs }) => inputs.flatMap((value) => readOnly.get(value) ?? [])),
      ),
    ],
    steps: withLastUses(otherNodes, new Set([...keptAlways, ...results])),
    all: withLastUses(graph.nodes, given),
  };
}
