/**
 * Attention residual learning: trunk T and soft mask M become (1 + M) T (Wang
 * et al., 2017, equation 3).
 */
import { type AnyMergeRule, mergeRule, sameShapes } from "../../dsl/plan/merge_rule.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** The meaning of `attend`. */
export const attendRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "attend",
  branches: "two",
  attention: true,
  sign: "(1 + M) × T",
  shape: /* @__PURE__ */ sameShapes("a mask of the trunk's shape"),
  cost: (_, output) => ({ macs: 0, flops: 2 * sizeOf(output) }),
  lower: (graph, [trunk = NaN, mask = NaN]) => graph.apply({ op: "attend" }, [trunk, mask]),
  torch: { binds: "product", applies: ([trunk, mask]) => `(1 + ${mask}) * ${trunk}` },
});
