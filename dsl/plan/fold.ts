/**
 * The fold behind every interpreter: says for each of the four kinds of plan
 * what it becomes, given what its parts became.
 */
import type { Parameter } from "./rule.ts";
import { expected, fieldsOf } from "../problem/expect.ts";
import { judgedMonoid, type Monoid } from "../problem/monoid.ts";
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

const KINDS: readonly unknown[] = ["layer", "chain", "fork", "named"];

const PLAN = {
  fits: (value: unknown) =>
    typeof value === "object" && value !== null && "kind" in value && "output" in value &&
    KINDS.includes(value.kind),
  wanted: "a plan",
  hint: "plan the network first: orThrow(plan(net, [32, 32, 3]))",
} as const;

const ALGEBRA = /* @__PURE__ */ fieldsOf(
  ["layer", "chain", "fork"],
  "what each kind of plan becomes",
);

/** A plan, for what reads it before it folds it. */
export function judged(plan: Plan): Plan {
  return expected(plan, PLAN);
}

/**
 * Folds a plan from its leaves to its root.
 *
 * @throws {ProblemError} When it is not a plan.
 */
export function foldPlan<A>(plan: Plan, algebra: PlanAlgebra<A>): A {
  return fold(judged(plan), expected(algebra, ALGEBRA));
}

function fold<A>(plan: Plan, algebra: PlanAlgebra<A>): A {
  switch (plan.kind) {
    case "layer":
      return algebra.layer(plan);
    case "chain":
      return algebra.chain(plan.parts.map((part) => fold(part, algebra)), plan);
    case "fork":
      return algebra.fork(plan.branches.map((branch) => fold(branch, algebra)), plan);
    case "named": {
      const body = fold(plan.body, algebra);
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

/**
 * What a plan's layers and merges come to, joined by a monoid in the order of computation.
 *
 * @example The layers of each type
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, foldMap, orThrow, plan, SUM } from "@netfold/netfold";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(chain(conv(8), relu(), conv(4)), [4, 4, 3]));
 * const convolutions = foldMap(SUM)(planned, (leaf) =>
 *   leaf.kind === "layer" && leaf.layer.type === "conv" ? 1 : 0);
 * assertEquals(convolutions, 2);
 * ```
 */
export function foldMap<A>(
  monoid: Monoid<A>,
): (plan: Plan, value: (leaf: Leaf) => A) => A {
  const { concat, empty } = judgedMonoid(monoid);
  return (plan, value) => leaves(plan).reduce((all, leaf) => concat(all, value(leaf)), empty);
}

/** A leaf's own parameters; merges have none, and neither has a layer that shares another's. */
export function parametersAt(leaf: Leaf): readonly Parameter[] {
  return leaf.kind === "layer" && leaf.home === undefined ? leaf.parameters : [];
}
