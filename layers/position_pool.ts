/**
 * Pooling over the positions: one number for each channel, the mean or the largest of its map, which
 * stays a map of one position. The global pools give the same numbers as a vector.
 */
import { given } from "../dsl/problem/expect.ts";
import { wordField } from "../dsl/plan/fields.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, sizeOf } from "../dsl/net/shape.ts";
import { mapFault } from "./window.ts";

/** A position pool's configuration. */
export interface PositionPool {
  /** The tag. */
  readonly type: "position_pool";
  /** What is taken of a channel's positions. */
  readonly by: "mean" | "max";
}

/**
 * A map of one position: the mean of each channel's positions, or the largest; those that tie share
 * the gradient, and on PyTorch the first of them has it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { positionPool } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(positionPool("mean"), [7, 7, 192])).output, [1, 1, 192]);
 * ```
 */
export function positionPool(by: "mean" | "max"): Net {
  return layer({ type: "position_pool", by: given(by, '"mean" or "max"', "positionPool") });
}

/** The meaning of {@link PositionPool}. */
export const positionPoolRule: FullLayerRule<PositionPool> = {
  type: "position_pool",
  label: "positionpool",
  fields: { by: wordField("mean", "max") },
  shape: (_, input) => ({
    output: [1, 1, input.length === 3 ? channelsOf(input) : NaN],
    faults: input.length === 3 ? [] : [mapFault(input)],
  }),
  cost: (_, input) => ({ macs: 0, flops: sizeOf(input) }),
  // PyTorch's means and maxima are none of what other tools look at; its pools are.
  elsewhere: () => UNCOUNTED,
  sight: () => ({ sees: "map" }),
  lower: ({ by }, { graph, input }) => {
    const pooled = by === "max"
      ? graph.apply({ op: "max", axes: [1, 2] }, [input])
      : graph.apply({ op: "globalAverage" }, [input]);
    const shape = graph.shapeOf(input).with(1, 1).with(2, 1);
    return graph.apply({ op: "reshape", shape }, [pooled]);
  },
  drawing: ({ by }) => ({ kind: "pool", words: `${by} of positions` }),
  torch: ({ by }) => ({
    tight: true,
    // Not amax, for the reason that a global max pool has.
    applies: (_, x) =>
      by === "max"
        ? `${x}.flatten(2).max(2, keepdim=True).values.unsqueeze(3)`
        : `${x}.mean((2, 3), keepdim=True)`,
  }),
};
