/**
 * The logistic function 1 / (1 + exp(-x)): the paper's mixed attention f1 when
 * it ends a soft mask branch.
 */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A logistic function's configuration. */
export interface Sigmoid {
  /** The tag. */
  readonly type: "sigmoid";
}

/**
 * 1 / (1 + exp(-x)), elementwise; counted as four operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { sigmoid } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(sigmoid(), [8, 8, 4]))), { macs: 0, flops: 1024 });
 * ```
 */
export function sigmoid(): Net {
  return layer({ type: "sigmoid" });
}

/** The meaning of {@link Sigmoid}. */
export const sigmoidRule: FullLayerRule<Sigmoid> = {
  ...pointwise(4),
  type: "sigmoid",
  label: "sigmoid",
  fields: {},
  lower: (_, site) => site.graph.apply({ op: "sigmoid" }, [site.input]),
  drawing: () => ({ kind: "activation" }),
  torch: () => ({ applies: (_, x) => `torch.sigmoid(${x})` }),
};
