/**
 * A model that is being written: its inputs and outputs, and what stands in it
 * for each value of the graph. At the end nodes whose results nobody reads are
 * left out.
 */
import type { Graph, ValueId } from "../../graph/graph.ts";
import type { TensorShape } from "../../graph/op.ts";
import { Emitter, type Order, type Value } from "./emitter.ts";
import type { OnnxModel, OnnxNode, OnnxValue } from "./model.ts";

/** A model that is being written. */
export class Draft {
  /** Writes its nodes. */
  readonly emitter: Emitter;
  readonly #graph: Graph;
  readonly #values = new Map<ValueId, Value>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  /** Names that values get in the end. */
  readonly #renamed = new Map<string, string>();

  /** Starts the model of a graph, with blocks of so many channels, or 0 for none. */
  constructor(graph: Graph, block: number) {
    this.#graph = graph;
    this.emitter = new Emitter(block);
  }

  /** The shape of a value in the graph. */
  shapeOf(id: ValueId): TensorShape {
    return this.#graph.shapes[id] ?? [];
  }

  /** What stands for a value of the graph. */
  value(id: ValueId): Value {
    const value = this.#values.get(id);
    if (value === undefined) throw new RangeError(`Value ${id} is read before it is defined`);
    return value;
  }

  /** Says what stands for a value of the graph. */
  define(id: ValueId, value: Value): void {
    this.#values.set(id, value);
  }

  /** Adds an input to the model. */
  input(name: string, shape: TensorShape, order: Order = "plain"): Value {
    this.#inputs.push({ name, type: "float", shape });
    return this.emitter.outside(name, shape, order);
  }

  /** Makes a value an output of the model and gives the output's name; one that an input has gets a mark. */
  output(wanted: string, value: Value): string {
    const taken = [...this.#inputs, ...this.#outputs].some(({ name }) => name === wanted) ||
      this.emitter.constants.has(wanted);
    const name = taken ? `${wanted}.out` : wanted;
    const made = this.emitter.shapes.has(value.name) && !this.#renamed.has(value.name);
    const source = made ? value : this.emitter.copy(value);
    this.#renamed.set(source.name, name);
    this.#outputs.push({ name, type: "float", shape: value.shape });
    return name;
  }

  /** The shape of every value that a node of the model defines. */
  shapes(): ReadonlyMap<string, TensorShape> {
    return new Map([...this.emitter.shapes].map(([name, shape]) => [this.#nameOf(name), shape]));
  }

  /** The model. */
  finish(): OnnxModel {
    const needed = new Set(this.#renamed.keys());
    const live = this.emitter.nodes.toReversed().filter(({ inputs, outputs }) => {
      const read = outputs.some((name) => needed.has(name));
      if (read) { for (const name of inputs) needed.add(name); }
      return read;
    }).toReversed();
    const nodes = live.map((node): OnnxNode => ({
      ...node,
      inputs: node.inputs.map((name) => this.#nameOf(name)),
      outputs: node.outputs.map((name) => this.#nameOf(name)),
    }));
    return {
      name: this.#graph.name,
      doc: "",
      inputs: this.#inputs,
      outputs: this.#outputs,
      values: [],
      constants: new Map([...this.emitter.constants].filter(([name]) => needed.has(name))),
      nodes,
      metadata: {},
    };
  }

  #nameOf(name: string): string {
    return this.#renamed.get(name) ?? name;
  }
}
