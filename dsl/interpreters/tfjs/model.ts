/**
 * A TensorFlow graph as TensorFlow.js reads it: nodes by name, with the
 * operators and attributes of `GraphDef` in their JSON form, and constants.
 */
import type { TensorShape } from "../../graph/op.ts";

/** An attribute of a node in its JSON form, in which whole numbers are text and text is base64. */
export type Attribute =
  | { readonly b: boolean }
  | { readonly f: number }
  | { readonly i: string }
  | { readonly s: string }
  | { readonly type: ElementType }
  | { readonly list: { readonly i: readonly string[] } | { readonly s: readonly string[] } }
  | { readonly shape: TfShape }
  | { readonly tensor: { readonly dtype: ElementType; readonly tensorShape: TfShape } };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** The types of tensors. */
export type ElementType = "DT_FLOAT" | "DT_INT32";

/** A shape in its JSON form; -1 is any size. */
export interface TfShape {
  readonly dim: readonly { readonly size: string }[];
}

/** One operator. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  /** The names of the values it reads; `name:1` is a node's second result. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
  /** The path of the layer that it comes from. */
  readonly origin: string;
}

/** Numbers that a graph holds. */
export type TfConstant =
  | { readonly type: "float32"; readonly shape: TensorShape; readonly data: Float32Array }
  | { readonly type: "int32"; readonly shape: TensorShape; readonly data: Int32Array };

/** A value that comes in or goes out; a size of -1 is any. */
export interface TfPort {
  readonly name: string;
  readonly shape: TensorShape;
}

/** A graph with its constants. */
export interface TfModel {
  readonly inputs: readonly TfPort[];
  readonly outputs: readonly TfPort[];
  /** In an order in which they can run. */
  readonly nodes: readonly TfNode[];
  readonly constants: ReadonlyMap<string, TfConstant>;
  /** The names of the constants that are weights. */
  readonly weights: ReadonlySet<string>;
}

/** The kernels, which may be stored as float16: small vectors are not worth it. */
export function kernelsOf({ constants, weights }: TfModel): ReadonlySet<string> {
  return new Set(
    [...constants].filter(([name, { shape }]) => weights.has(name) && shape.length >= 2)
      .map(([name]) => name),
  );
}

/** True or false. */
export const truth = (b: boolean): Attribute => ({ b });
/** A number. */
export const real = (f: number): Attribute => ({ f });
/** A whole number. */
export const whole = (i: number): Attribute => ({ i: `${i}` });
/** Whole numbers. */
export const wholes = (numbers: readonly number[]): Attribute => ({
  list: { i: numbers.map(String) },
});
/** Text of ASCII. */
export const text = (s: string): Attribute => ({ s: btoa(s) });
/** Texts of ASCII. */
export const texts = (all: readonly string[]): Attribute => ({ list: { s: all.map(btoa) } });
/** A type. */
export const type = (type: ElementType): Attribute => ({ type });

/** A shape. */
export function shapeOf(sizes: TensorShape): TfShape {
  return { dim: sizes.map((size) => ({ size: `${size}` })) };
}
