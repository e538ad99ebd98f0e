/**
 * What an expansion writes with: operators on values that know their shape. A
 * layer's last node has the layer's path for its name, the others the path and
 * the operator, `gap1/Mean`; a constant that is no weight is named by the node
 * that reads it, `gap1/Mean/axes`. What TensorFlow repeats by itself is not
 * repeated before.
 */
import type { TensorShape } from "../../graph/op.ts";
import { unique } from "../../graph/settled.ts";
import { sameShape } from "../../net/shape.ts";
import { type Attributes, type TfConstant, type TfModel, type TfNode, whole } from "./model.ts";

/** A value of the graph. */
export interface Value {
  readonly id: number;
  readonly shape: TensorShape;
  /** Which of its node's results it is; the first unless told. */
  readonly result?: number;
  /** A smaller value that this one repeats. */
  readonly narrow?: Value;
}

/** A node whose name is not settled yet. */
interface Draft extends Pick<TfNode, "op" | "attributes" | "origin"> {
  readonly id: number;
  readonly inputs: readonly Value[];
}

/** A constant and its name; of one that is no weight what it says to its reader. */
interface Named {
  readonly constant: TfConstant;
  readonly weight?: string;
  readonly role?: string;
}

/** Names that objects have, which readers of the format mistake for nodes. */
const RESERVED = Object.getOwnPropertyNames(Object.prototype);

/** Writes nodes and constants. */
export class Emitter {
  #origin = "";
  #count = 0;
  readonly #nodes: Draft[] = [];
  readonly #inputs: { readonly name: string; readonly value: Value }[] = [];
  readonly #constants = new Map<number, Named>();
  readonly #repeated = new Map<number, Value>();
  readonly #derived = new Map<string, Value>();

  /** Everything written from now on comes from the layer at this path. */
  at(origin: string): void {
    this.#origin = origin;
  }

  /** What a run is fed. */
  input(name: string, shape: TensorShape): Value {
    const value = this.#value(shape);
    this.#inputs.push({ name, value });
    return value;
  }

  /** A weight. */
  weight(name: string, shape: TensorShape, data: Float32Array): Value {
    return this.#constant({ weight: name, constant: { type: "float32", shape, data } });
  }

  /** The numbers of a value, when they are known. */
  numbers({ id }: Value): Float32Array | undefined {
    const constant = this.#constants.get(id)?.constant;
    return constant?.type === "float32" ? constant.data : undefined;
  }

  /** A weight that is made of another one, once for each key; its name has the suffix. */
  derived(
    { id }: Value,
    { key, suffix = "", shape, data }: {
      readonly key: string;
      readonly suffix?: string;
      readonly shape: TensorShape;
      readonly data: () => Float32Array;
    },
  ): Value {
    const known = this.#derived.get(`${id} ${key}`);
    if (known !== undefined) return known;
    const name = `${this.#constants.get(id)?.weight ?? key}${suffix}`;
    const made = this.weight(name, shape, data());
    this.#derived.set(`${id} ${key}`, made);
    return made;
  }

  /** Floats that tell the node that reads them something. */
  floats(role: string, shape: TensorShape, data: Float32Array): Value {
    return this.#constant({ role, constant: { type: "float32", shape, data } });
  }

  /** A number that is repeated wherever it is read. */
  scalar(value: number): Value {
    return this.floats("value", [], Float32Array.of(value));
  }

  /** Whole numbers that tell the node that reads them something. */
  wholes(role: string, numbers: readonly number[], shape: TensorShape = [numbers.length]): Value {
    const data = Int32Array.from(numbers);
    return this.#constant({ role, constant: { type: "int32", shape, data } });
  }

  /** A value that repeats a smaller one, which TensorFlow does by itself where it can. */
  repeated(narrow: Value, shape: TensorShape): Value {
    return { ...this.#value(shape), narrow: narrow.narrow ?? narrow };
  }

  /** The value as it stands, repeated if it has to be. */
  plain(value: Value): Value {
    const { id, narrow, shape } = value;
    if (narrow === undefined) return value;
    const known = this.#repeated.get(id);
    if (known !== undefined) return known;
    const reps = shape.map((size, axis) => size / (narrow.shape[axis] ?? 1));
    const made = narrow.shape.length < shape.length
      ? this.node("Fill", [this.wholes("dims", shape), narrow], shape)
      : reps.every((rep) => rep === 1)
      ? narrow
      : this.node("Tile", [narrow, this.wholes("multiples", reps)], shape);
    this.#repeated.set(id, made);
    return made;
  }

  /** A node with one result. */
  node(
    op: string,
    inputs: readonly Value[],
    shape: TensorShape,
    attributes: Attributes = {},
  ): Value {
    const value = this.#value(shape);
    this.#nodes.push({ id: value.id, op, inputs, attributes, origin: this.#origin });
    return value;
  }

  /** A node on two values, the second or both of which may be repeated. */
  binary(op: string, a: Value, b: Value, shape: TensorShape = a.shape): Value {
    const operands = b.narrow !== undefined
      ? [this.plain(a), b.narrow]
      : a.narrow !== undefined && sameShape(b.shape, shape)
      ? [a.narrow, b]
      : [this.plain(a), b];
    return this.node(op, operands, shape);
  }

  /** Values joined along an axis. */
  joined(values: readonly Value[], axis: number): Value {
    const parts = values.map((value) => this.plain(value));
    const size = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    const shape = parts[0]?.shape.with(axis, size) ?? [];
    const operands = [...parts, this.wholes("axis", [axis], [])];
    return this.node("ConcatV2", operands, shape, { N: whole(parts.length) });
  }

  /** The graph with these outputs. */
  finish(outputs: readonly { readonly name: string; readonly value: Value }[]): TfModel {
    this.at("");
    const given = outputs.map(({ name, value }) => {
      return { name, value: this.node("Identity", [this.plain(value)], value.shape) };
    });
    const read = new Set(this.#nodes.flatMap(({ inputs }) => inputs.map(({ id }) => id)));
    const names = new Map<number, string>();
    const taken = new Set(RESERVED);
    const give = (id: number, wanted: string): string => {
      const name = names.get(id) ?? unique(wanted.replaceAll(/[^A-Za-z0-9_.\-/]/g, "_"), taken);
      taken.add(name);
      names.set(id, name);
      return name;
    };
    for (const { name, value } of [...this.#inputs, ...given]) give(value.id, name);
    for (const [id, { weight }] of this.#constants) {
      if (weight !== undefined && read.has(id)) give(id, weight);
    }
    const last = new Map(this.#nodes.map(({ origin, id }) => [origin, id]));
    const constants = new Map<string, TfConstant>();
    const weights = new Set<string>();
    const nodes = this.#nodes.map(({ id, op, inputs, attributes, origin }): TfNode => {
      const isResult = origin !== "" && last.get(origin) === id;
      const name = give(id, isResult ? origin : origin === "" ? op : `${origin}/${op}`);
      const operands = inputs.map((input) => {
        const found = this.#constants.get(input.id);
        const operand = give(input.id, `${name}/${found?.role ?? "value"}`);
        if (found !== undefined) constants.set(operand, found.constant);
        if (found?.weight !== undefined) weights.add(operand);
        return input.result === undefined ? operand : `${operand}:${input.result}`;
      });
      return { name, op, inputs: operands, attributes, origin };
    });
    const port = ({ value: { id, shape } }: { readonly value: Value }) => {
      return { name: names.get(id) ?? "", shape };
    };
    return {
      inputs: this.#inputs.filter(({ value: { id } }) => read.has(id)).map(port),
      outputs: given.map(port),
      nodes,
      constants,
      weights,
    };
  }

  #value(shape: TensorShape): Value {
    return { id: this.#count++, shape };
  }

  #constant(named: Named): Value {
    const value = this.#value(named.constant.shape);
    this.#constants.set(value.id, named);
    return value;
  }
}
