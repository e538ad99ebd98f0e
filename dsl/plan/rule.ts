/**
 * The rule of a layer: everything that a layer type means, as a value. A user's
 * layer is made of the same pieces as netfold's own; its lowering consists of
 * graph operations, so every engine runs it, trains it and exports it.
 */
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import type { Configuration } from "../net/net.ts";
import { type Shape, sizeOf } from "../net/shape.ts";
import {
  expected,
  FUNCTION,
  hasFields,
  NUMBER,
  optional,
  OPTIONS,
  TEXT,
  type Wanted,
  type WantedOf,
} from "../problem/expect.ts";
import { ownValue } from "../problem/own.ts";
import { type Either, left, right } from "../problem/result.ts";
import { configurationFaults, type Field, type FieldFault } from "./configuration.ts";
import {
  type Drawing,
  type ForeignCounts,
  type Place,
  type Sight,
  type TorchCode,
  UNCOUNTED,
} from "./facets.ts";
import type { Fault } from "./fault.ts";
import { facet } from "./facet.ts";

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
  /** Its name within the layer: `kernel`, `bias`, `gamma` ...; `bn1.gamma` in a layer made of others. */
  readonly name: string;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its role. */
  readonly role: ParameterRole;
  /** How it starts; a number is what all of it starts at. */
  readonly initializer: Initializer | number;
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
  /** A number that no other layer that draws has; the next one at every call. */
  readonly salt: () => number;
}

/** The whole meaning of a layer type. */
export interface LayerRule<L extends Configuration> {
  /** The layer's type. */
  readonly type: L["type"];
  /** Its name in paths, before a number: `conv`, `bn`. */
  readonly label: string;
  /** Its configuration's fields. */
  readonly fields: { readonly [K in Exclude<keyof L, "type">]: Field<L[K]> };
  /** The output's shape for an input. */
  readonly shape: (layer: L, input: Shape) => ShapeReport;
  /** Its parameters for an input that fits; none by default. */
  readonly parameters?: (layer: L, input: Shape) => readonly Parameter[];
  /** Its cost for an input that fits. */
  readonly cost: (layer: L, input: Shape, output: Shape) => Cost;
  /** The operations it becomes. */
  readonly lower: (layer: L, site: LayerSite) => ValueId;
  /** What one of its outputs sees of an input that fits; receptive fields need it. */
  readonly sight?: (layer: L, input: Shape, output: Shape) => Sight;
  /** How diagrams show it; a box with its type by default. */
  readonly drawing?: (layer: L, place: Place) => Drawing;
  /** What other tools count for it; their conventions need it. */
  readonly elsewhere?: (layer: L, input: Shape, output: Shape) => ForeignCounts;
  /** What it is in PyTorch; the export to PyTorch needs it. */
  readonly torch?: (layer: L, place: Place) => TorchCode;
}

/** A rule with every facet, as netfold's own layers have it. */
export type FullLayerRule<L extends Configuration> =
  & LayerRule<L>
  & Required<Pick<LayerRule<L>, "sight" | "drawing" | "elsewhere" | "torch">>;

/** Shape, cost and sight of a layer that works on every element by itself, at `flops` operations each. */
export function pointwise(
  flops: number,
): Pick<Required<LayerRule<Configuration>>, "shape" | "cost" | "sight" | "elsewhere"> {
  expected(flops, NUMBER);
  return {
    shape: (_, input) => ({ output: input, faults: [] }),
    cost: (_, __, output) => ({ macs: 0, flops: flops * sizeOf(output) }),
    sight: () => ({ sees: "position" }),
    elsewhere: () => UNCOUNTED,
  };
}

/** A rule applied to a configuration that its fields have judged; it does not say of which type. */
export interface Meaning {
  /** The layer's name in paths. */
  readonly label: string;
  /** The output's shape for an input. */
  shape(input: Shape): ShapeReport;
  /** The parameters for an input that fits. */
  parameters(input: Shape): readonly Parameter[];
  /** The cost for an input that fits. */
  cost(input: Shape, output: Shape): Cost;
  /** The operations it becomes. */
  lower(site: LayerSite): ValueId;
  /** What one output sees; nothing when the rule does not say. */
  sight(input: Shape, output: Shape): Sight | undefined;
  /** How diagrams show it; nothing when the rule does not say. */
  drawing(place: Place): Drawing | undefined;
  /** What other tools count; nothing when the rule does not say. */
  elsewhere(input: Shape, output: Shape): ForeignCounts | undefined;
  /** What it is in PyTorch; nothing when the rule does not say. */
  torch(place: Place): TorchCode | undefined;
}

/** A rule of any layer type: reads a configuration, and gives its meaning or what is wrong with it. */
export interface AnyLayerRule {
  /** What kind of rule it is. */
  readonly of: "layer";
  /** The layer's type. */
  readonly type: string;
  /** Its name in paths. */
  readonly label: string;
  /** The meaning of a configuration of this type, or its faults. */
  readonly read: (configuration: Configuration) => Either<readonly FieldFault[], Meaning>;
}

/** A rule of a layer type of which the configuration is known. */
export interface OwnLayerRule<L extends Configuration> extends AnyLayerRule {
  /** Whether a configuration is of this type, and fits its fields; its type then tells them. */
  readonly is: (layer: Configuration) => layer is L;
}

const FIELDS: Wanted = {
  fits: (value) =>
    OPTIONS.fits(value) &&
    Object.values(Object(value)).every((field) =>
      hasFields(field, ["wanted", "is"]) && TEXT.fits(field.wanted) && FUNCTION.fits(field.is)
    ),
  wanted: "an object of fields, each { wanted, is }",
  hint: "such as { by: finite }; {} when there are none",
};
const FACET = /* @__PURE__ */ optional(FUNCTION);
const RULE: WantedOf<LayerRule<Configuration>> = {
  type: TEXT,
  label: TEXT,
  fields: FIELDS,
  shape: FUNCTION,
  parameters: FACET,
  cost: FUNCTION,
  lower: FUNCTION,
  sight: FACET,
  drawing: FACET,
  elsewhere: FACET,
  torch: FACET,
};

/**
 * The rule of a layer type, for a language. The fields' guards judge a
 * configuration before the rest of the rule sees it.
 *
 * @example A layer that scales every channel by a learnt number
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { layer, orThrow, params, plan, pointwise, rule, standard } from "@netfold/netfold";
 *
 * interface ChannelScale {
 *   readonly type: "channel_scale";
 * }
 * const channelScale = rule<ChannelScale>({
 *   ...pointwise(1),
 *   type: "channel_scale",
 *   label: "scale",
 *   fields: {},
 *   parameters: (_, input) => [{
 *     name: "gamma", shape: input.slice(-1), role: "scale", initializer: "ones", fanIn: 1, fanOut: 1,
 *   }],
 *   lower: (_, { graph, input, parameter }) =>
 *     graph.apply({ op: "multiply" }, [input, parameter("gamma")]),
 * });
 *
 * const net = layer<ChannelScale>({ type: "channel_scale" });
 * const planned = orThrow(plan(net, [8, 8, 16], { language: standard.with(channelScale) }));
 * assertEquals(params(planned).trainable, 16);
 * ```
 */
export function rule<L extends Configuration>(own: LayerRule<L>): OwnLayerRule<L> {
  const judged = ownValue<LayerRule<L>>(own, RULE, "what a layer is");
  const { type, label, fields } = judged;
  const known = new WeakMap<Configuration, Meaning>();
  const read: AnyLayerRule["read"] = (configuration) => {
    const before = known.get(configuration);
    if (before !== undefined) return right(before);
    const faults = configurationFaults(type, fields, configuration);
    if (faults.length > 0) return left(faults);
    // The guards of all fields have judged it, and there are no others.
    const meaning = new Meant(judged, configuration as L);
    if (isFrozen(configuration)) known.set(configuration, meaning);
    return right(meaning);
  };
  const is = (layer: Configuration): layer is L =>
    layer.type === type && read(layer)._tag === "Right";
  return { of: "layer", type, label, read, is };
}

/** A rule with the configuration it means; equal for equal configurations. */
class Meant<L extends Configuration> implements Meaning {
  constructor(readonly rule: LayerRule<L>, readonly layer: L) {}

  get label(): string {
    return this.rule.label;
  }

  shape(input: Shape): ShapeReport {
    return this.rule.shape(this.layer, input);
  }

  parameters(input: Shape): readonly Parameter[] {
    return this.rule.parameters?.(this.layer, input) ?? [];
  }

  cost(input: Shape, output: Shape): Cost {
    return this.rule.cost(this.layer, input, output);
  }

  lower(site: LayerSite): ValueId {
    return this.rule.lower(this.layer, site);
  }

  sight(input: Shape, output: Shape): Sight | undefined {
    return facet(this.rule.type, "sight", this.rule.sight?.(this.layer, input, output));
  }

  drawing(place: Place): Drawing | undefined {
    return facet(this.rule.type, "drawing", this.rule.drawing?.(this.layer, place));
  }

  elsewhere(input: Shape, output: Shape): ForeignCounts | undefined {
    return facet(this.rule.type, "elsewhere", this.rule.elsewhere?.(this.layer, input, output));
  }

  torch(place: Place): TorchCode | undefined {
    return facet(this.rule.type, "torch", this.rule.torch?.(this.layer, place));
  }
}

/** Whether nothing in a value can change any more. */
function isFrozen(value: unknown): boolean {
  return typeof value !== "object" || value === null ||
    Object.isFrozen(value) && Object.values(value).every(isFrozen);
}
