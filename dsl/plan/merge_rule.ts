/**
 * The rule of a merge: how the branches of a fork become one, as a value. A
 * user's merge is made of the same pieces as netfold's own.
 */
import {
  expected,
  FUNCTION,
  hasFields,
  oneOf,
  optional,
  TEXT,
  type Wanted,
  type WantedOf,
} from "../problem/expect.ts";
import { ownValue } from "../problem/own.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import { agree, type Shape, showShape } from "../net/shape.ts";
import type { Problem } from "../problem/problem.ts";
import type { Fault } from "./fault.ts";
import type { ForeignCounts, TorchMerge } from "./facets.ts";
import type { Cost, ShapeReport } from "./rule.ts";

/** Where a fork stands while its branches are judged. */
export interface ForkSite {
  /** The shape that its branches see. */
  readonly input: Shape;
  /** How many forks of the same merge stand around it within its named part, itself included. */
  readonly level: number;
}

/** The whole meaning of a merge. */
export interface MergeRule {
  /** Its name, which forks refer to. */
  readonly merge: string;
  /** Its name in paths, before a number; the merge's own by default. */
  readonly label?: string;
  /** Whether it takes exactly two branches, or any number of at least one. */
  readonly branches: "two" | "any";
  /** The output's shape for branches of these shapes, of the right number. */
  readonly shape: (branches: readonly Shape[]) => ShapeReport;
  /** Its cost for `count` branches that fit. */
  readonly cost: (count: number, output: Shape) => Cost;
  /** The operations it becomes. */
  readonly lower: (graph: GraphBuilder, branches: readonly ValueId[]) => ValueId;
  /** Whether it applies a soft mask, the second branch, to a trunk, the first. */
  readonly attention?: true;
  /** What the output sees: everything that a branch sees (by default), or the second branch between its pixels. */
  readonly sight?: "hull" | "resized second";
  /** How diagrams write it; its name by default. */
  readonly sign?: string;
  /** What other tools count for it; nothing by default, as they count no sums, products and joins. */
  readonly elsewhere?: (output: Shape) => ForeignCounts;
  /** What it is in PyTorch; the export to PyTorch needs it. */
  readonly torch?: TorchMerge;
  /** What a problem within its branches means here, if it means something else than it says. */
  readonly reword?: (problem: Problem, site: ForkSite) => Fault | undefined;
}

/** A merge's rule, for a language. */
export interface AnyMergeRule extends MergeRule {
  /** What kind of rule it is. */
  readonly of: "merge";
}

const TORCH: Wanted = {
  fits: (value) =>
    hasFields(value, ["applies", "binds"]) && FUNCTION.fits(value.applies) &&
    oneOf(["sum", "product", "call"]).fits(value.binds),
  wanted: "{ applies, binds }: a function of the code, and sum, product or call",
};

/** What a merge's rule holds; `of` is there when it is made of another rule. */
export const MERGE_RULE: WantedOf<MergeRule & { readonly of?: "merge" }> = /* @__PURE__ */ (() => ({
  of: optional(oneOf(["merge"])),
  merge: TEXT,
  label: optional(TEXT),
  branches: oneOf(["two", "any"]),
  shape: FUNCTION,
  cost: FUNCTION,
  lower: FUNCTION,
  attention: optional(oneOf([true])),
  sight: optional(oneOf(["hull", "resized second"])),
  sign: optional(TEXT),
  elsewhere: optional(FUNCTION),
  torch: optional(TORCH),
  reword: optional(FUNCTION),
}))();

/**
 * The rule of a merge, for a language.
 *
 * @example The mean of branches
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fork, mergeRule, orThrow, plan, sameShapes, standard } from "@netfold/netfold";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const mean = mergeRule({
 *   merge: "mean",
 *   branches: "any",
 *   shape: sameShapes(),
 *   cost: (count, output) => ({ macs: 0, flops: count * output.reduce((a, b) => a * b, 1) }),
 *   lower: (graph, branches) => {
 *     const sum = branches.reduce((a, b) => graph.apply({ op: "add" }, [a, b]));
 *     return graph.apply({ op: "scale", by: 1 / branches.length }, [sum]);
 *   },
 * });
 *
 * const both = fork("mean", conv(8), conv(8));
 * const planned = orThrow(plan(both, [4, 4, 3], { language: standard.with(mean) }));
 * assertEquals(planned.output, [4, 4, 8]);
 * ```
 */
export function mergeRule(own: MergeRule): AnyMergeRule {
  return { ...ownValue(own, MERGE_RULE, "what a merge is"), of: "merge" };
}

/** The shape rule of merges whose branches all have one shape; `wanted` says so in a problem. */
export function sameShapes(wanted = "equal shapes"): (branches: readonly Shape[]) => ShapeReport {
  expected(wanted, TEXT);
  return (branches) => ({
    output: joined(branches),
    faults: fit(branches) ? [] : [differ(branches, wanted)],
  });
}

/** What is wrong with the number of branches, if anything. */
export function crowdFaults(rule: MergeRule, branches: number): readonly Fault[] {
  const two = rule.branches === "two";
  if (two ? branches === 2 : branches >= 1) return [];
  return [{
    code: "branch-count",
    rule: "the merge has the wrong number of branches",
    got: `${branches}`,
    wanted: two ? "2" : "at least 1",
    hint: two && branches > 2
      ? "join others in a fork of their own"
      : "give it more branches; identity is the input as it is",
  }];
}

/** Whether no two branches contradict each other. */
export function fit(branches: readonly Shape[]): boolean {
  return branches.every((a, i) => branches.slice(i + 1).every((b) => agree(a, b)));
}

/** Dimensions on which all branches agree; the others are unknown. */
export function joined(branches: readonly Shape[]): Shape {
  const [first = []] = branches;
  return first.map((dimension, i) => {
    const known = branches.map((branch) => branch[i] ?? NaN).filter((size) => !Number.isNaN(size));
    return known.every((size) => size === known[0]) ? known[0] ?? dimension : NaN;
  });
}

/** The fault of branches that do not fit together. */
export function differ(branches: readonly Shape[], wanted: string, hint?: string): Fault {
  const channelsOnly = fit(branches.map((branch) => branch.slice(0, -1)));
  return {
    code: "shape-mismatch",
    rule: "the branches of the fork do not fit together",
    got: branches.map(showShape).join(" and "),
    wanted,
    hint: hint ??
      (channelsOnly
        ? "bring one branch to the other's channels with a 1x1 conv, for instance a projection"
        : "use the same strides on every branch, or bring one back with matchSize()"),
  };
}
