/**
 * The sigmoid linear unit, also called swish (Elfwing, Uchibe and Doya, 2018; Ramachandran, Zoph
 * and Le, 2017).
 */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A SiLU's configuration. */
export interface Silu {
  /** The tag. */
  readonly type: "silu";
}

/**
 * x / (1 + exp(-x)), elementwise; counted as five operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { silu } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(silu(), [8, 8, 4]))), { macs: 0, flops: 1280 });
 * ```
 */
export function silu(): Net {
  return layer({ type: "silu" });
}

/** The meaning of {@link Silu}. */
export const siluRule: FullLayerRule<Silu> = {
  ...pointwise(5),
  type: "silu",
  label: "silu",
  fields: {},
  // By the operations themselves, which a summary need not load.
  lower: (_, { graph, input }) =>
    graph.apply({ op: "multiply" }, [input, graph.apply({ op: "sigmoid" }, [input])]),
  drawing: () => ({ kind: "normalization", name: "SiLU" }),
  torch: () => ({ applies: (_, x) => `F.silu(${x})` }),
};
