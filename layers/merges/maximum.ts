/**
 * The largest of branches of equal shape, element by element (maxout: Goodfellow et al., 2013). The
 * gradient goes to the first of those that are equal, in PyTorch to both in halves.
 */
import { type AnyMergeRule, mergeRule, sameShapes } from "../../dsl/plan/merge_rule.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** The meaning of `maximum`. */
export const maximumRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "maximum",
  branches: "any",
  sign: "max",
  shape: /* @__PURE__ */ sameShapes(),
  cost: (count, output) => ({ macs: 0, flops: (count - 1) * sizeOf(output) }),
  lower: (graph, branches) => branches.reduce((a, b) => graph.apply({ op: "maximum" }, [a, b])),
  torch: {
    binds: "call",
    applies: (branches) => branches.reduce((a, b) => `torch.maximum(${a}, ${b})`),
  },
});
