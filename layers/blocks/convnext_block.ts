/**
 * The block of ConvNeXt (Liu et al., A ConvNet for the 2020s, 2022): a large depthwise convolution,
 * layer norm over channels, and a perceptron of 1x1 convolutions with a GELU in between.
 */
import { expectAll, optionsOf } from "../../dsl/problem/expect.ts";
import { count } from "../../dsl/plan/fields.ts";
import { conv } from "../conv.ts";
import { gelu } from "../gelu.ts";
import { layerNorm } from "../layer_norm.ts";
import { layerScale } from "../layer_scale.ts";
import { stochasticDepth } from "../stochastic_depth.ts";
import { chain, identity, numbered, residual } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";
import { ratio } from "../../dsl/net/shape.ts";
import { depthwise } from "./separable.ts";

/** Options of {@link convnextBlock}. */
export interface ConvnextBlockOptions {
  /** Side of the depthwise kernel; 7 by default. */
  readonly kernel?: number;
  /** How many times wider the perceptron's middle is; 4 by default. */
  readonly expansion?: number;
  /** What the layer scale starts at; 1e-6 by default. */
  readonly start?: number;
  /** The rate of stochastic depth; 0, none, by default. */
  readonly drop?: number;
}

const EXPANSION = /* @__PURE__ */ (() => ({ fits: count.is, wanted: count.wanted }))();

/**
 * A ConvNeXt block, of its input's width.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { convnextBlock, orThrow, params, plan } from "@netfold/netfold";
 *
 * const planned = orThrow(plan(convnextBlock({ drop: 0.1 }), [56, 56, 96]));
 * assertEquals(params(planned).trainable, 79_296);
 * ```
 */
export function convnextBlock(options: ConvnextBlockOptions = {}): Net {
  const { kernel, expansion, start, drop } = optionsOf(options, {
    kernel: 7,
    expansion: 4,
    start: 1e-6,
    drop: 0,
  }, "convnextBlock");
  expectAll({ expansion: [expansion, EXPANSION] }, "convnextBlock");
  const body = chain(
    depthwise(kernel, 1, true),
    layerNorm({ epsilon: 1e-6 }),
    conv(ratio(expansion, 1), { bias: true }),
    gelu(),
    conv(ratio(1, expansion), { bias: true }),
    layerScale({ start }),
    drop === 0 ? identity : stochasticDepth(drop),
  );
  return numbered("block", residual(body));
}
