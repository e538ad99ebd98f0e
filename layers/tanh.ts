/** The hyperbolic tangent. */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A hyperbolic tangent's configuration. */
export interface Tanh {
  /** The tag. */
  readonly type: "tanh";
}

/**
 * (exp(x) - exp(-x)) / (exp(x) + exp(-x)), elementwise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { tanh } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(tanh(), [8, 8, 4]))), { macs: 0, flops: 256 });
 * ```
 */
export function tanh(): Net {
  return layer({ type: "tanh" });
}

/** The meaning of {@link Tanh}. */
export const tanhRule: FullLayerRule<Tanh> = {
  ...pointwise(1),
  type: "tanh",
  label: "tanh",
  fields: {},
  lower: (_, { graph, input }) => graph.apply({ op: "tanh" }, [input]),
  drawing: () => ({ kind: "normalization", name: "tanh" }),
  torch: () => ({ applies: (_, x) => `torch.tanh(${x})` }),
};
