/**
 * The inverted residual of MobileNetV2 (Sandler et al., 2018), and with another activation and an
 * attention inside those of MobileNetV3 and EfficientNet: 1x1 to a wide middle, a depthwise
 * convolution there, and 1x1 back, which ends without a rectifier.
 */
import { BOOLEAN, expectAll, optional, optionsOf } from "../../dsl/problem/expect.ts";
import { batchNorm } from "../batch_norm.ts";
import { conv } from "../conv.ts";
import { relu6 } from "../relu6.ts";
import { stochasticDepth } from "../stochastic_depth.ts";
import { chain, identity, numbered, residual } from "../../dsl/net/combinators.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import { ratio, type Width } from "../../dsl/net/shape.ts";
import { WIDTH } from "./_width.ts";
import { depthwise } from "./separable.ts";

/** Options of {@link invertedResidual}. */
export interface InvertedResidualOptions {
  /** Output channels; the input's by default. */
  readonly width?: Width;
  /** Side of the depthwise kernel; 3 by default. */
  readonly kernel?: number;
  /** Step of the depthwise convolution; 1 by default. */
  readonly stride?: number;
  /** How many times wider the middle is than the input, 2.5 times too; 6 by default. */
  readonly expansion?: number;
  /** What stands behind the first two batch norms; `relu6()` by default. */
  readonly activation?: Net;
  /** What stands behind the depthwise convolution, such as a squeeze-and-excitation; nothing by default. */
  readonly attention?: Net;
  /** Whether the input is added; by default exactly when neither a width nor a stride above 1 is given. */
  readonly shortcut?: boolean;
  /** The rate of stochastic depth where the input is added; 0, none, by default. */
  readonly drop?: number;
}

/** The largest denominator of an expansion: 2.35 is 47/20. */
const FINEST = 100;

const EXPANSION = /* @__PURE__ */ (() => ({
  fits: (value: unknown) =>
    typeof value === "number" && fractionOf(value) !== undefined && value >= 1,
  wanted: `a number from 1, a fraction of at most ${FINEST} parts`,
}))();

/** A number as a fraction in its lowest terms. */
function fractionOf(value: number): readonly [number, number] | undefined {
  for (let denominator = 1; denominator <= FINEST; denominator++) {
    const numerator = Math.round(value * denominator);
    if (Math.abs(numerator / denominator - value) < 1e-9) return [numerator, denominator];
  }
  return undefined;
}

/**
 * An inverted residual. The middle of an `expansion` of 1 is the input itself.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { invertedResidual, orThrow, params, plan } from "@netfold/netfold";
 *
 * const unit = invertedResidual({ width: 24, stride: 2 });
 * const planned = orThrow(plan(unit, [112, 112, 16]));
 * assertEquals(planned.output, [56, 56, 24]);
 * assertEquals(params(planned).trainable, 5136);
 * ```
 */
export function invertedResidual(options: InvertedResidualOptions = {}): Net {
  const chosen = optionsOf(options, {
    width: "same",
    kernel: 3,
    stride: 1,
    expansion: 6,
    activation: relu6(),
    attention: identity,
    shortcut: undefined,
    drop: 0,
  }, "invertedResidual");
  const { width, kernel, stride, activation, drop } = chosen;
  const { expansion, attention, shortcut } = chosen;
  const nets = { activation: [activation, NET], attention: [attention, NET] } as const;
  const others = { width: [width, WIDTH], shortcut: [shortcut, optional(BOOLEAN)] } as const;
  expectAll({ expansion: [expansion, EXPANSION], ...nets, ...others }, "invertedResidual");
  const [up, down] = fractionOf(expansion) ?? [1, 1];
  const isWider = up !== down;
  const body = chain(
    isWider ? chain(conv(ratio(up, down)), batchNorm(), activation) : identity,
    depthwise(kernel, stride),
    batchNorm(),
    activation,
    attention,
    conv(narrowed(width, up, down)),
    batchNorm(),
  );
  const isAdded = shortcut ?? (width === "same" && stride === 1);
  const dropped = drop === 0 ? identity : stochasticDepth(drop);
  return numbered("unit", isAdded ? residual(chain(body, dropped)) : body);
}

/** An output's width by that of the middle. */
function narrowed(width: Width, up: number, down: number): Width {
  if (typeof width === "number") return width;
  const [numerator, denominator] = width === "same" ? [1, 1] : width.ratio;
  return ratio(numerator * down, denominator * up);
}
