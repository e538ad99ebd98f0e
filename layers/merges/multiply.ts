/** The product of branches of equal shape, element by element. */
import { type AnyMergeRule, mergeRule, sameShapes } from "../../dsl/plan/merge_rule.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** The meaning of `multiply`. */
export const multiplyRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "multiply",
  branches: "any",
  sign: "×",
  shape: /* @__PURE__ */ sameShapes(),
  cost: (count, output) => ({ macs: 0, flops: (count - 1) * sizeOf(output) }),
  lower: (graph, branches) => branches.reduce((a, b) => graph.apply({ op: "multiply" }, [a, b])),
  torch: { binds: "product", applies: (branches) => branches.join(" * ") },
});
