/**
 * What a layer must say about itself. One file under `layers/` holds one
 * {@link LayerRule}; the table of layers does not compile while one is missing.
 */
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import type { Padding, Pair } from "../graph/op.ts";
import type { Shape } from "../net/shape.ts";

/** A problem before it knows where it is. */
export interface Fault {
  /** What kind of problem it is, for programs. */
  readonly code: string;
  /** The rule that does not hold. */
  readonly rule: string;
  /** What was found. */
  readonly got: string;
  /** What was needed. */
  readonly wanted: string;
  /** What to do about it. */
  readonly hint: string;
}

/** How a parameter starts. He and Glorot as in their papers, from `fanIn` and `fanOut`. */
export type Initializer =
  | "he-normal"
  | "he-uniform"
  | "glorot-uniform"
  | "zeros"
  | "ones";

/** What a parameter is for; decides what counts as a weight and what is decayed. */
export type ParameterRole =
  | "kernel"
  | "bias"
  | "scale"
  | "shift"
  | "running-mean"
  | "running-variance";

/** One parameter tensor of a layer. */
export interface Parameter {
  /** Its name within the layer: `kernel`, `bias`, `gamma` ... */
  readonly name: string;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its role. */
  readonly role: ParameterRole;
  /** How it starts. */
  readonly initializer: Initializer;
  /** Inputs that feed one output. */
  readonly fanIn: number;
  /** Outputs that one input feeds. */
  readonly fanOut: number;
  /** There when training leaves it as it is; planning sets it for the layers of a frozen part. */
  readonly frozen?: true;
}

/** The price of one pass over one image. */
export interface Cost {
  /** Multiply-accumulates of convolutions and dense layers. */
  readonly macs: number;
  /** Floating point operations: 2 MACs plus every elementwise operation. */
  readonly flops: number;
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
export interface WindowSight {
  /** The tag. */
  readonly sees: "window";
  /** Height and width in taps. */
  readonly kernel: Pair;
  /** Step. */
  readonly stride: Pair;
  /** Distance between taps. */
  readonly dilation: Pair;
  /** Groups of channels that see only each other. */
  readonly groups: number;
  /** Pixels around the map. */
  readonly padding: Padding;
}

/** What a shape rule finds: the output, with unknown dimensions as NaN, and what is wrong. */
export interface ShapeReport {
  /** The output's shape. */
  readonly output: Shape;
  /** What is wrong, nothing when the layer fits. */
  readonly faults: readonly Fault[];
}

/** Whether a graph is built to train or to answer. */
export type Mode = "training" | "inference";

/** A layer's place while it is lowered. */
export interface LayerSite {
  /** Where operations are added. */
  readonly graph: GraphBuilder;
  /** What the graph is for. */
  readonly mode: Mode;
  /** Whether training leaves the layer as it is. */
  readonly frozen: boolean;
  /** The layer's input, batch first. */
  readonly input: ValueId;
  /** The input's shape. */
  readonly inputShape: Shape;
  /** The output's shape. */
  readonly outputShape: Shape;
  /** The value of the layer's parameter of that name. */
  readonly parameter: (name: string) => ValueId;
  /** Gives a parameter its value for the next run (running statistics). */
  readonly update: (name: string, value: ValueId) => void;
  /** The run's random seed, a scalar, for layers that draw. */
  readonly seed: () => ValueId;
  /** A number of its own for each layer that draws. */
  readonly salt: number;
}

/** One field of a layer's configuration, as JSON holds it. */
export interface Field<T> {
  /** What the field may hold, for people. */
  readonly wanted: string;
  /** Whether a value fits. */
  readonly is: (value: unknown) => value is T;
}

/** The whole meaning of a layer type. */
export interface LayerRule<L extends { readonly type: string }> {
  /** Its name in paths, before a number: `conv`, `bn`. */
  readonly label: string;
  /** Its configuration's fields. */
  readonly fields: { readonly [K in Exclude<keyof L, "type">]: Field<L[K]> };
  /** The output's shape for an input. */
  readonly shape: (layer: L, input: Shape) => ShapeReport;
  /** Its parameters for an input that fits. */
  readonly parameters: (layer: L, input: Shape) => readonly Parameter[];
  /** Its cost for an input that fits. */
  readonly cost: (layer: L, input: Shape, output: Shape) => Cost;
  /** What other tools count for it. */
  readonly elsewhere: (layer: L, input: Shape, output: Shape) => ForeignCounts;
  /** What one of its outputs sees of an input that fits. */
  readonly sight: (layer: L, input: Shape, output: Shape) => Sight;
  /** The operations it becomes. */
  readonly lower: (layer: L, site: LayerSite) => ValueId;
}
