/**
 * Layer normalisation (Ba, Kiros and Hinton, 2016): per sample, over the channels at each position
 * (as in ConvNeXt), or over the whole map (as in PyTorch's `GroupNorm` of one group).
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { wordField } from "../dsl/plan/fields.ts";
import type { FullLayerRule, LayerSite } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type Shape, sizeOf } from "../dsl/net/shape.ts";
import {
  epsilonOf,
  NORMAL,
  type Normal,
  NORMAL_FIELDS,
  normalElsewhere,
  normalFlops,
  normalized,
  type NormalOptions,
  normalParameters,
  type Statistics,
} from "./_normal.ts";
import { groupFlops, overGroups } from "./group_norm.ts";
import { width as torchWidth, withAffine } from "./_torch.ts";

/** A layer norm's configuration. */
export interface LayerNorm extends Normal {
  /** The tag. */
  readonly type: "layer_norm";
  /** What mean and deviation are taken over: the channels of each position, or the whole map. */
  readonly over: "channels" | "map";
}

/** Options of {@link layerNorm}. */
export interface LayerNormOptions extends NormalOptions {
  /** What mean and deviation are taken over: the channels of each position (by default), or the whole map. */
  readonly over?: "channels" | "map";
}

/**
 * Layer normalisation, with a gamma and a beta of each channel; of a vector over its features.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { layerNorm } from "@netfold/netfold/layers";
 *
 * const counts = params(orThrow(plan(layerNorm({ epsilon: 1e-6 }), [32, 32, 16])));
 * assertEquals(counts, { trainable: 32, weights: 0, total: 32 });
 * ```
 */
export function layerNorm(options: LayerNormOptions = {}): Net {
  return layer({
    type: "layer_norm",
    ...optionsOf(options, { over: "channels", ...NORMAL }, "layerNorm"),
  });
}

/** The channels of each position. */
function overChannels({ graph, input }: LayerSite): Statistics {
  const shape = graph.shapeOf(input);
  const axis = shape.length - 1;
  return {
    mean: (value) => {
      const sum = graph.apply({ op: "sum", axes: [axis] }, [value]);
      return graph.apply({ op: "scale", by: 1 / (shape[axis] ?? 1) }, [sum]);
    },
    spread: (means) => {
      const standing = graph.apply({ op: "reshape", shape: shape.with(axis, 1) }, [means]);
      return graph.apply({ op: "broadcast", shape }, [standing]);
    },
  };
}

/** What the statistics cost: for each position two means and a root. */
function channelFlops(input: Shape): number {
  return 5 * sizeOf(input.slice(0, -1));
}

/** The meaning of {@link LayerNorm}. */
export const layerNormRule: FullLayerRule<LayerNorm> = {
  type: "layer_norm",
  label: "ln",
  fields: { over: wordField("channels", "map"), ...NORMAL_FIELDS },
  shape: (_, input) => ({ output: input, faults: [] }),
  parameters: normalParameters,
  cost: (layer, input) => ({
    macs: 0,
    flops: normalFlops(layer, input) +
      (layer.over === "map" ? groupFlops(1, input) : channelFlops(input)),
  }),
  elsewhere: normalElsewhere,
  sight: ({ over }, input) => ({
    sees: over === "map" || input.length === 1 ? "map" : "position",
  }),
  lower: (layer, site) =>
    normalized(layer, site, layer.over === "map" ? overGroups(1, site) : overChannels(site)),
  drawing: () => ({ kind: "normalization", name: "LN" }),
  torch: (layer, place) => {
    const channels = torchWidth(channelsOf(place.input));
    const eps = epsilonOf(layer);
    const ofMap = { callee: "nn.GroupNorm", holes: [{ kind: "groups", value: 1 }, channels, eps] };
    const ofChannels = {
      callee: place.input.length === 3 ? "LayerNorm2d" : "nn.LayerNorm",
      holes: [channels, eps],
    };
    return {
      makes: layer.over === "map"
        ? withAffine(layer, "affine", ofMap)
        : withAffine(layer, "elementwise_affine", ofChannels),
      applies: (own, x) => `${own}(${x})`,
    };
  },
};
