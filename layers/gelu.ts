/** The Gaussian error linear unit (Hendrycks and Gimpel, Gaussian error linear units, 2016). */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A GELU's configuration. */
export interface Gelu {
  /** The tag. */
  readonly type: "gelu";
}

/**
 * x times the share of a normal distribution that lies below it, exact by the error function;
 * counted as five operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { gelu } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(gelu(), [8, 8, 4]))), { macs: 0, flops: 1280 });
 * ```
 */
export function gelu(): Net {
  return layer({ type: "gelu" });
}

/** The meaning of {@link Gelu}. */
export const geluRule: FullLayerRule<Gelu> = {
  ...pointwise(5),
  type: "gelu",
  label: "gelu",
  fields: {},
  lower: (_, { graph, input }) => graph.apply({ op: "gelu" }, [input]),
  drawing: () => ({ kind: "normalization", name: "GELU" }),
  torch: () => ({ applies: (_, x) => `F.gelu(${x})` }),
};
