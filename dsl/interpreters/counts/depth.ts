/**
 * Depth as the paper counts it: the convolutions and dense layers (all that
 * multiplies and accumulates) on the trunk path. Soft mask branches do not
 * count, and neither do projections, because of parallel branches the deepest
 * counts.
 */
import { foldPlan } from "../../plan/fold.ts";
import { concatAll, SUM } from "../../problem/monoid.ts";
import type { Plan } from "../../plan/plan.ts";

/**
 * The depth of a planned network.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * assertEquals(depth(orThrow(plan(attention56(), [32, 32, 3]))), 56);
 * ```
 */
export function depth(plan: Plan): number {
  return foldPlan<number>(plan, {
    layer: ({ cost }) => cost.macs > 0 ? 1 : 0,
    chain: concatAll(SUM),
    fork: (branches, { meaning }) =>
      meaning.attention ? branches[0] ?? 0 : Math.max(0, ...branches),
  });
}
