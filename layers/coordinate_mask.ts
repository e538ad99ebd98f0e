/**
 * The mask of coordinate attention (Hou, Zhou and Feng, Coordinate attention for efficient mobile
 * network design, CVPR 2021): the means of all rows and of all columns pass one 1x1 convolution,
 * batch norm and hard swish together, and a convolution and a sigmoid each.
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { width as torchWidth } from "./_torch.ts";
import { count } from "../dsl/plan/fields.ts";
import type { ValueId } from "../dsl/graph/graph.ts";
import type { Pair } from "../dsl/graph/op.ts";
import type { Cost, FullLayerRule, LayerSite, Parameter } from "../dsl/plan/rule.ts";
import type { ForeignCounts } from "../dsl/plan/facets.ts";
import { type Configuration, layer, type Net } from "../dsl/net/net.ts";
import { concatAll, struct, SUM } from "../dsl/problem/monoid.ts";
import { channelsOf, type Shape, sizeOf } from "../dsl/net/shape.ts";
import { type BatchNorm, batchNormRule } from "./batch_norm.ts";
import { type Conv, convRule } from "./conv.ts";
import { hardSwishRule } from "./hard_swish.ts";
import { sigmoidRule } from "./sigmoid.ts";
import { mapFault } from "./window.ts";

/** A coordinate mask's configuration. */
export interface CoordinateMask {
  /** The tag. */
  readonly type: "coordinate_mask";
  /** How many times narrower the middle is than the map, rounded down. */
  readonly ratio: number;
  /** The fewest channels of the middle. */
  readonly least: number;
}

/** Options of {@link coordinateMask}. */
export interface CoordinateMaskOptions {
  /** How many times narrower the middle is than the map, rounded down; 32 by default. */
  readonly ratio?: number;
  /** The fewest channels of the middle; 8 by default. */
  readonly least?: number;
}

/**
 * A factor for every element of a map: that of its row times that of its column.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { coordinateMask } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(coordinateMask(), [14, 20, 256])).output, [14, 20, 256]);
 * ```
 */
export function coordinateMask(options: CoordinateMaskOptions = {}): Net {
  return layer({
    type: "coordinate_mask",
    ...optionsOf(options, { ratio: 32, least: 8 }, "coordinateMask"),
  });
}

/** A 1x1 convolution with a bias. */
function pointConv(width: number): Conv {
  return {
    type: "conv",
    width,
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    groups: 1,
    padding: "same",
    bias: true,
    initializer: "he-normal",
  };
}

const NORM: BatchNorm = {
  type: "batch_norm",
  epsilon: 1e-5,
  momentum: 0.9,
  scale: true,
  shift: true,
};

function middleOf({ ratio, least }: CoordinateMask, input: Shape): number {
  return Math.max(least, Math.floor(channelsOf(input) / ratio));
}

/** A layer within, on an input and with an output of its own; its parameters begin with its name. */
interface Inner {
  readonly parameters: readonly Parameter[];
  readonly cost: Cost;
  readonly elsewhere: ForeignCounts;
  readonly lower: (site: LayerSite, x: ValueId) => ValueId;
}

function inner<L extends Configuration>(
  name: string,
  [rule, layer]: readonly [FullLayerRule<L>, L],
  inputShape: Shape,
  outputShape: Shape,
): Inner {
  const own = rule.parameters?.(layer, inputShape) ?? [];
  return {
    parameters: own.map((parameter) => ({ ...parameter, name: `${name}.${parameter.name}` })),
    cost: rule.cost(layer, inputShape, outputShape),
    elsewhere: rule.elsewhere(layer, inputShape, outputShape),
    lower: (site, input) =>
      rule.lower(layer, {
        ...site,
        input,
        inputShape,
        outputShape,
        parameter: (own) => site.parameter(`${name}.${own}`),
        update: (own, value) => site.update(`${name}.${own}`, value),
      }),
  };
}

type InnerName = "conv" | "norm" | "swish" | "rows" | "columns" | "sigmoid";

/** The layers within, on an input of the whole. */
function innersOf(layer: CoordinateMask, input: Shape): Readonly<Record<InnerName, Inner>> {
  const [height = NaN, width = NaN, channels = NaN] = input;
  const middle = middleOf(layer, input);
  const wide = (size: number): Shape => [size, 1, channels];
  const narrow = (size: number): Shape => [size, 1, middle];
  const both = height + width;
  const last = [convRule, pointConv(channels)] as const;
  const swish = [hardSwishRule, { type: "hard_swish" }] as const;
  const sigmoid = [sigmoidRule, { type: "sigmoid" }] as const;
  return {
    conv: inner("conv1", [convRule, pointConv(middle)], wide(both), narrow(both)),
    norm: inner("bn1", [batchNormRule, NORM], narrow(both), narrow(both)),
    swish: inner("hardswish1", swish, narrow(both), narrow(both)),
    rows: inner("rows", last, narrow(height), wide(height)),
    columns: inner("columns", last, narrow(width), wide(width)),
    sigmoid: inner("sigmoid1", sigmoid, wide(both), wide(both)),
  };
}

const COSTS = /* @__PURE__ */ struct<Cost>({ macs: SUM, flops: SUM });
const COUNTS = /* @__PURE__ */ struct<ForeignCounts>({ fvcore: SUM, torchinfo: SUM });

/** The meaning of {@link CoordinateMask}. */
export const coordinateMaskRule: FullLayerRule<CoordinateMask> = {
  type: "coordinate_mask",
  label: "coordinatemask",
  fields: { ratio: count, least: count },
  shape: (_, input) => ({ output: input, faults: input.length === 3 ? [] : [mapFault(input)] }),
  parameters: (layer, input) =>
    Object.values(innersOf(layer, input)).flatMap(({ parameters }) => parameters),
  // Two means, the layers within, and a product.
  cost: (layer, input) => {
    const { macs, flops } = concatAll(COSTS)(
      Object.values(innersOf(layer, input)).map(({ cost }) => cost),
    );
    return { macs, flops: flops + 3 * sizeOf(input) };
  },
  elsewhere: (layer, input) =>
    concatAll(COUNTS)(Object.values(innersOf(layer, input)).map(({ elsewhere }) => elsewhere)),
  sight: () => ({ sees: "map" }),
  lower: (layer, site) => {
    const { graph, inputShape, input } = site;
    const { conv, norm, swish, rows, columns, sigmoid } = innersOf(layer, inputShape);
    const [height = 0, width = 0] = inputShape;
    const shape = graph.shapeOf(input);
    const means = (window: Pair): ValueId => {
      const pool = { op: "averagePool", window, stride: window, padding: [0, 0, 0, 0] } as const;
      return graph.apply(pool, [input]);
    };
    const standing = graph.apply({ op: "reshape", shape: shape.with(1, width).with(2, 1) }, [
      means([height, 1]),
    ]);
    const strip = graph.apply({ op: "concat", axis: 1 }, [means([1, width]), standing]);
    const middle = swish.lower(site, norm.lower(site, conv.lower(site, strip)));
    const factors = (start: number, size: number, own: Inner): ValueId => {
      const part = graph.apply({ op: "slice", axis: 1, start, size }, [middle]);
      return sigmoid.lower(site, own.lower(site, part));
    };
    const spread = (value: ValueId): ValueId => graph.apply({ op: "broadcast", shape }, [value]);
    const across = graph.apply({ op: "reshape", shape: shape.with(1, 1) }, [
      factors(height, width, columns),
    ]);
    return graph.apply({ op: "multiply" }, [spread(factors(0, height, rows)), spread(across)]);
  },
  drawing: () => ({ kind: "activation", name: "coordinate mask" }),
  torch: (layer, place) => ({
    makes: {
      callee: "CoordinateMask",
      holes: [
        torchWidth(channelsOf(place.input)),
        torchWidth(middleOf(layer, place.input)),
      ],
    },
    applies: (own, x) => `${own}(${x})`,
  }),
};
