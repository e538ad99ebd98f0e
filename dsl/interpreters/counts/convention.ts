/**
 * Conventions of counting: what one number for "the cost of a pass over one
 * image" means to whom. Papers count multiply-adds and call them FLOPs; tools
 * leave out whatever they do not know. Each convention gives the number that
 * its user would get, so that figures can be compared at all.
 *
 * Sources: fvcore 0.1.6 (`FlopCountAnalysis`, inference), torchinfo 1.8.0
 * (`summary`, batch of one), both read and run.
 */
import { expected, oneOf } from "../../problem/expect.ts";
import { foldMap, type Leaf } from "../../plan/fold.ts";
import { facet } from "../../plan/facet.ts";
import { type ForeignCounts, UNCOUNTED } from "../../plan/facets.ts";
import { SUM } from "../../problem/monoid.ts";
import { ProblemError } from "../../problem/throw.ts";
import type { Plan } from "../../plan/plan.ts";

/** Whose way of counting: netfold's, the papers', fvcore's or torchinfo's. */
export type ConventionName = "netfold" | "paper" | "fvcore" | "torchinfo";

/** A way of counting. */
export interface Convention {
  /** Its name. */
  readonly name: ConventionName;
  /** What it calls what it counts. */
  readonly unit: string;
  /** What is counted, as a sentence without a full stop. */
  readonly meaning: string;
  /** The count of one layer or merge, for one image. */
  readonly count: (leaf: Leaf) => number;
}

/** What other tools count for a layer or a merge. */
function elsewhere(leaf: Leaf): ForeignCounts {
  if (leaf.kind === "fork") {
    return facet(leaf.merge, "elsewhere", leaf.meaning.elsewhere?.(leaf.output)) ?? UNCOUNTED;
  }
  const counts = leaf.meaning.elsewhere(leaf.input, leaf.output);
  if (counts !== undefined) return counts;
  throw new ProblemError([{
    path: leaf.path,
    layer: leaf.layer.type,
    code: "no-facet",
    rule: "the layer must say what other tools count for it",
    got: "a rule without `elsewhere`",
    wanted: "its counts by fvcore and torchinfo",
    hint: "count by netfold's convention, or the paper's, or add `elsewhere` to the layer's rule",
  }]);
}

/** Every convention by its name. */
export const CONVENTIONS: { readonly [K in ConventionName]: Convention } = {
  netfold: {
    name: "netfold",
    unit: "FLOPs",
    meaning: "FLOPs are 2 MACs plus every elementwise operation, MACs the " +
      "multiply-accumulates of convolutions and dense layers",
    count: (leaf) => leaf.cost.flops,
  },
  paper: {
    name: "paper",
    unit: "multiply-adds",
    meaning: "multiply-adds of convolutions and dense layers, which papers call FLOPs",
    count: (leaf) => leaf.cost.macs,
  },
  fvcore: {
    name: "fvcore",
    unit: "flops",
    meaning: "a multiply-add is 1 flop, a batch norm 2 an element, a resizing 4 (1 to the " +
      "nearest), a global average 1; no biases, activations, sums, products, pooling",
    count: (leaf) => elsewhere(leaf).fvcore,
  },
  torchinfo: {
    name: "torchinfo",
    unit: "mult-adds",
    meaning: "weights and biases times the positions where they are used, " +
      "gammas and betas once; nothing else",
    count: (leaf) => elsewhere(leaf).torchinfo,
  },
};

/** The names of all conventions. */
export const CONVENTION_NAMES: readonly [ConventionName, ...ConventionName[]] = [
  "netfold",
  "paper",
  "fvcore",
  "torchinfo",
];

/**
 * A convention by its name.
 *
 * @throws {ProblemError} When there is none of that name.
 */
export function conventionOf(name: ConventionName): Convention {
  return CONVENTIONS[expected(name, oneOf(CONVENTION_NAMES), "convention")];
}

/**
 * The cost of one pass over one image by a convention: the sum over the
 * leaves. `netfold` gives FLOPs, `paper` multiply-adds; `fvcore` and
 * `torchinfo` the totals that those tools print for the network in PyTorch.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { countOperations, orThrow, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention56(), [32, 32, 3]));
 * assertEquals(countOperations(planned, "paper"), 122_825_216);
 * assertEquals(countOperations(planned, "fvcore"), 126_149_120);
 * assertEquals(countOperations(planned, "torchinfo"), 122_841_066);
 * ```
 */
export function countOperations(plan: Plan, convention: ConventionName): number {
  return foldMap(SUM)(plan, conventionOf(convention).count);
}
