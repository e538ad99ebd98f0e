/** The Gaussian error linear unit (Hendrycks and Gimpel, Gaussian error linear units, 2016). */
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A GELU's configuration. */
export interface Gelu {
  /** The tag. */
  readonly type: "gelu";
}

/**
 * x times the share of a normal distribution that lies below it, exact by the error function;
 * counted as five operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { gelu } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(gelu(), [8, 8, 4]))), { macs: 0, flops: 1280 });
 * ```
 */
export function gelu(): Net {
  return layer({ type: "gelu" });
}

/** The meaning of {@link Gelu}. */
export const geluRule: FullLayerRule<Gelu> = {
  ...pointwise(5),
  type: "gelu",
  label: "gelu",
  fields: {},
  // By the operations themselves, which a summary need not load.
  lower: (_, { graph, input }) => {
    const half = graph.apply({ op: "scale", by: 0.5 }, [input]);
    const share = graph.apply({ op: "scale", by: Math.SQRT1_2 }, [input]);
    const erf = graph.apply({ op: "erf" }, [share]);
    const below = graph.apply({ op: "add" }, [erf, graph.constant(1, [])]);
    return graph.apply({ op: "multiply" }, [half, below]);
  },
  drawing: () => ({ kind: "normalization", name: "GELU" }),
  torch: () => ({ applies: (_, x) => `F.gelu(${x})` }),
};
