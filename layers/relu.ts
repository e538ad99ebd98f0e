/** The rectified linear unit: max(x, 0). */
import { type LayerRule, UNCOUNTED } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { sizeOf } from "../dsl/net/shape.ts";

/** A rectifier's configuration. */
export interface Relu {
  /** The tag. */
  readonly type: "relu";
}

/**
 * max(x, 0), elementwise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cost, orThrow, plan } from "@netfold/netfold";
 * import { relu } from "@netfold/netfold/layers";
 *
 * assertEquals(cost(orThrow(plan(relu(), [8, 8, 4]))), { macs: 0, flops: 256 });
 * ```
 */
export function relu(): Net {
  return layer({ type: "relu" });
}

/** The meaning of {@link Relu}. */
export const reluRule: LayerRule<Relu> = {
  label: "relu",
  fields: {},
  shape: (_, input) => ({ output: input, faults: [] }),
  parameters: () => [],
  cost: (_, __, output) => ({ macs: 0, flops: sizeOf(output) }),
  elsewhere: () => UNCOUNTED,
  sight: () => ({ sees: "position" }),
  lower: (_, site) => site.graph.apply({ op: "relu" }, [site.input]),
};
