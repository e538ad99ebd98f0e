/**
 * Transposed convolution, the gradient of a convolution with respect to its input, which makes maps
 * larger (Dumoulin and Visin, A guide to convolution arithmetic, 2016). Kernels are those of that
 * convolution: `[height, width, output channels / groups, input channels]`, as Keras has them.
 */
import { given, optionsOf } from "../dsl/problem/expect.ts";
import {
  channelGroups,
  flag,
  initializer,
  padding,
  type PaddingRule,
  pair,
  width,
} from "../dsl/plan/fields.ts";
import type { Fault } from "../dsl/plan/fault.ts";
import type { Padding, Pair } from "../dsl/graph/op.ts";
import type { FullLayerRule, Initializer } from "../dsl/plan/rule.ts";
import { windowWords } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type LayerWidth, resolveWidth, type Shape, sizeOf } from "../dsl/net/shape.ts";
import { border, both, groupsOf, groupWords } from "./conv.ts";
import { groupFaults } from "./_groups.ts";
import {
  flag as torchFlag,
  groups as torchGroups,
  keyword,
  padded,
  pair as torchPair,
  started,
  width as torchWidth,
} from "./_torch.ts";
import { widthFaults } from "./_width.ts";
import { mapFault } from "./window.ts";

/** A transposed convolution's configuration. */
export interface ConvTranspose {
  /** The tag. */
  readonly type: "conv_transpose";
  /** Output channels. */
  readonly width: LayerWidth;
  /** Kernel height and width. */
  readonly kernel: Pair;
  /** How many output pixels an input pixel is apart from the next, height and width. */
  readonly stride: Pair;
  /** Groups of channels that see only each other; `"same"` makes every input channel one. */
  readonly groups: number | "same";
  /** What is cut off the border. */
  readonly padding: PaddingRule;
  /** Whether a bias is added. */
  readonly bias: boolean;
  /** How the kernel starts. */
  readonly initializer: Initializer;
}

/** Options of {@link convTranspose}. */
export interface ConvTransposeOptions {
  /** Kernel size, square or height and width; 2 by default. */
  readonly kernel?: number | Pair;
  /** By how much the map grows; 2 by default. */
  readonly stride?: number | Pair;
  /** Groups; 1 by default. `"same"` is as many as the input has channels: each is made larger by itself. */
  readonly groups?: number | "same";
  /**
   * `"same"` by default: the map grows by the stride, exactly. `"valid"` cuts nothing off; a number
   * cuts off that number of pixels on every side, as PyTorch's `padding`.
   */
  readonly padding?: PaddingRule | number;
  /** Whether a bias is added; not by default. */
  readonly bias?: boolean;
  /** `"he-normal"` by default. */
  readonly initializer?: Initializer;
}

const DEFAULTS = {
  kernel: 2,
  stride: 2,
  groups: 1,
  padding: "same",
  bias: false,
  initializer: "he-normal",
} as const;

/**
 * A transposed convolution with `width` output channels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { convTranspose } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(convTranspose(32, { kernel: 4, stride: 2 }), [8, 8, 64]));
 * assertEquals(planned.output, [16, 16, 32]);
 * ```
 */
export function convTranspose(width: LayerWidth, options: ConvTransposeOptions = {}): Net {
  const chosen = optionsOf(options, DEFAULTS, "convTranspose");
  return layer({
    type: "conv_transpose",
    width: given(width, "a width", "convTranspose"),
    ...chosen,
    kernel: both(chosen.kernel),
    stride: both(chosen.stride),
    padding: border(chosen.padding),
  });
}

/** An axis: the output's length, and what is cut off before and after it; less than none is zeros more. */
interface Axis {
  readonly size: number;
  readonly before: number;
  readonly after: number;
}

function axisOf({ kernel, stride, padding }: ConvTranspose, i: 0 | 1, input: number): Axis {
  const whole = (input - 1) * stride[i] + kernel[i];
  if (padding === "same") {
    const surplus = kernel[i] - stride[i];
    const before = Math.max(0, Math.floor(surplus / 2));
    return { size: input * stride[i], before, after: surplus - before };
  }
  const [before, after] = padding === "valid"
    ? [0, 0]
    : i === 0
    ? [padding[0], padding[1]]
    : [padding[2], padding[3]];
  return { size: whole - before - after, before, after };
}

function axesOf(layer: ConvTranspose, [height = NaN, width = NaN]: Shape): readonly [Axis, Axis] {
  return [axisOf(layer, 0, height), axisOf(layer, 1, width)];
}

function cutOf(layer: ConvTranspose, input: Shape): Padding {
  const [rows, columns] = axesOf(layer, input);
  return [rows.before, rows.after, columns.before, columns.after];
}

function cutFaults(layer: ConvTranspose, axes: readonly Axis[]): readonly Fault[] {
  return axes.every(({ size }) => !(size < 1)) ? [] : [{
    code: "nothing-left",
    rule: "the padding cuts off all of the output",
    got: `padding of ${layer.padding}, which leaves ${axes.map(({ size }) => size).join("x")}`,
    wanted: "an output of at least 1x1",
    hint: "use less padding, or a larger kernel or stride",
  }];
}

/** The parameters that a pixel of the input meets. */
function taps(layer: ConvTranspose, inputs: number): number {
  return sizeOf(layer.kernel) * inputs * resolveWidth(layer.width, inputs) /
    groupsOf(layer, inputs);
}

/** The meaning of {@link ConvTranspose}. */
export const convTransposeRule: FullLayerRule<ConvTranspose> = {
  type: "conv_transpose",
  label: "deconv",
  fields: {
    width,
    kernel: pair,
    stride: pair,
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
    const axes = axesOf(layer, input);
    const sizes = axes.map(({ size }) => size >= 1 ? size : NaN);
    return { output: [...sizes, output], faults: [...cutFaults(layer, axes), ...faults] };
  },
  parameters: (layer, input) => {
    const inputs = channelsOf(input);
    const outputs = resolveWidth(layer.width, inputs);
    const groups = groupsOf(layer, inputs);
    const area = sizeOf(layer.kernel) / groups;
    // On average: an output pixel is met by every stride-th tap alone.
    const fans = { fanIn: area * inputs / sizeOf(layer.stride), fanOut: area * outputs };
    const kernel = {
      name: "kernel",
      shape: [...layer.kernel, outputs / groups, inputs],
      role: "kernel",
      initializer: layer.initializer,
      ...fans,
    } as const;
    return layer.bias
      ? [kernel, { name: "bias", shape: [outputs], role: "bias", initializer: "zeros", ...fans }]
      : [kernel];
  },
  cost: (layer, [height = 0, width = 0, inputs = 0], output) => {
    const macs = height * width * taps(layer, inputs);
    return { macs, flops: 2 * macs + (layer.bias ? sizeOf(output) : 0) };
  },
  // torchinfo counts a parameter once for every pixel of the output.
  elsewhere: (layer, [height = 0, width = 0, inputs = 0], output) => ({
    fvcore: height * width * taps(layer, inputs),
    torchinfo: sizeOf(output.slice(0, 2)) * taps(layer, inputs) +
      (layer.bias ? sizeOf(output) : 0),
  }),
  sight: (layer, input) => {
    const [rows, columns] = axesOf(layer, input);
    const seen = (i: 0 | 1) => Math.ceil(layer.kernel[i] / layer.stride[i]);
    const before = ({ before }: Axis, i: 0 | 1) =>
      Math.floor(Math.max(0, layer.kernel[i] - 1 - before) / layer.stride[i]);
    return {
      sees: "window",
      kernel: [seen(0), seen(1)],
      stride: [1 / layer.stride[0], 1 / layer.stride[1]],
      padding: [before(rows, 0), 0, before(columns, 1), 0],
      dilation: [1, 1],
      groups: groupsOf(layer, channelsOf(input)),
    };
  },
  lower: (layer, { graph, input, inputShape, outputShape, parameter }) => {
    const [batch = 0] = graph.shapeOf(input);
    const [top, bottom, left, right] = cutOf(layer, inputShape);
    const map = graph.apply({
      op: "conv2dInputGrad",
      inputShape: [batch, ...outputShape],
      stride: layer.stride,
      padding: [top, Math.max(0, bottom), left, Math.max(0, right)],
      dilation: [1, 1],
      groups: groupsOf(layer, channelsOf(inputShape)),
    }, [input, parameter("kernel")]);
    return layer.bias ? graph.apply({ op: "add" }, [map, parameter("bias")]) : map;
  },
  drawing: (layer, { input, output }) => {
    const channels = channelsOf(output);
    const split = groupWords(groupsOf(layer, channelsOf(input)), channels);
    const words = `transposed conv ${windowWords(layer.kernel, layer.stride)}, ${channels}${split}`;
    return { kind: "convolution", words };
  },
  torch: (layer, place) => {
    const [top, bottom, left, right] = cutOf(layer, place.input);
    const [down, across] = layer.stride;
    const [more, wider] = [top - bottom, left - right];
    // What PyTorch cuts off is the same on both sides, and less at the end by a part of a step.
    const isPlain = more >= 0 && more < down && wider >= 0 && wider < across;
    const added: Pair = isPlain ? [more, wider] : [Math.max(0, -bottom), Math.max(0, -right)];
    const cut: Padding = [-top, Math.min(0, -bottom), -left, Math.min(0, -right)];
    const call = {
      callee: "nn.ConvTranspose2d",
      holes: [
        torchWidth(channelsOf(place.input)),
        torchWidth(channelsOf(place.output)),
        { kind: "kernel", value: torchPair(layer.kernel) },
        keyword("stride", torchPair(layer.stride), 1),
        keyword("padding", isPlain ? torchPair([top, left]) : 0, 0),
        keyword("output_padding", torchPair(added), 0),
        torchGroups(layer.groups, channelsOf(place.input)),
        keyword("bias", torchFlag(layer.bias), "True"),
      ],
    };
    return {
      // PyTorch's rule of He's counts the other side of a transposed kernel.
      makes: started(layer.initializer, call),
      applies: (own, x) => isPlain ? `${own}(${x})` : padded(`${own}(${x})`, cut),
    };
  },
};
