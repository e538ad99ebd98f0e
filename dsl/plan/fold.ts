/**
 * The fold behind every interpreter: says for each of the four kinds of plan
 * what it becomes, given what its parts became.
 */
import type { Cost } from "./rule.ts";
import type { ChainPlan, ForkPlan, LayerPlan, NamedPlan, Plan } from "./plan.ts";

/** What each kind of plan becomes. */
export interface PlanAlgebra<A> {
  /** A layer. */
  readonly layer: (plan: LayerPlan) => A;
  /** A chain, given its parts. */
  readonly chain: (parts: readonly A[], plan: ChainPlan) => A;
  /** A fork, given its branches. */
  readonly fork: (branches: readonly A[], plan: ForkPlan) => A;
  /** A named part, given its body; the body itself by default. */
  readonly named?: (body: A, plan: NamedPlan) => A;
}

/** Folds a plan from its leaves to its root. */
export function foldPlan<A>(plan: Plan, algebra: PlanAlgebra<A>): A {
  switch (plan.kind) {
    case "layer":
      return algebra.layer(plan);
    case "chain":
      return algebra.chain(
        plan.parts.map((part) => foldPlan(part, algebra)),
        plan,
      );
    case "fork":
      return algebra.fork(
        plan.branches.map((branch) => foldPlan(branch, algebra)),
        plan,
      );
    case "named": {
      const body = foldPlan(plan.body, algebra);
      return algebra.named === undefined ? body : algebra.named(body, plan);
    }
  }
}

/** Where computing is done: layers, and the merges of forks. */
export type Leaf = LayerPlan | ForkPlan;

/** All leaves in the order of computation: a merge comes after its branches. */
export function leaves(plan: Plan): readonly Leaf[] {
  const found: Leaf[] = [];
  foldPlan<void>(plan, {
    layer: (leaf) => void found.push(leaf),
    chain: () => {},
    fork: (_, merge) => void found.push(merge),
  });
  return found;
}

/** The sum of costs. */
export function sumCosts(costs: readonly Cost[]): Cost {
  let [macs, flops] = [0, 0];
  for (const cost of costs) {
    macs += cost.macs;
    flops += cost.flops;
  }
  return { macs, flops };
}
