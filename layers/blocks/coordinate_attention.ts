/**
 * Coordinate attention (Hou, Zhou and Feng, Coordinate attention for efficient mobile network
 * design, CVPR 2021): a factor for each row and one for each column of every channel,
 *
 *   [f_h; f_w] = hardswish(BN(conv1([mean of rows; mean of columns](F)))),
 *   M = sigmoid(conv_h(f_h)) sigmoid(conv_w(f_w)),  F' = M F,
 *
 * with 1x1 convolutions of C to m = max(8, C / r) and back: 3 C m + 2 C + 3 m parameters and
 * 2 (H + W) C m MACs.
 */
import { COUNT, expectAll, optionsOf } from "../../dsl/problem/expect.ts";
import { coordinateMask, type CoordinateMaskOptions } from "../coordinate_mask.ts";
import { identity } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";
import { nal } from "./attention.ts";

/**
 * Coordinate attention, for `attend` or within a unit.
 *
 * @throws {ProblemError} When `ratio` or `least` is not a whole number of at least 1.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { coordinateAttention, orThrow, params, plan } from "@netfold/netfold";
 *
 * const block = orThrow(plan(coordinateAttention(), [28, 28, 256]));
 * assertEquals(params(block).trainable, 3 * 256 * 8 + 2 * 256 + 3 * 8);
 * ```
 */
export function coordinateAttention(options: CoordinateMaskOptions = {}): Net {
  const { ratio, least } = optionsOf(options, { ratio: 32, least: 8 }, "coordinateAttention");
  expectAll({ ratio: [ratio, COUNT], least: [least, COUNT] }, "coordinateAttention");
  return nal(identity, coordinateMask({ ratio, least }));
}
