/** Parameter counts, in the three ways in which papers count them. */
import { foldMap, parametersAt } from "../../plan/fold.ts";
import type { Parameter } from "../../plan/rule.ts";
import { isTrainable } from "../../plan/parameters.ts";
import type { Plan } from "../../plan/plan.ts";
import { sizeOf } from "../../net/shape.ts";
import { type Monoid, struct, SUM } from "../../problem/monoid.ts";

/** How many numbers a network holds. */
export interface ParameterCounts {
  /** What an optimiser changes: weights, and the gammas and betas of batch norms, unless frozen. */
  readonly trainable: number;
  /** Kernels and biases of convolutions and dense layers. */
  readonly weights: number;
  /** Everything, running means and variances of batch norms included. */
  readonly total: number;
}

/** Counts by addition. */
export const COUNTS: Monoid<ParameterCounts> = /* @__PURE__ */ struct({
  trainable: SUM,
  weights: SUM,
  total: SUM,
});

/** The counts of some parameters. */
export function countParameters(parameters: readonly Parameter[]): ParameterCounts {
  let [trainable, weights, total] = [0, 0, 0];
  for (const parameter of parameters) {
    const size = sizeOf(parameter.shape);
    total += size;
    if (isTrainable(parameter)) trainable += size;
    if (parameter.role === "kernel" || parameter.role === "bias") weights += size;
  }
  return { trainable, weights, total };
}

/**
 * The parameter counts of a planned network.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const counts = params(orThrow(plan(attention56({ classes: 10 }), [32, 32, 3])));
 * assertEquals(counts, { trainable: 1_148_826, weights: 1_132_986, total: 1_164_666 });
 * ```
 */
export function params(plan: Plan): ParameterCounts {
  return foldMap(COUNTS)(plan, (leaf) => countParameters(parametersAt(leaf)));
}
