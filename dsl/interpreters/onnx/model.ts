/**
 * An ONNX model as a value: what the format's `ModelProto` holds, as far as
 * netfold writes it. `encode.ts` turns it into bytes.
 *
 * Source: onnx.proto of ONNX, IR version 8.
 */
import type { TensorShape } from "../../graph/op.ts";

/** The opset of ONNX's own operators that netfold writes. */
export const OPSET = 17;

/** The version of the format itself. */
export const IR_VERSION = 8;

/** The domain of ONNX Runtime's own operators. */
export const MICROSOFT = "com.microsoft";

/** The domain of its operators on channels in blocks. */
export const BLOCKED = "com.microsoft.nchwc";

/** A constant tensor. */
export type OnnxTensor =
  | { readonly type: "float"; readonly dims: TensorShape; readonly data: Float32Array }
  | { readonly type: "int64"; readonly dims: TensorShape; readonly data: BigInt64Array };

/** An attribute of a node; numbers are whole in `int` and `ints`. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "string"; readonly value: string };

/** A size, or the name of one that is known when the model runs. */
export type Dimension = number | string;

/** One operator applied to named values; an empty name is an operand or result left out. */
export interface OnnxNode {
  /** The operator, such as `Conv`. */
  readonly type: string;
  /** Its domain; `""` is ONNX's own. */
  readonly domain: "" | typeof MICROSOFT | typeof BLOCKED;
  /** The node's own name, unique in the graph. */
  readonly name: string;
  /** The path of the layer that it belongs to; not written. */
  readonly origin: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The shapes of what it defines; not written. */
  readonly shapes: readonly (readonly Dimension[])[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A named value and its shape. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxTensor["type"] | "bool";
  readonly shape: readonly Dimension[];
}

/** A whole model. */
export interface OnnxModel {
  /** The graph's name. */
  readonly name: string;
  /** Text for people. */
  readonly doc: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Shapes of values between. */
  readonly values: readonly OnnxValue[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** The nodes, in an order in which they can run. */
  readonly nodes: readonly OnnxNode[];
  /** Keys and values for whoever opens the file. */
  readonly metadata: Readonly<Record<string, string>>;
}
