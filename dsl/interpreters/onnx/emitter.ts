/**
 * Writing an ONNX graph node by node. Values carry their shape, and the order
 * of their axes: netfold's maps are NHWC and its kernels HWIO, ONNX's are NCHW
 * and OIHW. An expansion asks for an operand in the order that it needs, and a
 * transposition is written only where the orders differ.
 */
import type { TensorShape } from "../../graph/op.ts";
import { type Attribute, BLOCKED, MICROSOFT, type OnnxNode, type OnnxTensor } from "./model.ts";

/**
 * The order of a value's axes: `plain` as in netfold's graph, `map` NCHW for
 * NHWC, `kernel` OIHW for HWIO, `blocked` the runtime's own for maps, with the
 * shape of `map`. Values of other ranks than four are plain.
 */
export type Order = "plain" | "map" | "kernel" | "blocked";

/** A value in the ONNX graph. */
export interface Value {
  /** Its name there. */
  readonly name: string;
  /** Its shape there. */
  readonly shape: TensorShape;
  /** The order of its axes. */
  readonly order: Order;
}

/** Attributes in their short form: whole numbers, lists of them, text; other numbers as {@link float}. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | string | Attribute>
>;

/** A floating-point attribute. */
export function float(value: number): Attribute {
  return { kind: "float", value };
}

/** From netfold's order of axes. */
const PERMUTATION = { map: [0, 3, 1, 2], kernel: [3, 2, 0, 1] } as const;
/** Back to netfold's order of axes. */
const INVERSE = { map: [0, 2, 3, 1], kernel: [2, 3, 1, 0] } as const;

/** A shape of netfold's graph in another order. */
export function ordered(shape: TensorShape, order: Order): TensorShape {
  return order === "plain"
    ? shape
    : PERMUTATION[order === "blocked" ? "map" : order].map((axis) => shape[axis] ?? 1);
}

/** The order of axes in which tensors of the state are kept: all of rank four are kernels. */
export function stateOrder(shape: TensorShape): Order {
  return shape.length === 4 ? "kernel" : "plain";
}

/** The shape that two operands give together, as ONNX repeats them. */
function broadcast(a: TensorShape, b: TensorShape): TensorShape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return left === 1 ? right : left;
  });
}

/** Collects nodes and constants. */
export class Emitter {
  /** Channels of a block in the order `blocked`; 0 when the runtime has no blocks or must not use them. */
  readonly block: number;
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, OnnxTensor>();
  readonly #constantNames = new Map<string, string>();
  readonly #shapes = new Map<string, TensorShape>();
  readonly #reordered = new Map<string, Value>();
  readonly #taken = new Map<string, number>();
  readonly #reshaped = new Map<string, Value>();
  readonly #written = new Map<string, readonly Value[]>();
  #origin = "";

  /** Starts with nothing. */
  constructor(block: number) {
    this.block = block;
  }

  /** Everything written from now on belongs to the layer at this path. */
  at(path: string): void {
    this.#origin = path;
  }

  /** The nodes so far, in order. */
  get nodes(): readonly OnnxNode[] {
    return this.#nodes;
  }

  /** The constants so far. */
  get constants(): ReadonlyMap<string, OnnxTensor> {
    return this.#constants;
  }

  /** The shape of every value that a node defines. */
  get shapes(): ReadonlyMap<string, TensorShape> {
    return this.#shapes;
  }

  /** A name that nothing else has: the layer's path and what the value is. */
  fresh(what: string): string {
    const name = this.#origin === "" ? what : `${this.#origin}/${what}`;
    const seen = this.#taken.get(name) ?? 0;
    this.#taken.set(name, seen + 1);
    return seen === 0 ? name : `${name}.${seen + 1}`;
  }

  /** A named value from outside: an input or a piece of the state. */
  outside(name: string, shape: TensorShape, order: Order = "plain"): Value {
    this.#taken.set(name, 1);
    return { name, shape, order };
  }

  /** Writes a node with several results, one for each shape; the same node twice gives the same results. */
  write(
    type: string,
    inputs: readonly (Value | undefined)[],
    shapes: readonly TensorShape[],
    attributes: Attributes = {},
    domain: OnnxNode["domain"] = "",
  ): readonly Value[] {
    const last = inputs.findLastIndex((input) => input !== undefined);
    const names = inputs.slice(0, last + 1).map((input) => input?.name ?? "");
    const key = JSON.stringify([type, domain, names, shapes, attributes]);
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const name = this.fresh(type);
    const outputs = shapes.map((_, i) => `${name}:${i}`);
    this.#nodes.push({
      type,
      domain,
      name,
      origin: this.#origin,
      inputs: names,
      outputs,
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [key, attribute(value)]),
      ),
    });
    const results = shapes.map((shape, i): Value => {
      const value = outputs[i] ?? "";
      this.#shapes.set(value, shape);
      return { name: value, shape, order: "plain" };
    });
    this.#written.set(key, results);
    return results;
  }

  /** Writes a node with one result. */
  node(
    type: string,
    inputs: readonly (Value | undefined)[],
    shape: TensorShape,
    attributes: Attributes = {},
  ): Value {
    return this.write(type, inputs, [shape], attributes)[0] as Value;
  }

  /** Writes one of ONNX Runtime's own nodes. */
  microsoft(
    type: string,
    inputs: readonly (Value | undefined)[],
    shape: TensorShape,
    attributes: Attributes = {},
  ): Value {
    return this.write(type, inputs, [shape], attributes, MICROSOFT)[0] as Value;
  }

  /** Applies an operator entry by entry; the axes' order stays. */
  unary(type: string, x: Value, attributes: Attributes = {}): Value {
    return { ...this.node(type, [x], x.shape, attributes), order: x.order };
  }

  /** The value again, under a name of its own. */
  copy(x: Value): Value {
    const name = this.fresh("Identity");
    const output = `${name}:0`;
    this.#nodes.push({
      type: "Identity",
      domain: "",
      name,
      origin: this.#origin,
      inputs: [x.name],
      outputs: [output],
      attributes: {},
    });
    this.#shapes.set(output, x.shape);
    return { ...x, name: output };
  }

  /** Applies an operator of two operands, the smaller one repeated as ONNX does it. */
  binary(type: string, a: Value, b: Value): Value {
    const y = this.node(type, [a, b], broadcast(a.shape, b.shape));
    return { ...y, order: a.shape.length >= b.shape.length ? a.order : b.order };
  }

  /** A constant of floating-point numbers, written once whatever asks for it. */
  floats(shape: TensorShape, data: Float32Array): Value {
    const key = `float ${shape} ${data}`;
    return {
      name: this.#constant(key, { type: "float", dims: shape, data }),
      shape,
      order: "plain",
    };
  }

  /** A number. */
  scalar(value: number): Value {
    return this.floats([], Float32Array.of(value));
  }

  /** A list of whole numbers: axes, shapes, sizes. */
  whole(...values: readonly number[]): Value {
    const data = BigInt64Array.from(values, BigInt);
    const dims = [values.length];
    const name = this.#constant(`int64 ${values}`, { type: "int64", dims, data });
    return { name, shape: dims, order: "plain" };
  }

  #constant(key: string, tensor: OnnxTensor): string {
    const known = this.#constantNames.get(key);
    if (known !== undefined) return known;
    const name = `constant${this.#constants.size}`;
    this.#constants.set(name, tensor);
    this.#constantNames.set(key, name);
    return name;
  }

  /** A constant under a name of its own, such as a weight. */
  named(name: string, shape: TensorShape, data: Float32Array, order: Order): Value {
    this.#taken.set(name, 1);
    this.#constants.set(name, { type: "float", dims: shape, data });
    return { name, shape, order };
  }

  /**
   * The same numbers in another shape. `to` is written as ONNX reads it: 0
   * keeps an axis, -1 takes what is left, so that a batch of any size fits.
   */
  reshape(x: Value, shape: TensorShape, to: readonly number[] = shape): Value {
    const source = this.#reshaped.get(x.name) ?? x;
    if (shape.join() === source.shape.join()) return { ...source, order: "plain" };
    // 0 in `to` keeps an axis of the operand itself, not of what it was made of.
    const first = to.includes(0) ? x : source;
    const y = this.node("Reshape", [first, this.whole(...to)], shape);
    this.#reshaped.set(y.name, source);
    return y;
  }

  /** The value with its axes in another order. */
  inOrder(x: Value, order: Order): Value {
    if (x.order === order || x.shape.length !== 4) return x;
    if (x.order === "blocked" || order === "blocked") return this.#blocked(x, order);
    if (x.order !== "plain" && order !== "plain") {
      return this.inOrder(this.inOrder(x, "plain"), order);
    }
    const key = `${x.name} ${order}`;
    const known = this.#reordered.get(key);
    if (known !== undefined) return known;
    const perm = order === "plain" ? INVERSE[x.order as "map" | "kernel"] : PERMUTATION[order];
    const shape = perm.map((axis) => x.shape[axis] ?? 1);
    const value = { ...this.node("Transpose", [x], shape, { perm }), order };
    this.#reordered.set(key, value);
    return value;
  }

  /** The value with its channels in blocks, or no longer. */
  #blocked(x: Value, order: Order): Value {
    if (x.order !== "blocked" && x.order !== "map") {
      return this.inOrder(this.inOrder(x, "map"), order);
    }
    const other = x.order === "blocked" ? "map" : "blocked";
    const [type, attributes] = x.order === "blocked"
      ? ["ReorderOutput", { channels: x.shape[1] ?? 1 }] as const
      : ["ReorderInput", {}] as const;
    const key = `${x.name} ${other}`;
    const value = this.#reordered.get(key) ?? {
      ...this.write(type, [x], [x.shape], attributes, BLOCKED)[0] as Value,
      order: other,
    };
    this.#reordered.set(key, value);
    this.#reordered.set(`${value.name} ${x.order}`, x);
    return this.inOrder(value, order);
  }
}

function attribute(value: Attributes[string]): Attribute {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  return "kind" in value ? value : { kind: "ints", value };
}
