/** A graph on its way into a model: what stands there for each of its values. */
import { sameShape } from "../../net/shape.ts";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { OpName, OpOf, TensorShape } from "../../graph/op.ts";
import { BATCH_NORM } from "./batch_norm.ts";
import { CONVOLUTION } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import type { Emitter, Expansions, Site } from "./emitter.ts";
import { ordered } from "./layout.ts";
import { POOLING } from "./pooling.ts";
import { REDUCTIONS } from "./reductions.ts";
import { type Sums, sumsOf } from "./sums.ts";
import type { Value } from "./writer.ts";

/** The expansion of every operation but dropout's mask, which is drawn outside and fed. */
const EXPANSIONS: Expansions<Exclude<OpName, "dropoutMask">> = {
  ...BATCH_NORM,
  ...CONVOLUTION,
  ...ELEMENTWISE,
  ...POOLING,
  ...REDUCTIONS,
};

/** A mask of dropout, which whoever runs the model draws and feeds. */
export interface MaskPort {
  /** The model's input. */
  readonly name: string;
  /** What is to be drawn. */
  readonly op: OpOf<"dropoutMask">;
  /** The seed's value in the graph. */
  readonly seed: ValueId;
}

/** A graph on its way into a model: what stands there for each of its values. */
export class Emission {
  readonly masks: MaskPort[] = [];
  readonly #values = new Map<ValueId, Value>();
  readonly #sums: Sums;

  /** Starts with nothing. */
  constructor(readonly graph: Graph, readonly e: Emitter) {
    this.#sums = e.own ? sumsOf(graph) : new Map();
  }

  /** The shape of a value in the graph. */
  shapeOf(id: ValueId): TensorShape {
    return this.graph.shapes[id] ?? [];
  }

  /** What stands for a value of the graph. */
  value(id: ValueId): Value {
    const value = this.#values.get(id);
    if (value === undefined) throw new RangeError(`Value ${id} is read before it is defined`);
    return value;
  }

  /** Says what stands for a value of the graph. */
  define(id: ValueId, value: Value): void {
    const shape = this.shapeOf(id);
    if (!sameShape(value.shape, ordered(shape, value.order))) {
      throw new Error(
        `Value ${id} was written with shape [${value.shape}] in order ${value.order}, the graph says [${shape}]`,
      );
    }
    this.#values.set(id, value);
  }

  /** Writes a node. */
  write(node: Node): void {
    this.e.at(node.origin);
    const sum = this.#sums.get(node);
    // Written with the node before it.
    if (sum === "done") return;
    const operands = node.inputs.map((value) => this.value(value));
    const more = sum === undefined ? undefined : this.value(sum.other);
    const results = this.expand(node, operands, more);
    if (sum !== undefined) this.define(sum.total, results[0] as Value);
    node.results.forEach((value, i) => this.define(value, results[i] as Value));
  }

  /** Writes a node's operation on whatever operands. */
  expand(node: Node, operands: readonly Value[], more?: Value): readonly Value[] {
    const { op, inputs: [seed = NaN], results: [result = NaN] } = node;
    if (op.op === "dropoutMask") {
      const name = this.e.fresh("mask");
      this.masks.push({ name, op, seed });
      return [this.e.input(name, op.shape)];
    }
    // The table pairs each name with the expansion of that very operation, whose operands were counted.
    const expand = EXPANSIONS[op.op] as (site: Site, ...all: readonly Value[]) => readonly Value[];
    return expand({ e: this.e, op, shape: this.shapeOf(result), more }, ...operands);
  }
}
