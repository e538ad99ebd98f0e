/**
 * Convolution over maps, in the sense of deep learning (cross-correlation).
 * Kernels are HWIO: `[height, width, input channels / groups, output channels]`.
 */
import { given, optionsOf } from "../dsl/problem/expect.ts";
import {
  evenSides,
  flag as torchFlag,
  groups as torchGroups,
  keyword,
  padded,
  pair as torchPair,
  startingWith,
  width as torchWidth,
} from "./_torch.ts";
import {
  channelGroups,
  flag,
  initializer,
  padding,
  type PaddingRule,
  pair,
  width,
} from "../dsl/plan/fields.ts";
import type { Padding, Pair } from "../dsl/graph/op.ts";
import type { FullLayerRule, Initializer } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type LayerWidth, resolveWidth, type Shape, sizeOf } from "../dsl/net/shape.ts";
import { mapFault, place, type Placement } from "./window.ts";
import { times, windowWords } from "../dsl/plan/facets.ts";
import { groupFaults } from "./_groups.ts";
import { widthFaults } from "./_width.ts";

/** A convolution's configuration. */
export interface Conv {
  /** The tag. */
  readonly type: "conv";
  /** Output channels. */
  readonly width: LayerWidth;
  /** Kernel height and width. */
  readonly kernel: Pair;
  /** Step, height and width. */
  readonly stride: Pair;
  /** Distance between the kernel's taps. */
  readonly dilation: Pair;
  /** Groups of channels that see only each other; `"same"` makes every input channel one. */
  readonly groups: number | "same";
  /** What surrounds the map. */
  readonly padding: PaddingRule;
  /** Whether a bias is added. */
  readonly bias: boolean;
  /** How the kernel starts. */
  readonly initializer: Initializer;
}

/** Options of {@link conv}. */
export interface ConvOptions {
  /** Kernel size, square or height and width; 1 by default. */
  readonly kernel?: number | Pair;
  /** Step; 1 by default. */
  readonly stride?: number | Pair;
  /** Distance between taps; 1 by default. */
  readonly dilation?: number | Pair;
  /** Groups; 1 by default. `"same"` is as many as the input has channels: a depthwise convolution. */
  readonly groups?: number | "same";
  /** `"same"` by default; a number pads every side by it. */
  readonly padding?: PaddingRule | number;
  /** Whether a bias is added; not by default, a batch norm usually follows. */
  readonly bias?: boolean;
  /** `"he-normal"` by default. */
  readonly initializer?: Initializer;
}

const DEFAULTS = {
  kernel: 1,
  stride: 1,
  dilation: 1,
  groups: 1,
  padding: "same",
  bias: false,
  initializer: "he-normal",
} as const;

/** A number for both sides of a pair. */
export function both(value: number | Pair): Pair {
  return typeof value === "number" ? [value, value] : value;
}

/** A number for all four sides of a border. */
export function border(value: PaddingRule | number): PaddingRule {
  const sides = (n: number): Padding => [n, n, n, n];
  return typeof value === "number" ? sides(value) : value;
}

/**
 * A convolution with `width` output channels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(conv(64, { kernel: 7, stride: 2, padding: 3 }), [224, 224, 3]));
 * assertEquals(planned.output, [112, 112, 64]);
 * ```
 */
export function conv(width: LayerWidth, options: ConvOptions = {}): Net {
  const chosen = optionsOf(options, DEFAULTS, "conv");
  return layer({
    type: "conv",
    width: given(width, "a width", "conv"),
    ...chosen,
    kernel: both(chosen.kernel),
    stride: both(chosen.stride),
    dilation: both(chosen.dilation),
    padding: border(chosen.padding),
  });
}

function placed(layer: Conv, input: Shape): Placement {
  return place({ ...layer, ceil: false }, input[0] ?? NaN, input[1] ?? NaN);
}

/** The number of groups on an input of that number of channels. */
export function groupsOf({ groups }: Pick<Conv, "groups">, channels: number): number {
  return groups === "same" ? channels : groups;
}

/** What a diagram says of groups; nothing where there is one. */
export function groupWords(groups: number, channels: number): string {
  return groups === 1 ? "" : groups === channels ? ", depthwise" : `, ${groups} groups`;
}

/** Multiply-accumulates, those with the border's zeros included. */
function products(layer: Conv, input: Shape, output: Shape): number {
  const channels = channelsOf(input);
  return sizeOf(output) * sizeOf(layer.kernel) * (channels / groupsOf(layer, channels));
}

/** The meaning of {@link Conv}. */
export const convRule: FullLayerRule<Conv> = {
  type: "conv",
  label: "conv",
  fields: {
    width,
    kernel: pair,
    stride: pair,
    dilation: pair,
    groups: channelGroups,
    padding,
    bias: flag,
    initializer,
  },
  shape: (layer, input) => {
    const channels = input.length === 3 ? channelsOf(input) : NaN;
    const width = resolveWidth(layer.width, channels);
    const output = Number.isInteger(width) ? width : NaN;
    const sides = [["input", channels], ["output", layer.width === "same" ? NaN : output]] as const;
    const faults = [
      ...widthFaults(layer.width, channels),
      ...groupFaults(groupsOf(layer, channels), sides),
    ];
    if (input.length !== 3) {
      return { output: [NaN, NaN, output], faults: [mapFault(input), ...faults] };
    }
    const { size, faults: misfits } = placed(layer, input);
    return { output: [...size, output], faults: [...misfits, ...faults] };
  },
  parameters: (layer, input) => {
    const groups = groupsOf(layer, channelsOf(input));
    const inputs = channelsOf(input) / groups;
    const outputs = resolveWidth(layer.width, channelsOf(input));
    const fanIn = sizeOf(layer.kernel) * inputs;
    const fanOut = sizeOf(layer.kernel) * outputs / groups;
    const kernel = {
      name: "kernel",
      shape: [...layer.kernel, inputs, outputs],
      role: "kernel",
      initializer: layer.initializer,
      fanIn,
      fanOut,
    } as const;
    return layer.bias
      ? [kernel, {
        name: "bias",
        shape: [outputs],
        role: "bias",
        initializer: "zeros",
        fanIn,
        fanOut,
      }]
      : [kernel];
  },
  cost: (layer, input, output) => {
    const macs = products(layer, input, output);
    return { macs, flops: 2 * macs + (layer.bias ? sizeOf(output) : 0) };
  },
  elsewhere: (layer, input, output) => {
    const macs = products(layer, input, output);
    return { fvcore: macs, torchinfo: macs + (layer.bias ? sizeOf(output) : 0) };
  },
  sight: (layer, input) => {
    const { kernel, stride, dilation } = layer;
    return {
      sees: "window",
      kernel,
      stride,
      dilation,
      groups: groupsOf(layer, channelsOf(input)),
      padding: placed(layer, input).padding,
    };
  },
  lower: (layer, site) => {
    const { padding } = placed(layer, site.inputShape);
    const { stride, dilation } = layer;
    const groups = groupsOf(layer, channelsOf(site.inputShape));
    return site.graph.apply(
      { op: "conv2d", activation: "none", stride, padding, dilation, groups },
      [site.input, site.parameter("kernel"), layer.bias ? site.parameter("bias") : undefined],
    );
  },
  drawing: (layer, { input, output }) => {
    const { kernel, stride, dilation } = layer;
    const channels = channelsOf(output);
    const split = groupWords(groupsOf(layer, channelsOf(input)), channels);
    const apart = Math.max(...dilation) > 1 ? `, dilated ${times(dilation)}` : "";
    const words = `conv ${windowWords(kernel, stride)}, ${channels}${split}${apart}`;
    return { kind: "convolution", words };
  },
  torch: (layer, place) => {
    const { padding } = placed(layer, place.input);
    const even = evenSides(padding);
    const makes = startingWith(layer.initializer, {
      callee: "nn.Conv2d",
      holes: [
        torchWidth(channelsOf(place.input)),
        torchWidth(channelsOf(place.output)),
        { kind: "kernel", value: torchPair(layer.kernel) },
        keyword("stride", torchPair(layer.stride), 1),
        keyword("padding", even ?? 0, 0),
        keyword("dilation", torchPair(layer.dilation), 1),
        torchGroups(layer.groups, channelsOf(place.input)),
        keyword("bias", torchFlag(layer.bias), "True"),
      ],
    });
    return {
      makes,
      applies: (own, x) => `${own}(${even === undefined ? padded(x, padding) : x})`,
    };
  },
};
