/**
 * A convolution along the channels of a vector: each feature becomes a sum over its neighbours, all
 * with the same few weights (Wang et al., ECA-Net, CVPR 2020). The kernel is `[1, k, 1, 1]`.
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { keyword, startingWith } from "./_torch.ts";
import { initializer } from "../dsl/plan/fields.ts";
import type { Field } from "../dsl/plan/configuration.ts";
import type { FullLayerRule, Initializer } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type Shape, showShape } from "../dsl/net/shape.ts";

/** How wide a kernel is by the number of channels C: (log2 C + beta) / gamma, up to an odd number. */
export interface ChannelKernel {
  /** What the logarithm is divided by. */
  readonly gamma: number;
  /** What is added to the logarithm. */
  readonly beta: number;
}

/** A channel convolution's configuration. */
export interface ChannelConv {
  /** The tag. */
  readonly type: "channel_conv";
  /** The weights: an odd number, or by the number of channels. */
  readonly kernel: number | ChannelKernel;
  /** How the kernel starts. */
  readonly initializer: Initializer;
}

/** Options of {@link channelConv}. */
export interface ChannelConvOptions {
  /** The weights: an odd number, or by the number of channels; ECA-Net's gamma 2 and beta 1 by default. */
  readonly kernel?: number | ChannelKernel;
  /** `"he-normal"` by default. */
  readonly initializer?: Initializer;
}

/**
 * A convolution along the features of a vector, with zeros beyond its ends and no bias.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { channelConv } from "@netfold/netfold/layers";
 *
 * const weights = [64, 256, 2048].map((channels) =>
 *   params(orThrow(plan(channelConv(), [channels]))).trainable
 * );
 * assertEquals(weights, [3, 5, 7]);
 * ```
 */
export function channelConv(options: ChannelConvOptions = {}): Net {
  const defaults = { kernel: { gamma: 2, beta: 1 }, initializer: "he-normal" } as const;
  return layer({ type: "channel_conv", ...optionsOf(options, defaults, "channelConv") });
}

const kernel: Field<number | ChannelKernel> = {
  wanted: 'an odd whole number, or {"gamma": a number above 0, "beta": a number}',
  is: (value): value is number | ChannelKernel => {
    if (typeof value === "number") {
      return Number.isSafeInteger(value) && value > 0 && value % 2 === 1;
    }
    if (typeof value !== "object" || value === null) return false;
    const { gamma, beta, ...others } = { gamma: NaN, beta: NaN, ...value };
    return Number.isFinite(gamma) && gamma > 0 && Number.isFinite(beta) &&
      Object.keys(others).length === 0;
  },
};

/** The weights on an input. */
function weightsOf({ kernel }: ChannelConv, input: Shape): number {
  if (typeof kernel === "number") return kernel;
  const whole = Math.trunc(Math.abs((Math.log2(channelsOf(input)) + kernel.beta) / kernel.gamma));
  return whole % 2 === 1 ? whole : whole + 1;
}

/** The meaning of {@link ChannelConv}. */
export const channelConvRule: FullLayerRule<ChannelConv> = {
  type: "channel_conv",
  label: "channelconv",
  fields: { kernel, initializer },
  shape: (_, input) => ({
    output: input,
    faults: input.length === 1 ? [] : [{
      code: "vector-needed",
      rule: "a channel convolution works on vectors",
      got: `a map of ${showShape(input)}`,
      wanted: "features without height and width",
      hint: "put globalAveragePool() before it",
    }],
  }),
  parameters: (layer, input) => {
    const taps = weightsOf(layer, input);
    return [{
      name: "kernel",
      shape: [1, taps, 1, 1],
      role: "kernel",
      initializer: layer.initializer,
      fanIn: taps,
      fanOut: taps,
    }];
  },
  cost: (layer, input) => {
    const macs = weightsOf(layer, input) * channelsOf(input);
    return { macs, flops: 2 * macs };
  },
  elsewhere: (layer, input) => {
    const macs = weightsOf(layer, input) * channelsOf(input);
    return { fvcore: macs, torchinfo: macs };
  },
  sight: () => ({ sees: "map" }),
  lower: (layer, { graph, input, inputShape, parameter }) => {
    const shape = graph.shapeOf(input);
    const [batch = 0, channels = 0] = shape;
    const side = (weightsOf(layer, inputShape) - 1) / 2;
    const row = graph.apply({ op: "reshape", shape: [batch, 1, channels, 1] }, [input]);
    const summed = graph.apply({
      op: "conv2d",
      activation: "none",
      stride: [1, 1],
      padding: [0, 0, side, side],
      dilation: [1, 1],
      groups: 1,
    }, [row, parameter("kernel"), undefined]);
    return graph.apply({ op: "reshape", shape }, [summed]);
  },
  drawing: (layer, { input }) => ({
    kind: "convolution",
    words: `conv over channels, ${weightsOf(layer, input)}`,
  }),
  torch: (layer, place) => {
    const weights = weightsOf(layer, place.input);
    const makes = startingWith(layer.initializer, {
      callee: "nn.Conv2d",
      holes: [
        { kind: "one", value: 1 },
        { kind: "one", value: 1 },
        { kind: "kernel", value: `(1, ${weights})` },
        keyword("padding", `(0, ${(weights - 1) / 2})`, 0),
        keyword("bias", "False", "True"),
      ],
    });
    return {
      makes,
      tight: true,
      applies: (own, x) => `${own}(${x}[:, None, None])[:, 0, 0]`,
    };
  },
};
