/**
 * A tensor program as an ONNX model: every node by its expansion, inputs and
 * outputs in netfold's order of axes unless told otherwise, and the state.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { Op, OpOf, TensorShape } from "../../graph/op.ts";
import { Draft } from "./draft.ts";
import { type Order, ordered, stateOrder, type Value } from "./emitter.ts";
import type { Expansion } from "./expansion.ts";
import { EXPANSIONS } from "./expansions.ts";
import type { OnnxModel } from "./model.ts";
import { type StateOptions, type StatePort, StatePorts } from "./state_ports.ts";
import { type Sums, sumsOf } from "./sums.ts";

/** How a graph is written. */
export interface EmitOptions extends StateOptions {
  /** Values that are known: they are written as constants, and what computes them is left out. */
  readonly known?: ReadonlyMap<ValueId, Float32Array>;
  /** The order of axes in which maps come in; `plain`, NHWC, when left out. */
  readonly images?: Order;
  /** With the runtime's own operators: channels of a block in its fastest order of axes; 0 when it has none. */
  readonly block?: number;
}

/** A mask of dropout, which whoever runs the model draws and feeds. */
export interface MaskPort {
  /** The model's input. */
  readonly name: string;
  /** What is to be drawn. */
  readonly op: OpOf<"dropoutMask">;
  /** The seed's value in the graph. */
  readonly seed: ValueId;
}

/** A model and what its inputs and outputs are. */
export interface Emitted {
  /** The model. */
  readonly model: OnnxModel;
  /** Whether ONNX Runtime's own operators were used. */
  readonly own: boolean;
  /** The model's names of the graph's outputs. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The state. */
  readonly state: readonly StatePort[];
  /** Dropout's masks. */
  readonly masks: readonly MaskPort[];
  /** The shape of every value that a node of the model defines. */
  readonly shapes: ReadonlyMap<string, TensorShape>;
}

/** Writes a graph as an ONNX model. */
export function emit(graph: Graph, options: EmitOptions): Emitted {
  return new GraphEmission(graph, options).run();
}

class GraphEmission {
  readonly #graph: Graph;
  readonly #options: EmitOptions;
  readonly #draft: Draft;
  readonly #kept = new Map<string, Value>();
  readonly #sums: Sums;
  readonly #masks: MaskPort[] = [];

  constructor(graph: Graph, options: EmitOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#draft = new Draft(graph, options.own ? options.block ?? 0 : 0);
    this.#sums = options.own ? sumsOf(graph) : new Map();
  }

  run(): Emitted {
    this.#writeInputs();
    const ports = new StatePorts(this.#graph, this.#draft, this.#options);
    for (const node of this.#graph.nodes) if (!ports.writes(node)) this.#writeNode(node);
    const state = ports.close();
    const outputs = this.#writeOutputs();
    const shapes = this.#draft.shapes();
    const { own } = this.#options;
    return { model: this.#draft.finish(), own, outputs, state, masks: this.#masks, shapes };
  }

  /** The order of axes in which a value enters or leaves the model. */
  #outsideOrder(shape: TensorShape): Order {
    return shape.length === 4 ? this.#options.images ?? "plain" : "plain";
  }

  #writeInputs(): void {
    for (const { name, value } of this.#graph.inputs) {
      const shape = this.#draft.shapeOf(value);
      const order = this.#outsideOrder(shape);
      this.#draft.define(value, this.#draft.input(name, ordered(shape, order), order));
    }
  }

  #writeOutputs(): ReadonlyMap<string, string> {
    return new Map(this.#graph.outputs.map(({ name, value }) => {
      const order = this.#outsideOrder(this.#draft.shapeOf(value));
      const result = this.#draft.emitter.inOrder(this.#draft.value(value), order);
      return [name, this.#draft.output(name, result)];
    }));
  }

  #writeNode(node: Node): void {
    this.#draft.emitter.at(node.origin);
    const { known } = this.#options;
    const constants = node.results.map((value) => known?.get(value));
    if (constants.every((numbers) => numbers !== undefined)) {
      node.results.forEach((value, i) => this.#writeKnown(value, constants[i] as Float32Array));
      return;
    }
    const sum = this.#sums.get(node);
    // Written with the node before it.
    if (sum === "done") return;
    const results = this.#expand(
      node,
      sum === undefined ? undefined : this.#draft.value(sum.other),
    );
    if (sum !== undefined) this.#draft.define(sum.total, results[0] as Value);
    node.results.forEach((value, i) => {
      const result = results[i] as Value;
      const shape = this.#draft.shapeOf(value);
      if (result.shape.join() !== ordered(shape, result.order).join()) {
        throw new Error(
          `Operation ${node.op.op} of "${node.origin}" was written with shape [${result.shape}] in order ${result.order}, the graph says [${shape}]`,
        );
      }
      this.#draft.define(value, result);
    });
  }

  #writeKnown(value: ValueId, numbers: Float32Array): void {
    const { emitter } = this.#draft;
    const shape = this.#draft.shapeOf(value);
    const name = emitter.fresh(shape.length === 4 ? "kernel" : "constant");
    const order = stateOrder(shape);
    this.#draft.define(value, emitter.named(name, ordered(shape, order), numbers, order));
  }

  #expand(node: Node, more: Value | undefined): readonly Value[] {
    const { op } = node;
    if (op.op === "dropoutMask") return [this.#mask(op, node)];
    const { emitter } = this.#draft;
    // The table pairs each name with the expansion of that very operation.
    const expand = EXPANSIONS[op.op] as Expansion<Op["op"]>;
    return expand(op as never, node.inputs.map((value) => this.#draft.value(value)), {
      emitter,
      resultShapes: node.results.map((value) => this.#draft.shapeOf(value)),
      differentiated: this.#isDifferentiated(node),
      more,
      kept: this.#kept,
      own: this.#options.own,
    });
  }

  #isDifferentiated({ op, results: [y] }: Node): boolean {
    return op.op === "maxPool" &&
      this.#graph.nodes.some(({ op, inputs }) => op.op === "maxPoolGrad" && inputs[2] === y);
  }

  #mask(op: OpOf<"dropoutMask">, { inputs: [seed = NaN] }: Node): Value {
    const name = this.#draft.emitter.fresh("mask");
    this.#masks.push({ name, op, seed });
    return this.#draft.input(name, op.shape);
  }
}
