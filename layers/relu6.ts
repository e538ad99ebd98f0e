/** The rectified linear unit that ends at 6 (Krizhevsky, 2010), of MobileNets. */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A rectifier's configuration that ends at 6. */
export interface Relu6 {
  /** The tag. */
  readonly type: "relu6";
}

/**
 * min(max(x, 0), 6), elementwise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { relu6 } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(relu6(), [8, 8, 4]))), { macs: 0, flops: 512 });
 * ```
 */
export function relu6(): Net {
  return layer({ type: "relu6" });
}

/** The meaning of {@link Relu6}. */
export const relu6Rule: FullLayerRule<Relu6> = {
  ...pointwise(2),
  type: "relu6",
  label: "relu6_",
  fields: {},
  lower: (_, { graph, input }) =>
    graph.apply({ op: "minimum" }, [
      graph.apply({ op: "relu" }, [input]),
      graph.constant(6, []),
    ]),
  drawing: () => ({ kind: "normalization", name: "ReLU6" }),
  torch: () => ({ applies: (_, x) => `F.relu6(${x})` }),
};
