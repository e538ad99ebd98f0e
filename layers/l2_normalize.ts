/**
 * L2 normalisation over channels: the paper's channel attention f2, x / ||x||
 * at every position, without a sigmoid. The paper gives no epsilon; ours is
 * added to the sum of squares under the root.
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { epsilon } from "../dsl/plan/fields.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { sizeOf } from "../dsl/net/shape.ts";

/** An L2 normalisation's configuration. */
export interface L2Normalize {
  /** The tag. */
  readonly type: "l2_normalize";
  /** Added to the sum of squares. */
  readonly epsilon: number;
}

/**
 * Divides each position's channels by their Euclidean norm,
 * sqrt(sum of squares + epsilon); epsilon is 1e-6 by default.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { l2Normalize } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(l2Normalize(), [8, 8, 4]))), { macs: 0, flops: 768 });
 * ```
 */
export function l2Normalize(options: { readonly epsilon?: number } = {}): Net {
  return layer({ type: "l2_normalize", ...optionsOf(options, { epsilon: 1e-6 }, "l2Normalize") });
}

/** The meaning of {@link L2Normalize}; three operations per element. */
export const l2NormalizeRule: FullLayerRule<L2Normalize> = {
  type: "l2_normalize",
  label: "l2norm",
  fields: { epsilon },
  shape: (_, input) => ({ output: input, faults: [] }),
  cost: (_, __, output) => ({ macs: 0, flops: 3 * sizeOf(output) }),
  elsewhere: () => UNCOUNTED,
  sight: (_, input) => ({ sees: input.length === 1 ? "map" : "position" }),
  lower: (layer, site) =>
    site.graph.apply({ op: "l2Normalize", epsilon: layer.epsilon }, [site.input]),
  drawing: () => ({ kind: "activation", name: "L2 norm" }),
  torch: ({ epsilon }) => ({ applies: (_, x) => `l2_normalize(${x}, ${epsilon})` }),
};
