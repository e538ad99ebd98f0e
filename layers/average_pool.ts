/** Average pooling; pixels outside the map do not count. */
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import type { Pair } from "../dsl/graph/op.ts";
import {
  drawingOf,
  geometryOf,
  type Pool,
  poolOf,
  type PoolOptions,
  poolRule,
  torchPool,
} from "./pool.ts";

/** An average pool's configuration. */
export interface AveragePool extends Pool {
  /** The tag. */
  readonly type: "average_pool";
}

/**
 * The mean of the values under a window, over those that lie inside the map.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { averagePool } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(averagePool(2), [8, 8, 64])).output, [4, 4, 64]);
 * ```
 */
export function averagePool(window: number | Pair, options: PoolOptions = {}): Net {
  return layer({ type: "average_pool", ...poolOf(window, options, "averagePool") });
}

/** The meaning of {@link AveragePool}. */
export const averagePoolRule: FullLayerRule<AveragePool> = {
  type: "average_pool",
  ...poolRule,
  label: "avgpool",
  lower: (layer, { graph, input, inputShape }) =>
    graph.apply({ op: "averagePool", ...geometryOf(layer, inputShape) }, [input]),
  drawing: (layer) => drawingOf("average pool", layer),
  torch: (layer, { input }) =>
    torchPool(layer, input, {
      callee: "nn.AvgPool2d",
      bordered: (window, [top, bottom, left, right]) => {
        const border = { kind: "border", value: `(${left}, ${right}, ${top}, ${bottom})` };
        return {
          makes: { callee: "AveragePool2d", holes: [...window, border] },
          applies: (own, x) => `${own}(${x})`,
        };
      },
    }),
};
