/** The difference of two branches of equal shape: the first less the second. */
import { type AnyMergeRule, mergeRule, sameShapes } from "../../dsl/plan/merge_rule.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** The meaning of `subtract`. */
export const subtractRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "subtract",
  branches: "two",
  sign: "−",
  shape: /* @__PURE__ */ sameShapes(),
  cost: (_, output) => ({ macs: 0, flops: sizeOf(output) }),
  lower: (graph, [first = NaN, second = NaN]) => graph.apply({ op: "subtract" }, [first, second]),
  torch: { binds: "call", applies: ([first, second]) => `torch.sub(${first}, ${second})` },
});
