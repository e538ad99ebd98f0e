/**
 * The channels of groups put in turn, so that the groups of the next convolution see all of them
 * (Zhang et al., ShuffleNet, 2018).
 */
import { given } from "../dsl/problem/expect.ts";
import { count } from "../dsl/plan/fields.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf } from "../dsl/net/shape.ts";
import { groupFaults } from "./_groups.ts";

/** A channel shuffle's configuration. */
export interface ChannelShuffle {
  /** The tag. */
  readonly type: "channel_shuffle";
  /** Groups of channels. */
  readonly groups: number;
}

/**
 * The first channel of each of `groups` groups, then the second of each, and so on.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { channelShuffle } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(channelShuffle(4), [8, 8, 64]))), { macs: 0, flops: 0 });
 * ```
 */
export function channelShuffle(groups: number): Net {
  return layer({
    type: "channel_shuffle",
    groups: given(groups, "a number of groups", "channelShuffle"),
  });
}

/** The meaning of {@link ChannelShuffle}. */
export const channelShuffleRule: FullLayerRule<ChannelShuffle> = {
  ...pointwise(0),
  type: "channel_shuffle",
  label: "shuffle",
  fields: { groups: count },
  shape: ({ groups }, input) => ({
    output: input,
    faults: groupFaults(groups, [["input", channelsOf(input)]]),
  }),
  lower: ({ groups }, { graph, input, inputShape }) => {
    const shape = graph.shapeOf(input);
    const [batch = 0] = shape;
    const channels = channelsOf(inputShape);
    const positions = inputShape.length === 3 ? (shape[1] ?? 0) * (shape[2] ?? 0) : 1;
    const grouped = [batch, positions, groups, channels / groups];
    const apart = graph.apply({ op: "reshape", shape: grouped }, [input]);
    const turned = graph.apply({ op: "transpose", axes: [0, 1, 3, 2] }, [apart]);
    return graph.apply({ op: "reshape", shape }, [turned]);
  },
  drawing: ({ groups }) => ({ kind: "other", words: `channel shuffle, ${groups} groups` }),
  torch: ({ groups }) => ({
    tight: true,
    applies: (_, x) => `${x}.unflatten(1, (${groups}, -1)).transpose(1, 2).flatten(1, 2)`,
  }),
};
