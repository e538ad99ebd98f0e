/**
 * How a graph's state enters and leaves a model: tensors that the same
 * operation changes as one pack, laid end to end; the others each by itself;
 * or, when the graph only reads it, as constants.
 */
import type { Graph, Node, StateSlot, ValueId } from "../../graph/graph.ts";
import type { OpOf, TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";
import type { Draft } from "./draft.ts";
import { type Order, ordered, stateOrder, type Value } from "./emitter.ts";
import type { Expansion } from "./expansion.ts";
import { EXPANSIONS } from "./expansions.ts";
import { type Group, groupsOf, type Slot } from "./packs.ts";

/** How the state is written. */
export interface StateOptions {
  /** Numbers of the state by name, in ONNX's order of axes, to write as constants. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Whether ONNX Runtime's own operators may be used, and state is laid in packs. */
  readonly own: boolean;
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

/** A group, and for each operand the pack that it is, if it is one. */
interface Packed {
  readonly group: Group;
  readonly packs: readonly (Value | undefined)[];
}

/** Writes the state's part of a model. */
export class StatePorts {
  readonly #graph: Graph;
  readonly #draft: Draft;
  readonly #options: StateOptions;
  readonly #packed: readonly Packed[];
  /** The nodes of groups. */
  readonly #grouped: ReadonlySet<Node>;
  /** The tensors of the state that are in no pack. */
  readonly #singles: readonly StateSlot[];

  /** Defines every value that the state has when a run starts. */
  constructor(graph: Graph, draft: Draft, options: StateOptions) {
    this.#graph = graph;
    this.#draft = draft;
    this.#options = options;
    const { own, plainState = false } = options;
    const groups = own && !plainState ? groupsOf(graph) : [];
    this.#packed = groups.map((group, i): Packed => ({
      group,
      packs: group.operands.map((slots, k) =>
        typeof slots === "string" ? undefined : this.#openPack(`state${i}.${k}`, slots)
      ),
    }));
    this.#grouped = new Set(groups.flatMap(({ nodes }) => nodes));
    const slots = groups.flatMap(({ operands }) =>
      operands.flatMap((operand) => typeof operand === "string" ? [] : operand)
    );
    const names = new Set(slots.map(({ name }) => name));
    this.#singles = graph.state.filter(({ name }) => !names.has(name));
    for (const slot of this.#singles) this.#openSingle(slot);
  }

  /** Whether a node changes packed state; {@link close} writes it, with those like it. */
  writes(node: Node): boolean {
    return this.#grouped.has(node);
  }

  /** Writes what the state is when a run ends, once everything that it depends on is written. */
  close(): readonly StatePort[] {
    const packs = this.#packed.flatMap((packed) => this.#closePacks(packed));
    const singles = this.#singles.filter(({ name }) => !this.#options.weights?.has(name));
    return [...packs, ...singles.map((slot) => this.#closeSingle(slot))];
  }

  #openPack(name: string, slots: readonly Slot[]): Value {
    const { emitter } = this.#draft;
    const sizes = slots.map(({ shape }) => sizeOf(shape));
    const length = sizes.reduce((a, b) => a + b, 0);
    const pack = this.#draft.input(name, [length]);
    emitter.at(name);
    const parts = slots.length === 1 ? [pack] : emitter.write(
      "Split",
      [pack, emitter.whole(...sizes)],
      sizes.map((size) => [size]),
      { axis: 0 },
    );
    slots.forEach(({ before, shape }, i) => {
      const order = stateOrder(shape);
      const part = emitter.reshape(parts[i] as Value, ordered(shape, order));
      this.#draft.define(before, { ...part, order });
    });
    return pack;
  }

  #openSingle({ name, before }: StateSlot): void {
    const { emitter } = this.#draft;
    const shape = this.#draft.shapeOf(before);
    const order = stateOrder(shape);
    const outside = this.#outsideOrder(shape);
    const numbers = this.#options.weights?.get(name);
    emitter.at(name);
    this.#draft.define(
      before,
      numbers === undefined
        ? emitter.inOrder(this.#draft.input(name, ordered(shape, outside), outside), order)
        : emitter.named(name, ordered(shape, order), numbers, order),
    );
  }

  /** The order of axes in which a tensor of the state enters and leaves. */
  #outsideOrder(shape: TensorShape): Order {
    return this.#options.plainState === true ? "plain" : stateOrder(shape);
  }

  /** Does the nodes of a group as one. */
  #closePacks({ group: { nodes, operands }, packs }: Packed): readonly StatePort[] {
    const [{ op, inputs }] = nodes as [Node];
    const { emitter } = this.#draft;
    emitter.at(op.op);
    const given = operands.map((kind, k) => {
      if (kind === "shared") return this.#draft.value(inputs[k] ?? NaN);
      return packs[k] ?? this.#endToEnd(nodes.map(({ inputs }) => inputs[k] ?? NaN));
    });
    // Every operation that groups are made of replaces state, as this one does.
    const expand = EXPANSIONS[op.op as "sgd"] as Expansion<"sgd">;
    const after = expand(op as OpOf<"sgd">, given, {
      emitter,
      resultShapes: [],
      differentiated: false,
      more: undefined,
      kept: new Map(),
      own: true,
    });
    const replaced = operands.flatMap((slots, k) =>
      typeof slots === "string" ? [] : [{ slots, k }]
    );
    return replaced.map(({ slots, k }, result): StatePort => {
      const pack = packs[k] as Value;
      return {
        before: pack.name,
        after: this.#draft.output(`${pack.name}.after`, after[result] as Value),
        shape: pack.shape,
        slots,
      };
    });
  }

  /** The entries of values laid end to end. */
  #endToEnd(ids: readonly ValueId[]): Value {
    const { emitter } = this.#draft;
    const parts = ids.map((id) => {
      const order = stateOrder(this.#draft.shapeOf(id));
      const value = emitter.inOrder(this.#draft.value(id), order);
      return emitter.reshape(value, [sizeOf(value.shape)], [-1]);
    });
    const length = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return parts.length === 1
      ? parts[0] as Value
      : emitter.node("Concat", parts, [length], { axis: 0 });
  }

  #closeSingle({ name, before, after }: StateSlot): StatePort {
    const { emitter } = this.#draft;
    const shape = this.#draft.shapeOf(before);
    const order = this.#outsideOrder(shape);
    emitter.at(name);
    const ends = before === after
      ? undefined
      : this.#draft.output(`${name}.after`, emitter.inOrder(this.#draft.value(after), order));
    const slots = [{ name, shape, before, after }];
    return { before: name, after: ends, shape: ordered(shape, order), slots };
  }
}
