/**
 * What one pass over one image costs. MACs are the multiply-accumulates of
 * convolutions and dense layers, what most papers call FLOPs; FLOPs are twice
 * those plus every elementwise operation.
 */
import { foldMap } from "../../plan/fold.ts";
import type { Cost } from "../../plan/rule.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Monoid, struct, SUM } from "../../problem/monoid.ts";

/** Costs by addition. */
export const COST: Monoid<Cost> = /* @__PURE__ */ struct({ macs: SUM, flops: SUM });

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
  return foldMap(COST)(plan, (leaf) => leaf.cost);
}
