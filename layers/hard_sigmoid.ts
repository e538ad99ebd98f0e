/** The piecewise linear stand-in for a sigmoid (Howard et al., Searching for MobileNetV3, 2019). */
import type { GraphBuilder } from "../dsl/graph/builder.ts";
import type { ValueId } from "../dsl/graph/graph.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A hard sigmoid's configuration. */
export interface HardSigmoid {
  /** The tag. */
  readonly type: "hard_sigmoid";
}

/**
 * min(max(x + 3, 0), 6) / 6, elementwise; counted as four operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { hardSigmoid } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(hardSigmoid(), [8, 8, 4]))), { macs: 0, flops: 1024 });
 * ```
 */
export function hardSigmoid(): Net {
  return layer({ type: "hard_sigmoid" });
}

/** min(max(x + 3, 0), 6) / 6. */
export function hardGate(graph: GraphBuilder, x: ValueId): ValueId {
  const raised = graph.apply({ op: "add" }, [x, graph.constant(3, [])]);
  const rectified = graph.apply({ op: "relu" }, [raised]);
  const clamped = graph.apply({ op: "minimum" }, [rectified, graph.constant(6, [])]);
  return graph.apply({ op: "scale", by: 1 / 6 }, [clamped]);
}

/** The meaning of {@link HardSigmoid}. */
export const hardSigmoidRule: FullLayerRule<HardSigmoid> = {
  ...pointwise(4),
  type: "hard_sigmoid",
  label: "hardsigmoid",
  fields: {},
  lower: (_, { graph, input }) => hardGate(graph, input),
  drawing: () => ({ kind: "normalization", name: "hard sigmoid" }),
  torch: () => ({ applies: (_, x) => `F.hardsigmoid(${x})` }),
};
