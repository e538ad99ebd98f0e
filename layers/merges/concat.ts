/** Branches of equal height and width, joined along the channels. */
import { channelsOf } from "../../dsl/net/shape.ts";
import { type AnyMergeRule, differ, fit, joined, mergeRule } from "../../dsl/plan/merge_rule.ts";

/** The meaning of `concat`. */
export const concatRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "concat",
  branches: "any",
  shape: (branches) => {
    const maps = branches.map((branch) => branch.slice(0, -1));
    const channels = branches.reduce((sum, branch) => sum + channelsOf(branch), 0);
    const faults = fit(maps) ? [] : [differ(branches, "equal height and width")];
    return { output: [...joined(maps), channels], faults };
  },
  cost: () => ({ macs: 0, flops: 0 }),
  lower: (graph, [first = NaN, ...others]) =>
    graph.apply({ op: "concat", axis: graph.shapeOf(first).length - 1 }, [first, ...others]),
  torch: {
    binds: "call",
    applies: (branches) =>
      `torch.cat((${branches.join(", ")}${branches.length === 1 ? "," : ""}), 1)`,
  },
});
