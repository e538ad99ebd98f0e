/**
 * Group normalisation (Wu and He, 2018): per sample, over each group of channels on the whole map.
 */
import { given, optionsOf } from "../dsl/problem/expect.ts";
import { count } from "../dsl/plan/fields.ts";
import type { FullLayerRule, LayerSite } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type Shape } from "../dsl/net/shape.ts";
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
import { groupFaults } from "./_groups.ts";
import { width as torchWidth, withAffine } from "./_torch.ts";

/** A group norm's configuration. */
export interface GroupNorm extends Normal {
  /** The tag. */
  readonly type: "group_norm";
  /** Groups of channels, each with statistics of its own. */
  readonly groups: number;
}

/**
 * Group normalisation in `groups` groups of channels, with a gamma and a beta of each channel.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { groupNorm } from "@netfold/netfold/layers";
 *
 * const counts = params(orThrow(plan(groupNorm(8), [32, 32, 16])));
 * assertEquals(counts, { trainable: 32, weights: 0, total: 32 });
 * ```
 */
export function groupNorm(groups: number, options: NormalOptions = {}): Net {
  return layer({
    type: "group_norm",
    groups: given(groups, "a number of groups", "groupNorm"),
    ...optionsOf(options, NORMAL, "groupNorm"),
  });
}

/** Each group of channels on the whole map: sums of each channel first, then those of its group. */
export function overGroups(groups: number, { graph, input, inputShape }: LayerSite): Statistics {
  const shape = graph.shapeOf(input);
  const [batch = 0] = shape;
  const channels = channelsOf(inputShape);
  const each = [batch, groups, channels / groups];
  const size = inputShape.reduce((product, side) => product * side, 1) / groups;
  return {
    mean: (value) => {
      const perChannel = shape.length === 4
        ? graph.apply({ op: "sum", axes: [1, 2] }, [value])
        : value;
      const grouped = graph.apply({ op: "reshape", shape: each }, [perChannel]);
      const sum = graph.apply({ op: "sum", axes: [2] }, [grouped]);
      return graph.apply({ op: "scale", by: 1 / size }, [sum]);
    },
    spread: (means) => {
      const standing = graph.apply({ op: "reshape", shape: [batch, groups, 1] }, [means]);
      const repeated = graph.apply({ op: "broadcast", shape: each }, [standing]);
      const flat = shape.length === 4 ? [batch, 1, 1, channels] : shape;
      const perChannel = graph.apply({ op: "reshape", shape: flat }, [repeated]);
      return graph.apply({ op: "broadcast", shape }, [perChannel]);
    },
  };
}

/** What the statistics cost: two sums over a map's channels, and for each group two means and a root. */
export function groupFlops(groups: number, input: Shape): number {
  return (input.length === 3 ? 2 * channelsOf(input) : 0) + 5 * groups;
}

/** The meaning of {@link GroupNorm}. */
export const groupNormRule: FullLayerRule<GroupNorm> = {
  type: "group_norm",
  label: "gn",
  fields: { groups: count, ...NORMAL_FIELDS },
  shape: ({ groups }, input) => ({
    output: input,
    faults: groupFaults(groups, [["input", channelsOf(input)]]),
  }),
  parameters: normalParameters,
  cost: (layer, input) => ({
    macs: 0,
    flops: normalFlops(layer, input) + groupFlops(layer.groups, input),
  }),
  elsewhere: normalElsewhere,
  sight: () => ({ sees: "map" }),
  lower: (layer, site) => normalized(layer, site, overGroups(layer.groups, site)),
  drawing: () => ({ kind: "normalization", name: "GN" }),
  torch: (layer, place) => ({
    makes: withAffine(layer, "affine", {
      callee: "nn.GroupNorm",
      holes: [
        { kind: "groups", value: layer.groups },
        torchWidth(channelsOf(place.input)),
        epsilonOf(layer),
      ],
    }),
    applies: (own, x) => `${own}(${x})`,
  }),
};
