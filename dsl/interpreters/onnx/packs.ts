/**
 * State in packs. A network has hundreds of small tensors that are changed by
 * the same operation with the same attributes: every weight by one step of the
 * optimiser, every running average by one blend. Their entries are laid end to
 * end, and the operation is done once for the pack.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { OpName, TensorShape } from "../../graph/op.ts";

/** One tensor of the state within a pack. */
export interface Slot {
  readonly name: string;
  /** Its shape in netfold's order of axes. */
  readonly shape: TensorShape;
  /** Its value when a run starts. */
  readonly before: ValueId;
  /** Its value when a run ends. */
  readonly after: ValueId;
}

/** Nodes that are done as one, and the packs that they read and replace. */
export interface Group {
  /** The nodes, in the order of the packs' entries. */
  readonly nodes: readonly Node[];
  /**
   * For each operand: the pack that it is; or that the nodes share it; or that
   * each has its own. The results replace the packs, in their order.
   */
  readonly operands: readonly (readonly Slot[] | "shared" | "own")[];
}

/** Which operand each result replaces, and which operands are the same for all nodes. */
const FORMS: Partial<
  Record<OpName, { readonly replaced: readonly number[]; readonly shared: readonly number[] }>
> = {
  sgd: { replaced: [0, 2], shared: [3] },
  adamw: { replaced: [0, 2, 3], shared: [4, 5] },
  blend: { replaced: [0], shared: [] },
};

/** Finds the nodes of a graph that can be done as one. */
export function groupsOf(graph: Graph): readonly Group[] {
  const readers = new Map<ValueId, number>();
  for (const { inputs } of graph.nodes) {
    for (const value of inputs) readers.set(value, (readers.get(value) ?? 0) + 1);
  }
  for (const { value } of graph.outputs) readers.set(value, (readers.get(value) ?? 0) + 1);
  const slots = new Map(
    graph.state.map((slot) => [slot.before, { ...slot, shape: graph.shapes[slot.before] ?? [] }]),
  );
  const alike = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    const form = FORMS[node.op.op];
    if (form === undefined) continue;
    const replaces = form.replaced.every((operand, result) => {
      const slot = slots.get(node.inputs[operand] ?? NaN);
      const value = node.results[result] ?? NaN;
      return slot !== undefined && slot.after === value && !readers.has(value);
    });
    if (!replaces) continue;
    const shared = form.shared.map((operand) => node.inputs[operand]);
    const key = `${shared} ${JSON.stringify(node.op)}`;
    alike.set(key, [...alike.get(key) ?? [], node]);
  }
  return [...alike.values()].map((nodes) => groupOf(nodes, slots));
}

function groupOf(nodes: readonly Node[], slots: ReadonlyMap<ValueId, Slot>): Group {
  const [first] = nodes as [Node];
  const form = FORMS[first.op.op] ?? { replaced: [], shared: [] };
  const packOf = (operand: number): readonly Slot[] =>
    nodes.map(({ inputs }) => slots.get(inputs[operand] ?? NaN) as Slot);
  return {
    nodes,
    operands: first.inputs.map((_, operand) =>
      form.shared.includes(operand)
        ? "shared"
        : form.replaced.includes(operand)
        ? packOf(operand)
        : "own"
    ),
  };
}
