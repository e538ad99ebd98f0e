/**
 * Multiplication by a constant that is not learnt: the residual scaling of
 * Szegedy et al., Inception-v4, Inception-ResNet and the impact of residual
 * connections on learning (2016).
 */
import { given } from "../dsl/problem/expect.ts";
import { finite } from "../dsl/plan/fields.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

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
  return layer({ type: "scale", by: given(by, "a factor", "scale") });
}

/** The meaning of {@link Scale}. */
export const scaleRule: FullLayerRule<Scale> = {
  ...pointwise(1),
  type: "scale",
  label: "scale",
  fields: { by: finite },
  lower: (layer, site) => site.graph.apply({ op: "scale", by: layer.by }, [site.input]),
  drawing: ({ by }) => ({ kind: "other", words: `× ${Number(by.toPrecision(4))}` }),
  torch: ({ by }) => ({ tight: true, product: true, applies: (_, x) => `${by} * ${x}` }),
};
