/**
 * How a graph's state enters and leaves a model: tensors that the same
 * operation changes as one pack, laid end to end; the others each by itself;
 * or, when the graph only reads it, as constants.
 */
import type { Node, StateSlot, ValueId } from "../../graph/graph.ts";
import type { TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";
import type { Emission } from "./emission.ts";
import { type Order, ordered, stateOrder } from "./layout.ts";
import { type Group, groupsOf, type Slot } from "./packs.ts";
import type { Value } from "./writer.ts";

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
  readonly #emission: Emission;
  readonly #options: StateOptions;
  readonly #packed: readonly Packed[];
  /** The nodes of groups. */
  readonly #grouped: ReadonlySet<Node>;
  /** The tensors of the state that are in no pack. */
  readonly #singles: readonly StateSlot[];

  /** Defines every value that the state has when a run starts. */
  constructor(emission: Emission, options: StateOptions) {
    this.#emission = emission;
    this.#options = options;
    const { own, plainState = false } = options;
    const groups = own && !plainState ? groupsOf(emission.graph) : [];
    this.#packed = groups.map((group, i): Packed => ({
      group,
      packs: group.operands.map((slots, k) =>
        typeof slots === "string" ? undefined : this.#openPack(`state${i}.${k}`, slots)
      ),
    }));
    this.#grouped = new Set(groups.flatMap(({ nodes }) => nodes));
    const slots = groups.flatMap(({ operands }) => operands).filter((kind) =>
      typeof kind !== "string"
    );
    const names = new Set(slots.flat().map(({ name }) => name));
    this.#singles = emission.graph.state.filter(({ name }) => !names.has(name));
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
    const { e } = this.#emission;
    const sizes = slots.map(({ shape }) => sizeOf(shape));
    const pack = e.input(name, [sizes.reduce((a, b) => a + b, 0)]);
    e.at(name);
    const split = { type: "Split", inputs: [pack, e.whole(sizes)], attributes: { axis: 0 } };
    const parts = slots.length === 1 ? [pack] : e.write(split, sizes.map((size) => [size]));
    slots.forEach(({ before, shape }, i) => {
      const order = stateOrder(shape);
      const part = e.reshape(parts[i] as Value, ordered(shape, order));
      this.#emission.define(before, { ...part, order });
    });
    return pack;
  }

  #openSingle({ name, before }: StateSlot): void {
    const { e } = this.#emission;
    const shape = this.#emission.shapeOf(before);
    const order = stateOrder(shape);
    const outside = this.#outsideOrder(shape);
    const numbers = this.#options.weights?.get(name);
    e.at(name);
    this.#emission.define(
      before,
      numbers === undefined
        ? e.inOrder(e.input(name, ordered(shape, outside), outside), order)
        : e.weight(name, ordered(shape, order), numbers, order),
    );
  }

  /** The order of axes in which a tensor of the state enters and leaves. */
  #outsideOrder(shape: TensorShape): Order {
    return this.#options.plainState === true ? "plain" : stateOrder(shape);
  }

  /** Does the nodes of a group as one. */
  #closePacks({ group: { nodes, operands }, packs }: Packed): readonly StatePort[] {
    const [first] = nodes as [Node];
    const { e } = this.#emission;
    e.at(first.op.op);
    const given = operands.map((kind, k) => {
      if (kind === "shared") return this.#emission.value(first.inputs[k] ?? NaN);
      return packs[k] ?? this.#endToEnd(nodes.map(({ inputs }) => inputs[k] ?? NaN));
    });
    const after = this.#emission.expand(first, given);
    const replaced = packs.flatMap((pack, k) => pack === undefined ? [] : [{ pack, k }]);
    return replaced.map(({ pack, k }, result): StatePort => ({
      before: pack.name,
      after: e.output(`${pack.name}.after`, after[result] as Value),
      shape: pack.shape,
      slots: operands[k] as readonly Slot[],
    }));
  }

  /** The entries of values laid end to end. */
  #endToEnd(ids: readonly ValueId[]): Value {
    const { e } = this.#emission;
    const parts = ids.map((id) => {
      const value = e.inOrder(this.#emission.value(id), stateOrder(this.#emission.shapeOf(id)));
      return e.reshape(value, [sizeOf(value.shape)]);
    });
    return parts.length === 1 ? parts[0] as Value : e.concat(parts, 0);
  }

  #closeSingle({ name, before, after }: StateSlot): StatePort {
    const { e } = this.#emission;
    const shape = this.#emission.shapeOf(before);
    const order = this.#outsideOrder(shape);
    e.at(name);
    const ends = before === after
      ? undefined
      : e.output(`${name}.after`, e.inOrder(this.#emission.value(after), order));
    const slots = [{ name, shape, before, after }];
    return { before: name, after: ends, shape: ordered(shape, order), slots };
  }
}
