/**
 * Sums that need no pass of their own. Where several gradients flow into one
 * map they are added up, one after the other; an operation that ends in a
 * convolution can add to what is there already while it writes.
 */
import { sameShape } from "../../net/shape.ts";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import { ACCUMULATING } from "./emitter.ts";

/** What an operation adds to its result. */
export interface Sum {
  /** The other summand, which is there before the operation. */
  readonly other: ValueId;
  /** The value of the addition that this saves. */
  readonly total: ValueId;
}

/** For operations that add, what; `done` for additions that are part of one. */
export type Sums = ReadonlyMap<Node, Sum | "done">;

/** Finds the additions of a graph that can be part of the operation before them. */
export function sumsOf(graph: Graph): Sums {
  const readers = new Map<ValueId, number>();
  const read = (value: ValueId): void => void readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const { inputs } of graph.nodes) inputs.forEach(read);
  for (const { value } of graph.outputs) read(value);
  for (const { after } of graph.state) read(after);
  const places = new Map<ValueId, number>();
  graph.nodes.forEach(({ results }, place) => {
    for (const value of results) places.set(value, place);
  });
  const sums = new Map<Node, Sum | "done">();
  for (const node of graph.nodes) {
    const [a = NaN, b = NaN] = node.inputs;
    const [total = NaN] = node.results;
    const alike = graph.shapes[a]?.length === 4 &&
      sameShape(graph.shapes[a] ?? [], graph.shapes[b] ?? []);
    if (node.op.op !== "add" || !alike) continue;
    for (const [part, other] of [[b, a], [a, b]] as const) {
      const place = places.get(part) ?? -1;
      const maker = graph.nodes[place];
      if (maker === undefined || sums.has(maker) || !ACCUMULATING.has(maker.op.op)) continue;
      if (maker.results[0] !== part || readers.get(part) !== 1) continue;
      if (maker.op.op === "conv2d" && maker.op.activation !== "none") continue;
      if ((places.get(other) ?? -1) >= place) continue;
      sums.set(maker, { other, total });
      sums.set(node, "done");
      // Whoever adds to the total in turn finds it where it was made.
      places.set(total, place);
      break;
    }
  }
  return sums;
}
