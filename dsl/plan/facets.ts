/**
 * Facets: what a layer may say of itself for particular readings (receptive
 * fields, diagrams, other tools' counts, PyTorch). A reading for which a layer
 * has no facet names the layer in a problem.
 */
import type { ConvolutionGeometry, Pair } from "../graph/op.ts";
import type { Shape } from "../net/shape.ts";

/** Where a layer stands once it is planned. */
export interface Place {
  /** The input's shape. */
  readonly input: Shape;
  /** The output's shape. */
  readonly output: Shape;
  /** Whether training leaves the layer as it is. */
  readonly frozen: boolean;
}

/** What one output of a layer sees of the map before it. */
export type Sight =
  /** Its own position; of a vector its own feature. */
  | { readonly sees: "position" }
  /** Every position; of a vector every feature. */
  | { readonly sees: "map" }
  /** The two neighbours of its place in either direction; `step` is the distance between places. */
  | { readonly sees: "neighbours"; readonly step: Pair }
  | WindowSight;

/** A window of taps that slides over the map. */
export interface WindowSight extends ConvolutionGeometry {
  /** The tag. */
  readonly sees: "window";
  /** Height and width in taps. */
  readonly kernel: Pair;
}

/** How a diagram shows a layer. */
export interface Drawing {
  /** What it is drawn as; decides its colour and form. */
  readonly kind:
    | "convolution"
    | "dense"
    | "pool"
    | "resize"
    | "activation"
    | "normalization"
    | "other";
  /** Its type's name, for people; the type itself by default. */
  readonly name?: string;
  /** The layer in a few words, `conv 3×3, 64`; its name by default. */
  readonly words?: string;
}

/**
 * What other tools count for one pass over one image, in their own units, when
 * the layer is written in PyTorch.
 */
export interface ForeignCounts {
  /** fvcore's "flops" at inference: a multiply-add is one. */
  readonly fvcore: number;
  /** torchinfo's "mult-adds". */
  readonly torchinfo: number;
}

/** The counts of what those tools do not look at. */
export const UNCOUNTED: ForeignCounts = { fvcore: 0, torchinfo: 0 };

/** A layer as PyTorch has it. */
export interface TorchCode {
  /** What the constructor makes; nothing when a function is enough. */
  readonly makes?: TorchCall;
  /** What the forward pass does: `own` is what the constructor made, `x` the value (NCHW). */
  readonly applies: (own: string, x: string) => string;
  /** There when a sum or a product for `x` must stand in brackets. */
  readonly tight?: true;
  /** There when the outcome is a product, and not a call. */
  readonly product?: true;
}

/** A merge as PyTorch has it. */
export interface TorchMerge {
  /** What becomes of the branches' values, which have these shapes (HWC). */
  readonly applies: (branches: readonly string[], shapes: readonly Shape[]) => string;
  /** Whether the outcome is a sum, a product or a call; sums and products in a product stand in brackets. */
  readonly binds: "sum" | "product" | "call";
}

/** A Python number, flag or tuple of numbers; text stands as it is, so write a field's by `pythonText`. */
export type TorchValue = number | string;

/** An argument in a constructor's line, which other instances of the same class may fill otherwise. */
export interface TorchArgument {
  /** What this instance fills it with. */
  readonly value: TorchValue;
  /** What it means: `width` for channels, or the name of what is configured. */
  readonly kind: string;
  /** The keyword it is given by; nothing when its place says what it is. */
  readonly keyword?: string;
  /** What it is when it is left out. */
  readonly otherwise?: TorchValue;
}

/** The making of a layer or of a part: a class with its arguments. */
export interface TorchCall {
  /** The class. */
  readonly callee: string;
  /** Its arguments. */
  readonly holes: readonly TorchArgument[];
  /** What stands before and after the call: helpers that the module goes through. */
  readonly around?: readonly [before: string, after: string];
}

/** A window in a diagram's words: `3×3`, `3×3 /2`. */
export function windowWords(window: Pair, stride: Pair): string {
  const size = `${window[0]}×${window[1]}`;
  return stride[0] === 1 && stride[1] === 1 ? size : `${size} /${times(stride)}`;
}

/** A pair in a diagram's words, one number where both are the same. */
export function times([a, b]: Pair): string {
  return a === b ? `${a}` : `${a}×${b}`;
}
