/**
 * What an expansion writes with: ONNX's operators on values that know their
 * shape and the order of their axes. An operand is brought into another order
 * only where it must be, and what ONNX repeats by itself is not repeated
 * before.
 */
import type { OpName, OpOf, TensorShape } from "../../graph/op.ts";
import type { Operands, Results } from "../../graph/signature.ts";
import { sameShape, sizeOf } from "../../net/shape.ts";
import { type Order, permutation, placeOf } from "./layout.ts";
import { BLOCKED, type OnnxNode } from "./model.ts";
import { type Attributes, ModelWriter, type Value } from "./writer.ts";

/** How a model may be written. */
export interface Dialect {
  /** Whether ONNX Runtime's own operators may be used. */
  readonly own: boolean;
  /** With them, the channels of a block in the order `blocked`; 0 when the runtime has no blocks. */
  readonly block: number;
}

/** An operation that is to be written. */
export interface Site<K extends OpName = OpName> {
  /** Where it is written. */
  readonly e: Emitter;
  readonly op: OpOf<K>;
  /** The shape of its first result in netfold's order of axes. */
  readonly shape: TensorShape;
  /**
   * A map to add to the first result, for the operations in {@link ACCUMULATING}:
   * a convolution adds to what is there in the pass that it makes anyway.
   */
  readonly more?: Value | undefined;
}

/** Writes the nodes of an operation and gives its results, in whatever order of axes they have. */
export type Expansion<K extends OpName> = (
  site: Site<K>,
  ...operands: Operands<K, Value>
) => Results<K, Value>;

/** An expansion for each of these operations. */
export type Expansions<K extends OpName = OpName> = { readonly [Name in K]: Expansion<Name> };

/** Operations whose expansions add `more` to their first result. */
export const ACCUMULATING: ReadonlySet<OpName> = new Set([
  "batchNormGrad",
  "conv2d",
  "conv2dInputGrad",
]);

/** Where the channels of a value are. */
export function channelAxis({ shape, order }: Value): number {
  return placeOf(shape.length - 1, order);
}

/** The shape that two operands give together, as ONNX repeats them. */
function together(a: TensorShape, b: TensorShape): TensorShape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return left === 1 ? right : left;
  });
}

/** Writes operators. */
export class Emitter extends ModelWriter implements Dialect {
  readonly own: boolean;
  readonly block: number;

  /** Starts an empty model. */
  constructor({ own, block }: Dialect) {
    super();
    this.own = own;
    this.block = block;
  }

  /** Writes an operator with one result. */
  node(
    type: string,
    inputs: readonly (Value | undefined)[],
    shape: TensorShape,
    attributes: Attributes = {},
    domain: OnnxNode["domain"] = "",
  ): Value {
    return this.write({ type, inputs, attributes, domain }, [shape])[0] as Value;
  }

  /** A number. */
  scalar(value: number): Value {
    return this.floats([], Float32Array.of(value));
  }

  /** A tensor of one number. */
  filled(shape: TensorShape, value: number): Value {
    return this.floats(shape, new Float32Array(sizeOf(shape)).fill(value));
  }

  /** Applies an operator entry by entry. */
  unary(type: string, x: Value, attributes: Attributes = {}): Value {
    return { ...this.node(type, [x], x.shape, attributes), order: x.order };
  }

  /**
   * Applies an operator to two operands entry by entry, whatever their orders:
   * of the same shape; or one is a number, or has axes of size one, or is a
   * vector with an entry for each channel of the first.
   */
  binary(type: string, left: Value | number, right: Value | number): Value {
    const [a, b] = this.#inOneOrder(
      typeof left === "number" ? this.scalar(left) : left,
      typeof right === "number" ? this.scalar(right) : right,
    );
    const y = this.node(type, [a, b], together(a.shape, b.shape));
    return { ...y, order: a.shape.length >= b.shape.length ? a.order : b.order };
  }

  /** `a + b`, as {@link binary}. */
  add(a: Value | number, b: Value | number): Value {
    return this.binary("Add", a, b);
  }

  /** `a - b`, as {@link binary}. */
  sub(a: Value | number, b: Value | number): Value {
    return this.binary("Sub", a, b);
  }

  /** `a * b`, as {@link binary}. */
  mul(a: Value | number, b: Value | number): Value {
    return this.binary("Mul", a, b);
  }

  /** `a / b`, as {@link binary}. */
  div(a: Value | number, b: Value | number): Value {
    return this.binary("Div", a, b);
  }

  /** Two operands as ONNX takes them together. */
  #inOneOrder(a: Value, b: Value): readonly [Value, Value] {
    const [same, ranks] = [sizeOf(a.shape) === sizeOf(b.shape), [a.shape.length, b.shape.length]];
    if (same && b.from?.how === "repeated") return this.#inOneOrder(a, b.from.value);
    if (same && a.from?.how === "repeated") return this.#inOneOrder(a.from.value, b);
    if (ranks[1] === 1 && a.shape.length > 1) {
      const x = this.#unblocked(a);
      return [x, x.order === "plain" ? b : this.#perChannel(b, x.order)];
    }
    if (ranks[0] !== 4 || ranks[1] !== 4) return [a, b];
    // The larger one stays as it is.
    const order = same
      ? commonOrder(a.order, b.order)
      : this.#unblocked(sizeOf(a.shape) > sizeOf(b.shape) ? a : b).order;
    return [this.inOrder(a, order), this.inOrder(b, order)];
  }

  /** A vector with an entry for each channel, in the shape that repeats it over a map or a kernel. */
  #perChannel(vector: Value, order: Order): Value {
    return this.reshape(
      vector,
      order === "map" ? [...vector.shape, 1, 1] : [...vector.shape, 1, 1, 1],
    );
  }

  #unblocked(x: Value): Value {
    return x.order === "blocked" ? this.inOrder(x, "map") : x;
  }

  /** The sum, mean or maximum over axes of the value as it is; they are dropped unless kept with size one. */
  reduce(
    type: "ReduceSum" | "ReduceMean" | "ReduceMax",
    x: Value,
    axes: readonly number[],
    { keep = false }: { readonly keep?: boolean } = {},
  ): Value {
    const shape = keep
      ? x.shape.map((size, i) => axes.includes(i) ? 1 : size)
      : x.shape.filter((_, i) => !axes.includes(i));
    const keepdims = keep ? 1 : 0;
    // Of opset 17's reductions only the sum takes its axes as an operand.
    const y = type === "ReduceSum"
      ? this.node(type, [x, this.whole(axes)], shape, { keepdims })
      : this.node(type, [x], shape, { axes, keepdims });
    return { ...y, order: keep ? x.order : "plain" };
  }

  /** The value with axis `i` being axis `perm[i]` of the old one. */
  transpose(x: Value, perm: readonly number[]): Value {
    return this.node("Transpose", [x], perm.map((axis) => x.shape[axis] ?? 1), { perm });
  }

  /** Values of one order side by side along an axis of theirs. */
  concat(parts: readonly Value[], axis: number): Value {
    const [first] = parts as readonly [Value];
    if (parts.length === 1) return first;
    const size = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 1), 0);
    return {
      ...this.node("Concat", parts, first.shape.with(axis, size), { axis }),
      order: first.order,
    };
  }

  /** The entries along an axis in the opposite order. */
  backwards(x: Value, axis: number): Value {
    const size = x.shape[axis] ?? 1;
    const places = this.whole(Array.from({ length: size }, (_, k) => size - 1 - k));
    return this.node("Gather", [x, places], x.shape, { axis });
  }

  /** The same numbers in another shape, whatever their order meant. */
  reshape(x: Value, shape: TensorShape): Value {
    const source = x.from?.how === "reshaped" ? x.from.value : x;
    if (sameShape(shape, source.shape)) return { ...source, order: "plain", from: undefined };
    const y = this.node("Reshape", [source, this.whole(shape)], shape);
    return { ...y, from: { how: "reshaped", value: source } };
  }

  /** The value as a map, NCHW, where it has four axes. */
  map(x: Value): Value {
    return this.inOrder(x, "map");
  }

  /** The value in one of ONNX's orders: a kernel as it is, everything else as {@link map}. */
  natural(x: Value): Value {
    return x.order === "kernel" ? x : this.map(x);
  }

  /** The value with its axes in another order. */
  inOrder(x: Value, order: Order): Value {
    if (x.order === order || x.shape.length !== 4) return x;
    if (x.from?.how === "reordered" && x.from.value.order === order) return x.from.value;
    const blocks = x.order === "blocked" || order === "blocked";
    // Only maps are brought into blocks and out of them.
    if (blocks && x.order !== "map" && order !== "map") return this.inOrder(this.map(x), order);
    if (!blocks) {
      const perm = permutation(x.order, order);
      const moved = perm.filter((axis) => x.shape[axis] !== 1);
      if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0))) {
        // Only axes of size one change their places.
        return { ...this.reshape(x, perm.map((axis) => x.shape[axis] ?? 1)), order };
      }
      return { ...this.transpose(x, perm), order, from: { how: "reordered", value: x } };
    }
    const y = order === "blocked"
      ? this.node("ReorderInput", [x], x.shape, {}, BLOCKED)
      : this.node("ReorderOutput", [x], x.shape, { channels: x.shape[1] ?? 1 }, BLOCKED);
    return { ...y, order, from: { how: "reordered", value: x } };
  }
}

/** The order in which operands of the same shape meet: not netfold's own, and blocks where the second has them. */
function commonOrder(a: Order, b: Order): Order {
  return a === "plain" || b === "blocked" ? b : a;
}
