/** The piecewise stand-in for SiLU (Howard et al., Searching for MobileNetV3, 2019). */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { hardGate } from "./hard_sigmoid.ts";

/** A hard swish's configuration. */
export interface HardSwish {
  /** The tag. */
  readonly type: "hard_swish";
}

/**
 * x times its hard sigmoid, elementwise; counted as five operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { hardSwish } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(hardSwish(), [8, 8, 4]))), { macs: 0, flops: 1280 });
 * ```
 */
export function hardSwish(): Net {
  return layer({ type: "hard_swish" });
}

/** The meaning of {@link HardSwish}. */
export const hardSwishRule: FullLayerRule<HardSwish> = {
  ...pointwise(5),
  type: "hard_swish",
  label: "hardswish",
  fields: {},
  lower: (_, { graph, input }) => graph.apply({ op: "multiply" }, [input, hardGate(graph, input)]),
  drawing: () => ({ kind: "normalization", name: "hard swish" }),
  torch: () => ({ applies: (_, x) => `F.hardswish(${x})` }),
};
