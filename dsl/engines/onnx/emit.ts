/**
 * A tensor program as an ONNX model: every node by its expansion, inputs and
 * outputs in netfold's order of axes unless told otherwise, the state as inputs
 * and outputs of its own or, when the graph only reads it, as constants.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { Op, OpOf, TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../shape.ts";
import { Emitter, type Order, ordered, type Value } from "./emitter.ts";
import type { Expansion } from "./expansion.ts";
import { EXPANSIONS } from "./expansions.ts";
import type { OnnxModel, OnnxNode, OnnxValue } from "./model.ts";
import { type Group, groupsOf, type Slot } from "./packs.ts";
import { type Sums, sumsOf } from "./sums.ts";

/** How a graph is written. */
export interface EmitOptions {
  /** Numbers of the state by name, in ONNX's order of axes, to write as constants. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Values that are known: they are written as constants, and what computes them is left out. */
  readonly known?: ReadonlyMap<ValueId, Float32Array>;
  /** Whether ONNX Runtime's own operators may be used, and state is laid in packs. */
  readonly own: boolean;
  /** The order of axes in which maps come in; `plain`, NHWC, when left out. */
  readonly images?: Order;
  /**
   * Whether every tensor of the state is an input and an output of its own,
   * with its axes in netfold's order, as in weight files.
   */
  readonly plainState?: boolean;
}

/** State that enters and leaves the model as one tensor: a pack laid end to end, or a single tensor. */
export interface StatePort {
  /** The model's input. */
  readonly before: string;
  /** The model's output; none when the state is only read. */
  readonly after: string | undefined;
  /** The shape of both in the model. */
  readonly shape: TensorShape;
  /** The tensors in it. */
  readonly slots: readonly Slot[];
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
  /** The model's names of the graph's outputs. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The state. */
  readonly state: readonly StatePort[];
  /** Dropout's masks. */
  readonly masks: readonly MaskPort[];
  /** The shape of every value that a node of the model defines. */
  readonly shapes: ReadonlyMap<string, TensorShape>;
}

/** The order of axes in which tensors of the state are kept: all of rank four are kernels. */
export function stateOrder(shape: TensorShape): Order {
  return shape.length === 4 ? "kernel" : "plain";
}

/** Writes a graph as an ONNX model. */
export function emit(graph: Graph, options: EmitOptions): Emitted {
  return new GraphEmission(graph, options).run();
}

class GraphEmission {
  readonly #graph: Graph;
  readonly #options: EmitOptions;
  readonly #emitter = new Emitter();
  readonly #values = new Map<ValueId, Value>();
  readonly #kept = new Map<string, Value>();
  readonly #sums: Sums;
  readonly #state: StatePort[] = [];
  readonly #masks: MaskPort[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  /** Names that values get in the end. */
  readonly #renamed = new Map<string, string>();

  constructor(graph: Graph, options: EmitOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#sums = options.own ? sumsOf(graph) : new Map();
  }

  run(): Emitted {
    const { own, plainState = false } = this.#options;
    const groups = own && !plainState ? groupsOf(this.#graph) : [];
    this.#writeInputs();
    const packs = this.#writeState(groups);
    const grouped = new Set(groups.flatMap(({ nodes }) => nodes));
    for (const node of this.#graph.nodes) if (!grouped.has(node)) this.#writeNode(node);
    groups.forEach((group, i) => this.#writeGroup(group, packs[i] ?? []));
    this.#writeSingleStates();
    const outputs = new Map<string, string>();
    for (const { name, value } of this.#graph.outputs) {
      const map = this.#options.images ?? "plain";
      const order = this.#shapeOf(value).length === 4 ? map : "plain";
      outputs.set(name, this.#output(name, this.#emitter.inOrder(this.#value(value), order)));
    }
    const shapes = [...this.#emitter.shapes].map(([name, shape]): [string, TensorShape] => [
      this.#renamed.get(name) ?? name,
      shape,
    ]);
    return {
      model: this.#model(),
      outputs,
      state: this.#state,
      masks: this.#masks,
      shapes: new Map(shapes),
    };
  }

  #shapeOf(value: ValueId): TensorShape {
    return this.#graph.shapes[value] ?? [];
  }

  #value(id: ValueId): Value {
    const value = this.#values.get(id);
    if (value === undefined) throw new RangeError(`Value ${id} is read before it is defined`);
    return value;
  }

  #input(name: string, shape: TensorShape, order: Order = "plain"): Value {
    this.#inputs.push({ name, type: "float", shape });
    return this.#emitter.outside(name, shape, order);
  }

  #writeInputs(): void {
    for (const { name, value } of this.#graph.inputs) {
      const shape = this.#shapeOf(value);
      const order = shape.length === 4 ? this.#options.images ?? "plain" : "plain";
      this.#values.set(value, this.#input(name, ordered(shape, order), order));
    }
  }

  /** Defines every value of the state; gives for each group its packs by operand. */
  #writeState(groups: readonly Group[]): readonly (readonly (Value | undefined)[])[] {
    const { weights } = this.#options;
    const packed = new Set<string>();
    const packs = groups.map(({ operands }, i) =>
      operands.map((slots, k) => {
        if (typeof slots === "string") return undefined;
        for (const { name } of slots) packed.add(name);
        return this.#writePack(`state${i}.${k}`, slots);
      })
    );
    for (const { name, before } of this.#graph.state) {
      if (packed.has(name)) continue;
      const shape = this.#shapeOf(before);
      const order = stateOrder(shape);
      const numbers = weights?.get(name);
      const inside = ordered(shape, order);
      const outside = this.#outsideOrder(shape);
      this.#emitter.at(name);
      this.#values.set(
        before,
        numbers === undefined
          ? this.#emitter.inOrder(this.#input(name, ordered(shape, outside), outside), order)
          : this.#emitter.named(name, inside, numbers, order),
      );
    }
    return packs;
  }

  /** The order of axes in which a tensor of the state enters and leaves. */
  #outsideOrder(shape: TensorShape): Order {
    return this.#options.plainState === true ? "plain" : stateOrder(shape);
  }

  #writePack(name: string, slots: readonly Slot[]): Value {
    const sizes = slots.map(({ shape }) => sizeOf(shape));
    const length = sizes.reduce((a, b) => a + b, 0);
    const pack = this.#input(name, [length]);
    this.#emitter.at(name);
    const parts = slots.length === 1 ? [pack] : this.#emitter.write(
      "Split",
      [pack, this.#emitter.whole(...sizes)],
      sizes.map((size) => [size]),
      { axis: 0 },
    );
    slots.forEach(({ before, shape }, i) => {
      const order = stateOrder(shape);
      const part = this.#emitter.reshape(parts[i] as Value, ordered(shape, order));
      this.#values.set(before, { ...part, order });
    });
    return pack;
  }

  #writeNode(node: Node): void {
    this.#emitter.at(node.origin);
    const { known } = this.#options;
    const constants = node.results.map((value) => known?.get(value));
    if (constants.every((numbers) => numbers !== undefined)) {
      node.results.forEach((value, i) => this.#writeKnown(value, constants[i] as Float32Array));
      return;
    }
    const sum = this.#sums.get(node);
    // Written with the node before it.
    if (sum === "done") return;
    const results = this.#expand(node, sum === undefined ? undefined : this.#value(sum.other));
    if (sum !== undefined) this.#values.set(sum.total, results[0] as Value);
    node.results.forEach((value, i) => {
      const result = results[i] as Value;
      const wanted = ordered(this.#shapeOf(value), result.order);
      if (result.shape.join() !== wanted.join()) {
        throw new Error(
          `Operation ${node.op.op} of "${node.origin}" was written with shape [${result.shape}] in order ${result.order}, the graph says [${
            this.#shapeOf(value)
          }]`,
        );
      }
      this.#values.set(value, result);
    });
  }

  #writeKnown(value: ValueId, numbers: Float32Array): void {
    const shape = this.#shapeOf(value);
    const name = this.#emitter.fresh(shape.length === 4 ? "kernel" : "constant");
    const order = stateOrder(shape);
    this.#values.set(value, this.#emitter.named(name, ordered(shape, order), numbers, order));
  }

  #expand(node: Node, more: Value | undefined): readonly Value[] {
    const { op } = node;
    if (op.op === "dropoutMask") return [this.#mask(op, node)];
    // The table pairs each name with the expansion of that very operation.
    const expand = EXPANSIONS[op.op] as Expansion<Op["op"]>;
    return expand(op as never, node.inputs.map((value) => this.#value(value)), {
      emitter: this.#emitter,
      resultShapes: node.results.map((value) => this.#shapeOf(value)),
      differentiated: this.#isDifferentiated(node),
      more: more === undefined ? undefined : this.#emitter.inOrder(more, "map"),
      kept: this.#kept,
      own: this.#options.own,
    });
  }

  #isDifferentiated({ op, results: [y] }: Node): boolean {
    return op.op === "maxPool" &&
      this.#graph.nodes.some(({ op, inputs }) => op.op === "maxPoolGrad" && inputs[2] === y);
  }

  #mask(op: OpOf<"dropoutMask">, { inputs: [seed = NaN] }: Node): Value {
    const name = this.#emitter.fresh("mask");
    this.#masks.push({ name, op, seed });
    return this.#input(name, op.shape);
  }

  /** Does the nodes of a group as one. */
  #writeGroup({ nodes, operands }: Group, packs: readonly (Value | undefined)[]): void {
    const [{ op, inputs }] = nodes as [Node];
    this.#emitter.at(op.op);
    const given = operands.map((kind, k) => {
      if (kind === "shared") return this.#value(inputs[k] ?? NaN);
      return packs[k] ?? this.#endToEnd(nodes.map(({ inputs }) => inputs[k] ?? NaN));
    });
    const expand = EXPANSIONS[op.op as "sgd"] as Expansion<"sgd">;
    const after = expand(op as OpOf<"sgd">, given, {
      emitter: this.#emitter,
      resultShapes: [],
      differentiated: false,
      more: undefined,
      kept: this.#kept,
      own: true,
    });
    const replaced = operands.flatMap((kind, k) => typeof kind === "string" ? [] : [{ kind, k }]);
    replaced.forEach(({ kind, k }, result) => {
      const pack = packs[k] as Value;
      this.#state.push({
        before: pack.name,
        after: this.#output(`${pack.name}.after`, after[result] as Value),
        shape: pack.shape,
        slots: kind,
      });
    });
  }

  /** The entries of values laid end to end. */
  #endToEnd(ids: readonly ValueId[]): Value {
    const parts = ids.map((id) => {
      const value = this.#emitter.inOrder(this.#value(id), stateOrder(this.#shapeOf(id)));
      return this.#emitter.reshape(value, [sizeOf(value.shape)], [-1]);
    });
    const length = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return parts.length === 1
      ? parts[0] as Value
      : this.#emitter.node("Concat", parts, [length], { axis: 0 });
  }

  /** What becomes of the state that is in no pack. */
  #writeSingleStates(): void {
    const packed = new Set(this.#state.flatMap(({ slots }) => slots.map(({ name }) => name)));
    for (const { name, before, after } of this.#graph.state) {
      if (packed.has(name) || this.#options.weights?.has(name)) continue;
      const shape = this.#shapeOf(before);
      const order = this.#outsideOrder(shape);
      this.#emitter.at(name);
      const ends = before === after
        ? undefined
        : this.#output(`${name}.after`, this.#emitter.inOrder(this.#value(after), order));
      this.#state.push({
        before: name,
        after: ends,
        shape: ordered(shape, order),
        slots: [{ name, shape, before, after }],
      });
    }
  }

  /** Makes a value an output of the model and gives the output's name; one that an input has gets a mark. */
  #output(wanted: string, value: Value): string {
    const taken = [...this.#inputs, ...this.#outputs].some(({ name }) => name === wanted) ||
      this.#emitter.constants.has(wanted);
    const name = taken ? `${wanted}.out` : wanted;
    const made = this.#emitter.shapes.has(value.name) && !this.#renamed.has(value.name);
    const source = made ? value : this.#emitter.copy(value);
    this.#renamed.set(source.name, name);
    this.#outputs.push({ name, type: "float", shape: value.shape });
    return name;
  }

  #model(): OnnxModel {
    const rename = (name: string): string => this.#renamed.get(name) ?? name;
    const needed = new Set(this.#renamed.keys());
    const live = this.#emitter.nodes.toReversed().filter(({ inputs, outputs }) => {
      const read = outputs.some((name) => needed.has(name));
      if (read) { for (const name of inputs) needed.add(name); }
      return read;
    }).toReversed();
    const nodes = live.map((node): OnnxNode => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    return {
      name: this.#graph.name,
      doc: "",
      inputs: this.#inputs,
      outputs: this.#outputs,
      values: [],
      constants: new Map([...this.#emitter.constants].filter(([name]) => needed.has(name))),
      nodes,
      metadata: {},
    };
  }
}
