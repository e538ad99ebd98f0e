/**
 * What one pass over one image costs. MACs are the multiply-accumulates of
 * convolutions and dense layers, what most papers call FLOPs; FLOPs are twice
 * those plus every elementwise operation.
 */
import { foldPlan, sumCosts } from "../../plan/fold.ts";
import type { Cost } from "../../plan/rule.ts";
import type { Plan } from "../../plan/plan.ts";

/**
 * The cost of a planned network: the sum over its leaves.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * assertEquals(cost(orThrow(plan(attention56(), [32, 32, 3]))).macs, 122_825_216);
 * ```
 */
export function cost(plan: Plan): Cost {
  return foldPlan<Cost>(plan, {
    layer: (layer) => layer.cost,
    chain: sumCosts,
    fork: (branches, fork) => sumCosts([...branches, fork.cost]),
  });
}
