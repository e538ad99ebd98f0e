/** Global average pooling: each channel's mean over its whole map, which makes a vector. */
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, sizeOf } from "../dsl/net/shape.ts";
import { mapFault } from "./window.ts";

/** A global average pool's configuration. */
export interface GlobalAveragePool {
  /** The tag. */
  readonly type: "global_average_pool";
}

/**
 * Each channel's mean over its map.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { globalAveragePool } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(globalAveragePool(), [7, 7, 2048])).output, [2048]);
 * ```
 */
export function globalAveragePool(): Net {
  return layer({ type: "global_average_pool" });
}

/** The meaning of {@link GlobalAveragePool}. */
export const globalAveragePoolRule: FullLayerRule<GlobalAveragePool> = {
  type: "global_average_pool",
  label: "gap",
  fields: {},
  shape: (_, input) => ({
    output: [input.length === 3 ? channelsOf(input) : NaN],
    faults: input.length === 3 ? [] : [mapFault(input)],
  }),
  cost: (_, input) => ({ macs: 0, flops: sizeOf(input) }),
  elsewhere: (_, input) => ({ ...UNCOUNTED, fvcore: sizeOf(input) }),
  sight: () => ({ sees: "map" }),
  lower: (_, site) => site.graph.apply({ op: "globalAverage" }, [site.input]),
  drawing: () => ({ kind: "pool" }),
  torch: () => ({ applies: (_, x) => `F.adaptive_avg_pool2d(${x}, 1).flatten(1)` }),
};
