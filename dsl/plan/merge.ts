/**
 * Merges: how the branches of a fork become one. Everything that a merge means
 * stands here: its shape rule, its cost and the operations it becomes.
 */
import { RESIZE_FLOPS, resizeElsewhere } from "../../layers/resize.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import { type Cost, type Fault, type ForeignCounts, type ShapeReport, UNCOUNTED } from "./rule.ts";
import type { Merge } from "../net/net.ts";
import { agree, channelsOf, type Shape, showShape, sizeOf } from "../net/shape.ts";

/** The name of a fork in paths, before its number. */
export function forkLabel(merge: Merge): string {
  return merge === "match" ? "resize" : merge;
}

/** The shape that comes out of a merge of branches of these shapes. */
export function mergeShape(
  merge: Merge,
  branches: readonly Shape[],
): ShapeReport {
  const [first = [], ...others] = branches;
  const crowd = crowdFaults(merge, branches.length);
  if (crowd.length > 0) return { output: first, faults: crowd };
  switch (merge) {
    case "add":
    case "multiply":
    case "attend":
    case "gate": {
      return { output: joined(branches), faults: fit(branches) ? [] : [differ(merge, branches)] };
    }
    case "concat": {
      const maps = branches.map((branch) => branch.slice(0, -1));
      const channels = branches.reduce(
        (sum, branch) => sum + channelsOf(branch),
        0,
      );
      const faults = fit(maps) ? [] : [differ(merge, branches)];
      return { output: [...joined(maps), channels], faults };
    }
    case "match": {
      const [body = []] = others;
      if (first.length === 3 && body.length === 3) {
        return { output: [...first.slice(0, 2), channelsOf(body)], faults: [] };
      }
      return { output: first, faults: [differ(merge, branches)] };
    }
  }
}

/** Whether no two branches contradict each other. */
function fit(branches: readonly Shape[]): boolean {
  return branches.every((a, i) => branches.slice(i + 1).every((b) => agree(a, b)));
}

/** Dimensions on which all branches agree; the others are unknown. */
function joined(branches: readonly Shape[]): Shape {
  const [first = []] = branches;
  return first.map((dimension, i) => {
    const known = branches.map((branch) => branch[i] ?? NaN).filter((size) => !Number.isNaN(size));
    return known.every((size) => size === known[0]) ? known[0] ?? dimension : NaN;
  });
}

function crowdFaults(merge: Merge, branches: number): readonly Fault[] {
  const two = merge === "attend" || merge === "gate" || merge === "match";
  if (two ? branches === 2 : branches >= 1) return [];
  return [{
    code: "branch-count",
    rule: "the merge has the wrong number of branches",
    got: `${branches}`,
    wanted: two ? "2: what is kept or measured, and what is applied to it" : "at least 1",
    hint: "see the merges of fork()",
  }];
}

function differ(merge: Merge, branches: readonly Shape[]): Fault {
  const wanted = {
    add: "equal shapes",
    multiply: "equal shapes",
    attend: "a mask of the trunk's shape",
    gate: "a mask of the trunk's shape",
    concat: "equal height and width",
    match: "maps on both sides",
  }[merge];
  const channelsOnly = fit(branches.map((branch) => branch.slice(0, -1)));
  return {
    code: "shape-mismatch",
    rule: "the branches of the fork do not fit together",
    got: branches.map(showShape).join(" and "),
    wanted,
    hint: merge === "match"
      ? "keep vectors outside"
      : channelsOnly
      ? "bring one branch to the other's channels with a 1x1 conv, for instance a projection"
      : "use the same strides on every branch, or bring one back with matchSize()",
  };
}

/** The price of a merge of `count` branches. */
export function mergeCost(merge: Merge, count: number, output: Shape): Cost {
  const perElement = {
    add: count - 1,
    multiply: count - 1,
    concat: 0,
    attend: 2,
    gate: 1,
    match: RESIZE_FLOPS,
  }[merge];
  return { macs: 0, flops: perElement * sizeOf(output) };
}

/** What other tools count for a merge. */
export function mergeElsewhere(merge: Merge, output: Shape): ForeignCounts {
  return {
    add: UNCOUNTED,
    multiply: UNCOUNTED,
    concat: UNCOUNTED,
    attend: UNCOUNTED,
    gate: UNCOUNTED,
    match: resizeElsewhere(output),
  }[merge];
}

/** The operations of a merge. */
export function lowerMerge(
  merge: Merge,
  graph: GraphBuilder,
  branches: readonly ValueId[],
): ValueId {
  const [first = NaN, second = NaN] = branches;
  switch (merge) {
    case "add":
    case "multiply":
      return branches.reduce((a, b) => graph.apply({ op: merge }, [a, b]));
    case "attend":
      return graph.apply({ op: "attend" }, [first, second]);
    case "gate":
      return graph.apply({ op: "multiply" }, [first, second]);
    case "concat":
      return graph.apply({ op: "concat", axis: graph.shapeOf(first).length - 1 }, [
        first,
        ...branches.slice(1),
      ]);
    case "match": {
      const [, height = 0, width = 0] = graph.shapeOf(first);
      const [, h, w] = graph.shapeOf(second);
      if (h === height && w === width) return second;
      return graph.apply({ op: "resizeBilinear", size: [height, width] }, [
        second,
      ]);
    }
  }
}
