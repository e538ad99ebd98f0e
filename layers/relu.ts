/** The rectified linear unit: max(x, 0). */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A rectifier's configuration. */
export interface Relu {
  /** The tag. */
  readonly type: "relu";
}

/**
 * max(x, 0), elementwise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { relu } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(relu(), [8, 8, 4]))), { macs: 0, flops: 256 });
 * ```
 */
export function relu(): Net {
  return layer({ type: "relu" });
}

/** The meaning of {@link Relu}. */
export const reluRule: FullLayerRule<Relu> = {
  ...pointwise(1),
  type: "relu",
  label: "relu",
  fields: {},
  lower: (_, site) => site.graph.apply({ op: "relu" }, [site.input]),
  drawing: () => ({ kind: "normalization", name: "ReLU" }),
  torch: () => ({ applies: (_, x) => `F.relu(${x})` }),
};
