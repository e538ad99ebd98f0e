/** The sum of branches of equal shape. */
import { type AnyMergeRule, mergeRule, sameShapes } from "../../dsl/plan/merge_rule.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** The meaning of `add`. */
export const addRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "add",
  branches: "any",
  sign: "+",
  shape: /* @__PURE__ */ sameShapes(),
  cost: (count, output) => ({ macs: 0, flops: (count - 1) * sizeOf(output) }),
  lower: (graph, branches) => branches.reduce((a, b) => graph.apply({ op: "add" }, [a, b])),
  torch: { binds: "sum", applies: (branches) => branches.join(" + ") },
});
