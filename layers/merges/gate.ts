/** Naive attention learning: trunk T and soft mask M become M T. */
import { type AnyMergeRule, mergeRule, sameShapes } from "../../dsl/plan/merge_rule.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** The meaning of `gate`. */
export const gateRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "gate",
  branches: "two",
  attention: true,
  sign: "M × T",
  shape: /* @__PURE__ */ sameShapes("a mask of the trunk's shape"),
  cost: (_, output) => ({ macs: 0, flops: sizeOf(output) }),
  lower: (graph, [trunk = NaN, mask = NaN]) => graph.apply({ op: "multiply" }, [trunk, mask]),
  torch: { binds: "product", applies: ([trunk, mask]) => `${mask} * ${trunk}` },
});
