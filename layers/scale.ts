/**
 * Multiplication by a constant that is not learnt: the residual scaling of
 * Szegedy et al., Inception-v4, Inception-ResNet and the impact of residual
 * connections on learning (2016).
 */
import { finite } from "../dsl/plan/fields.ts";
import { type LayerRule, UNCOUNTED } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { sizeOf } from "../dsl/net/shape.ts";

/** A scaling's configuration. */
export interface Scale {
  /** The tag. */
  readonly type: "scale";
  /** The factor. */
  readonly by: number;
}

/**
 * Multiplies every element by a constant.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { scale } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(scale(0.17), [8, 8, 4]))), { macs: 0, flops: 256 });
 * ```
 */
export function scale(by: number): Net {
  return layer({ type: "scale", by });
}

/** The meaning of {@link Scale}. */
export const scaleRule: LayerRule<Scale> = {
  label: "scale",
  fields: { by: finite },
  shape: (_, input) => ({ output: input, faults: [] }),
  parameters: () => [],
  cost: (_, __, output) => ({ macs: 0, flops: sizeOf(output) }),
  elsewhere: () => UNCOUNTED,
  sight: () => ({ sees: "position" }),
  lower: (layer, site) => site.graph.apply({ op: "scale", by: layer.by }, [site.input]),
};
