/**
 * Standardisation over positions: within each sample and channel, minus the
 * map's mean, divided by its deviation. With a sigmoid after it, the paper's
 * spatial attention f3. The paper gives no epsilon; ours is added to the
 * variance.
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { epsilon } from "../dsl/plan/fields.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { sizeOf } from "../dsl/net/shape.ts";
import { mapFault } from "./window.ts";

/** A standardisation's configuration. */
export interface Standardize {
  /** The tag. */
  readonly type: "standardize";
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) over each map's positions; epsilon is
 * 1e-5 by default.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { standardize } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(standardize(), [8, 8, 4]))), { macs: 0, flops: 1280 });
 * ```
 */
export function standardize(options: { readonly epsilon?: number } = {}): Net {
  return layer({ type: "standardize", ...optionsOf(options, { epsilon: 1e-5 }, "standardize") });
}

/** The meaning of {@link Standardize}; five operations per element. */
export const standardizeRule: FullLayerRule<Standardize> = {
  type: "standardize",
  label: "standardize",
  fields: { epsilon },
  shape: (_, input) => ({ output: input, faults: input.length === 3 ? [] : [mapFault(input)] }),
  cost: (_, __, output) => ({ macs: 0, flops: 5 * sizeOf(output) }),
  // PyTorch's InstanceNorm2d without gamma and beta.
  elsewhere: (_, __, output) => ({ ...UNCOUNTED, fvcore: 4 * sizeOf(output) }),
  sight: () => ({ sees: "map" }),
  lower: (layer, site) =>
    site.graph.apply({ op: "standardize", epsilon: layer.epsilon }, [site.input]),
  drawing: () => ({ kind: "activation" }),
  torch: ({ epsilon }) => ({ applies: (_, x) => `standardize(${x}, ${epsilon})` }),
};
