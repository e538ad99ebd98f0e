/**
 * The depthwise separable convolution of MobileNets (Howard et al., 2017): each channel's own
 * convolution, then one of 1x1 over all of them, each with batch norm and rectifier.
 */
import { expectAll, given, optionsOf } from "../../dsl/problem/expect.ts";
import { batchNorm } from "../batch_norm.ts";
import { conv } from "../conv.ts";
import { relu } from "../relu.ts";
import { chain, numbered } from "../../dsl/net/combinators.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import type { Width } from "../../dsl/net/shape.ts";

/** Options of {@link separable}. */
export interface SeparableOptions {
  /** Side of the depthwise kernel; 3 by default. */
  readonly kernel?: number;
  /** Step of the depthwise convolution; 1 by default. */
  readonly stride?: number;
  /** What stands behind each batch norm; `relu()` by default. */
  readonly activation?: Net;
}

/** A convolution of each channel by itself, with as many pixels on both sides as its kernel reaches. */
export function depthwise(kernel: number, stride: number, bias = false): Net {
  const padding = kernel % 2 === 1 ? (kernel - 1) / 2 : "same";
  return conv("same", { kernel, stride, padding, groups: "same", bias });
}

/**
 * A depthwise separable convolution with `width` output channels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan, separable } from "@netfold/netfold";
 *
 * const planned = orThrow(plan(separable(64, { stride: 2 }), [16, 16, 32]));
 * assertEquals(planned.output, [8, 8, 64]);
 * assertEquals(params(planned).weights, 9 * 32 + 32 * 64);
 * ```
 */
export function separable(width: Width, options: SeparableOptions = {}): Net {
  const { kernel, stride, activation } = optionsOf(options, {
    kernel: 3,
    stride: 1,
    activation: relu(),
  }, "separable");
  expectAll({ activation: [activation, NET] }, "separable");
  const own = given(width, "a width", "separable");
  return numbered(
    "unit",
    chain(depthwise(kernel, stride), batchNorm(), activation, conv(own), batchNorm(), activation),
  );
}
