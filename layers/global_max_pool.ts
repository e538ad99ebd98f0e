/** Global max pooling: each channel's largest value over its whole map, which makes a vector. */
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, sizeOf } from "../dsl/net/shape.ts";
import { mapFault } from "./window.ts";

/** A global max pool's configuration. */
export interface GlobalMaxPool {
  /** The tag. */
  readonly type: "global_max_pool";
}

/**
 * Each channel's largest value over its map; values that tie share the gradient, and on PyTorch the
 * first of them has it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { globalMaxPool } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(globalMaxPool(), [7, 7, 192])).output, [192]);
 * ```
 */
export function globalMaxPool(): Net {
  return layer({ type: "global_max_pool" });
}

/** The meaning of {@link GlobalMaxPool}. */
export const globalMaxPoolRule: FullLayerRule<GlobalMaxPool> = {
  type: "global_max_pool",
  label: "gmp",
  fields: {},
  shape: (_, input) => ({
    output: [input.length === 3 ? channelsOf(input) : NaN],
    faults: input.length === 3 ? [] : [mapFault(input)],
  }),
  cost: (_, input) => ({ macs: 0, flops: sizeOf(input) }),
  elsewhere: () => UNCOUNTED,
  sight: () => ({ sees: "map" }),
  lower: (_, site) => site.graph.apply({ op: "max", axes: [1, 2] }, [site.input]),
  drawing: () => ({ kind: "pool" }),
  // The gradient of amax looks for equal values, and what torch.compile computes anew in bfloat16
  // has none: it divides by zero.
  torch: () => ({ tight: true, applies: (_, x) => `${x}.flatten(2).max(2).values` }),
};
