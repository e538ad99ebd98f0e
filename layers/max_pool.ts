/** Maximum pooling; padding is never chosen, and of equal maxima the first takes the gradient. */
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import type { Pair } from "../dsl/graph/op.ts";
import { padded } from "./_torch.ts";
import {
  drawingOf,
  geometryOf,
  type Pool,
  poolOf,
  type PoolOptions,
  poolRule,
  torchPool,
} from "./pool.ts";

/** A maximum pool's configuration. */
export interface MaxPool extends Pool {
  /** The tag. */
  readonly type: "max_pool";
}

/**
 * The largest value under a window.
 *
 * @example The paper's pooling, Caffe's ceil mode
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { maxPool } from "@netfold/netfold/layers";
 *
 * const pool = maxPool(3, { stride: 2, ceil: true });
 * assertEquals(orThrow(plan(pool, [112, 112, 64])).output, [56, 56, 64]);
 * ```
 */
export function maxPool(window: number | Pair, options: PoolOptions = {}): Net {
  return layer({ type: "max_pool", ...poolOf(window, options, "maxPool") });
}

/** The meaning of {@link MaxPool}. */
export const maxPoolRule: FullLayerRule<MaxPool> = {
  type: "max_pool",
  ...poolRule,
  label: "pool",
  lower: (layer, { graph, input, inputShape }) =>
    graph.apply({ op: "maxPool", ...geometryOf(layer, inputShape) }, [input]),
  drawing: (layer) => drawingOf("max pool", layer),
  torch: (layer, { input }) =>
    torchPool(layer, input, {
      callee: "nn.MaxPool2d",
      bordered: (holes, border) => ({
        makes: { callee: "nn.MaxPool2d", holes },
        applies: (own, x) => `${own}(${padded(x, border, "-math.inf")})`,
      }),
    }),
};
