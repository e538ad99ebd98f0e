/** The rectifier that lets a share of what is negative through (Maas, Hannun and Ng, 2013). */
import { optionsOf } from "../dsl/problem/expect.ts";
import { numberField } from "../dsl/plan/fields.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A leaky rectifier's configuration. */
export interface LeakyRelu {
  /** The tag. */
  readonly type: "leaky_relu";
  /** The slope below zero, from 0 to below 1. */
  readonly slope: number;
}

/**
 * x where it is positive, `slope` times x elsewhere; the slope is 0.01 by default.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { leakyRelu } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(leakyRelu({ slope: 0.2 }), [8, 8, 4]))).flops, 512);
 * ```
 */
export function leakyRelu(options: { readonly slope?: number } = {}): Net {
  return layer({ type: "leaky_relu", ...optionsOf(options, { slope: 0.01 }, "leakyRelu") });
}

/** The meaning of {@link LeakyRelu}. */
export const leakyReluRule: FullLayerRule<LeakyRelu> = {
  ...pointwise(2),
  type: "leaky_relu",
  label: "leakyrelu",
  fields: { slope: numberField(0, 1) },
  // The share comes first: at zero its slope holds, as in PyTorch.
  lower: ({ slope }, { graph, input }) =>
    graph.apply({ op: "maximum" }, [graph.apply({ op: "scale", by: slope }, [input]), input]),
  drawing: () => ({ kind: "normalization", name: "leaky ReLU" }),
  torch: ({ slope }) => ({ applies: (_, x) => `F.leaky_relu(${x}, ${slope})` }),
};
