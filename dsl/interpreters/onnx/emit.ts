/**
 * A tensor program as an ONNX model: every node by its expansion, inputs and
 * outputs in netfold's order of axes unless told otherwise, and the state.
 *
 * The folder from here down: `export.ts` writes files for other programs, from
 * weights that `graph/settled.ts` settles and with names that `readable.ts` gives.
 * This file goes through the graph; `state_ports.ts` and `packs.ts` say how
 * its state enters and leaves. `emission.ts` writes a node by the expansion of
 * its operation, `sums.ts` says which additions need no pass of their own. The
 * expansions of the operations are `elementwise.ts`, `reductions.ts`,
 * `pooling.ts`, `convolution.ts` with `filter_gradient.ts` and `blocks.ts`, and
 * `batch_norm.ts`; where several were possible, the one that stands there was
 * the fastest on ONNX Runtime's processor provider. They write with
 * `emitter.ts`, which knows the order of axes (`layout.ts`), over `writer.ts`,
 * which knows names, nodes and constants alone. `model.ts` is the model as a
 * value and `encode.ts` its bytes.
 */
import type { Graph, ValueId } from "../../graph/graph.ts";
import { Emission, type MaskPort } from "./emission.ts";
import { Emitter } from "./emitter.ts";
import { type Order, ordered } from "./layout.ts";
import type { OnnxModel } from "./model.ts";
import { type StateOptions, type StatePort, StatePorts } from "./state_ports.ts";

/** How a graph is written. */
export interface EmitOptions extends StateOptions {
  /** The order of axes in which maps come in; `plain`, NHWC, when left out. */
  readonly images?: Order;
  /** With the runtime's own operators: channels of a block in its fastest order of axes; 0 when it has none. */
  readonly block?: number;
}

/** A model and what its inputs and outputs are. */
export interface Emitted {
  readonly model: OnnxModel;
  /** Whether ONNX Runtime's own operators were used. */
  readonly own: boolean;
  /** The model's names of the graph's outputs. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly state: readonly StatePort[];
  readonly masks: readonly MaskPort[];
}

/** Writes a graph as an ONNX model. */
export function emit(graph: Graph, options: EmitOptions): Emitted {
  const { own, block = 0, images = "plain" } = options;
  const emission = new Emission(graph, new Emitter({ own, block: own ? block : 0 }));
  const { e } = emission;
  const outside = (value: ValueId): Order =>
    emission.shapeOf(value).length === 4 ? images : "plain";
  for (const { name, value } of graph.inputs) {
    const order = outside(value);
    emission.define(value, e.input(name, ordered(emission.shapeOf(value), order), order));
  }
  const ports = new StatePorts(emission, options);
  for (const node of graph.nodes) if (!ports.writes(node)) emission.write(node);
  const state = ports.close();
  const outputs = new Map(graph.outputs.map(({ name, value }) => {
    return [name, e.output(name, e.inOrder(emission.value(value), outside(value)))];
  }));
  return { model: e.finish(graph.name), own, outputs, state, masks: emission.masks };
}
