/**
 * What an operation of the tensor program becomes in ONNX. There is one
 * expansion for every operation; where several were possible, the one that
 * stands here was the fastest on ONNX Runtime's processor provider.
 */
import type { OpName, OpOf, TensorShape } from "../../graph/op.ts";
import type { Emitter, Value } from "./emitter.ts";

/** What an expansion may use besides its operands. */
export interface ExpansionContext {
  /** Where it writes. */
  readonly emitter: Emitter;
  /** The shapes of the results in netfold's order of axes. */
  readonly resultShapes: readonly TensorShape[];
  /** Whether the graph holds the gradient of this very operation. */
  readonly differentiated: boolean;
  /**
   * A map to add to the first result, for the operations in {@link ACCUMULATING}:
   * a convolution adds to what is there in the pass that it makes anyway.
   */
  readonly more: Value | undefined;
  /** What an operation leaves for its gradient. */
  readonly kept: Map<string, Value>;
  /** Whether ONNX Runtime's own operators may be used. */
  readonly own: boolean;
}

/** Writes the nodes of an operation and gives its results, in whatever order of axes they have. */
export type Expansion<K extends OpName> = (
  op: OpOf<K>,
  inputs: readonly Value[],
  context: ExpansionContext,
) => readonly Value[];

/** Operations whose expansions add `more` to their first result. */
export const ACCUMULATING: ReadonlySet<OpName> = new Set([
  "batchNormGrad",
  "conv2d",
  "conv2dInputGrad",
]);

/** An expansion for each of these operations. */
export type Expansions<K extends OpName = OpName> = { readonly [Name in K]: Expansion<Name> };

/** Operand `i`, which the graph's form guarantees. */
export function operand(inputs: readonly Value[], i: number): Value {
  const value = inputs[i];
  if (value === undefined) throw new TypeError(`operand ${i} is missing`);
  return value;
}

/** Operand `i` as a map: NCHW where it has four axes. */
export function mapOperand(emitter: Emitter, inputs: readonly Value[], i: number): Value {
  return emitter.inOrder(operand(inputs, i), "map");
}

/** A vector with an entry for each channel, in the shape that repeats it over `x`. */
export function perChannel(emitter: Emitter, vector: Value, x: Value): Value {
  const [channels = 1] = vector.shape;
  switch (x.order) {
    case "map":
      return emitter.reshape(vector, [channels, 1, 1]);
    case "kernel":
    case "blocked":
      return emitter.reshape(vector, [channels, 1, 1, 1]);
    case "plain":
      return vector;
  }
}

/** A result that is a map, NCHW. */
export function asMap(value: Value): Value {
  return { ...value, order: "map" };
}

/** The axis of the channels; of a map that is not in blocks. */
export function channelAxis({ shape, order }: Value): number {
  return order === "map" ? 1 : shape.length - 1;
}
