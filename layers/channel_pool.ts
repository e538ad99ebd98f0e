/** Pooling over the channels: one number for each position, the mean or the largest of its channels. */
import { given } from "../dsl/problem/expect.ts";
import { wordField } from "../dsl/plan/fields.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { sizeOf } from "../dsl/net/shape.ts";
import { mapFault } from "./window.ts";

/** A channel pool's configuration. */
export interface ChannelPool {
  /** The tag. */
  readonly type: "channel_pool";
  /** What is taken of a position's channels. */
  readonly by: "mean" | "max";
}

/**
 * A map of one channel: the mean of each position's channels, or the largest; those that tie share
 * the gradient, and on PyTorch the first of them has it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { channelPool } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(channelPool("max"), [7, 7, 192])).output, [7, 7, 1]);
 * ```
 */
export function channelPool(by: "mean" | "max"): Net {
  return layer({ type: "channel_pool", by: given(by, '"mean" or "max"', "channelPool") });
}

/** The meaning of {@link ChannelPool}. */
export const channelPoolRule: FullLayerRule<ChannelPool> = {
  type: "channel_pool",
  label: "channelpool",
  fields: { by: wordField("mean", "max") },
  shape: (_, input) =>
    input.length === 3
      ? { output: [...input.slice(0, 2), 1], faults: [] }
      : { output: [NaN, NaN, 1], faults: [mapFault(input)] },
  // A mean divides its sum.
  cost: ({ by }, input, output) => ({
    macs: 0,
    flops: sizeOf(input) + (by === "mean" ? sizeOf(output) : 0),
  }),
  elsewhere: () => UNCOUNTED,
  sight: () => ({ sees: "position" }),
  lower: ({ by }, { graph, input }) => {
    const shape = graph.shapeOf(input);
    const channels = shape[3] ?? 1;
    const pooled = by === "max"
      ? graph.apply({ op: "max", axes: [3] }, [input])
      : graph.apply({ op: "scale", by: 1 / channels }, [
        graph.apply({ op: "sum", axes: [3] }, [input]),
      ]);
    return graph.apply({ op: "reshape", shape: shape.with(3, 1) }, [pooled]);
  },
  drawing: ({ by }) => ({ kind: "pool", words: `${by} of channels` }),
  torch: ({ by }) => ({
    tight: true,
    // Not amax, for the reason that a global max pool has.
    applies: (_, x) =>
      by === "max" ? `${x}.max(1, keepdim=True).values` : `${x}.mean(1, keepdim=True)`,
  }),
};
