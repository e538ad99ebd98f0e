/**
 * Softmax over the last axis: exp(x) divided by its sum. Networks that are
 * trained end in logits, the loss holds its own softmax; this layer is for
 * networks that must give probabilities themselves.
 */
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { sizeOf } from "../dsl/net/shape.ts";

/** A softmax's configuration. */
export interface Softmax {
  /** The tag. */
  readonly type: "softmax";
}

/**
 * Softmax over channels or features; counted as five operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { softmax } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(softmax(), [10]))), { macs: 0, flops: 50 });
 * ```
 */
export function softmax(): Net {
  return layer({ type: "softmax" });
}

/** The meaning of {@link Softmax}. */
export const softmaxRule: FullLayerRule<Softmax> = {
  type: "softmax",
  label: "softmax",
  fields: {},
  shape: (_, input) => ({ output: input, faults: [] }),
  cost: (_, __, output) => ({ macs: 0, flops: 5 * sizeOf(output) }),
  elsewhere: () => UNCOUNTED,
  sight: (_, input) => ({ sees: input.length === 1 ? "map" : "position" }),
  lower: (_, site) => site.graph.apply({ op: "softmax" }, [site.input]),
  drawing: () => ({ kind: "activation" }),
  torch: () => ({ applies: (_, x) => `torch.softmax(${x}, 1)` }),
};
