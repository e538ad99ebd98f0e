/**
 * Residual units, the bricks of trunk and mask branches. Their width is the
 * input's own unless one is given, so the same unit fits wherever it is put.
 *
 * Sources: He et al., Identity mappings in deep residual networks (2016), for
 * pre-activation; Xie et al. (2017) for ResNeXt; details as in the released
 * networks of Wang et al. (2017).
 */
import { BOOLEAN, expectAll, optional, optionsOf } from "../../dsl/problem/expect.ts";
import { batchNorm } from "../batch_norm.ts";
import { conv } from "../conv.ts";
import { relu } from "../relu.ts";
import { chain, fork, identity, named, numbered, residual } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";
import { ratio, type Width } from "../../dsl/net/shape.ts";
import { WIDTH } from "./_width.ts";

/** Options of every residual unit. */
export interface UnitOptions {
  /** Output channels; the input's by default. */
  readonly width?: Width;
  /** Step of the 3x3 convolution that holds it; 1 by default. */
  readonly stride?: number;
  /**
   * Whether the shortcut is a 1x1 convolution instead of the identity; by
   * default exactly when a width or a stride above 1 is given. Say `false`
   * where a given width is the input's own.
   */
  readonly projection?: boolean;
}

/** Options of units with a narrow middle. */
export interface BottleneckOptions extends UnitOptions {
  /** How many times narrower the middle is than the output. */
  readonly bottleneck?: number;
}

/** Options of {@link resnext}. */
export interface ResnextOptions extends BottleneckOptions {
  /** Groups of the 3x3 convolution; 32 by default. */
  readonly groups?: number;
}

const UNIT = { width: "same", stride: 1, projection: undefined } as const;

const PROJECTION = /* @__PURE__ */ optional(BOOLEAN);

/** Makes sure of what decides a unit's form; the rest is the plan's to judge. */
function judged({ width = "same", projection }: UnitOptions, of: string): void {
  expectAll({ width: [width, WIDTH], projection: [projection, PROJECTION] }, of);
}

function projects(options: UnitOptions): boolean {
  return options.projection ??
    ((options.width ?? "same") !== "same" || (options.stride ?? 1) !== 1);
}

/** The middle's width, and the factor back to the output. */
function narrow(width: Width, by: number): { readonly middle: Width; readonly output: Width } {
  if (typeof width === "number") return { middle: width / by, output: width };
  const [numerator, denominator] = width === "same" ? [1, 1] : width.ratio;
  return { middle: ratio(numerator, denominator * by), output: ratio(by, 1) };
}

/** BN and ReLU, then the body; the shortcut is the raw input, or a projection of what BN and ReLU made of it. */
function preactivated(body: Net, width: Width, options: UnitOptions): Net {
  const entry = chain(batchNorm(), relu());
  if (!projects(options)) return numbered("unit", residual(chain(entry, body)));
  const projection = named("projection", conv(width, { stride: options.stride ?? 1 }));
  return numbered("unit", chain(entry, fork("add", projection, body)));
}

/**
 * The pre-activation bottleneck of the paper: BN ReLU 1x1, BN ReLU 3x3, BN
 * ReLU 1x1, with the middle a quarter of the width. A stride stands on the
 * 3x3; a projection takes the output of the first BN and ReLU.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan, preactivation } from "@netfold/netfold";
 *
 * const unit = preactivation({ bottleneck: 4 });
 * assertEquals(params(orThrow(plan(unit, [32, 32, 64]))).weights, 64 * 16 + 9 * 16 * 16 + 16 * 64);
 * ```
 */
export function preactivation(options: BottleneckOptions = {}): Net {
  const { width, stride, bottleneck } = optionsOf(
    options,
    { ...UNIT, bottleneck: 4 },
    "preactivation",
  );
  judged(options, "preactivation");
  const { middle, output } = narrow(width, bottleneck);
  const body = chain(
    conv(middle),
    batchNorm(),
    relu(),
    conv("same", { kernel: 3, stride, padding: 1 }),
    batchNorm(),
    relu(),
    conv(output),
  );
  return preactivated(body, width, options);
}

/**
 * The pre-activation unit of two 3x3 convolutions, for small networks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { basic, orThrow, params, plan } from "@netfold/netfold";
 *
 * const unit = basic({ width: 32, stride: 2 });
 * const planned = orThrow(plan(unit, [16, 16, 16]));
 * assertEquals(planned.output, [8, 8, 32]);
 * assertEquals(params(planned).weights, 16 * 32 + 9 * 16 * 32 + 9 * 32 * 32);
 * ```
 */
export function basic(options: UnitOptions = {}): Net {
  const { width, stride } = optionsOf(options, UNIT, "basic");
  judged(options, "basic");
  const body = chain(
    conv(width, { kernel: 3, stride, padding: 1 }),
    batchNorm(),
    relu(),
    conv("same", { kernel: 3, padding: 1 }),
  );
  return preactivated(body, width, options);
}

/**
 * The ResNeXt unit of AttentionNeXt: 1x1 BN ReLU, grouped 3x3 BN ReLU, 1x1 BN,
 * sum, ReLU, with the middle half of the width in 32 groups. A projection
 * takes the unit's input and has a BN of its own.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan, resnext } from "@netfold/netfold";
 *
 * const counts = params(orThrow(plan(resnext(), [28, 28, 256])));
 * assertEquals(counts.weights, 256 * 128 + 9 * (128 / 32) * 128 + 128 * 256);
 * ```
 */
export function resnext(options: ResnextOptions = {}): Net {
  const defaults = { ...UNIT, bottleneck: 2, groups: 32 };
  const { width, stride, bottleneck, groups } = optionsOf(options, defaults, "resnext");
  judged(options, "resnext");
  const { middle, output } = narrow(width, bottleneck);
  const body = chain(
    conv(middle),
    batchNorm(),
    relu(),
    conv("same", { kernel: 3, stride, padding: 1, groups }),
    batchNorm(),
    relu(),
    conv(output),
    batchNorm(),
  );
  const shortcut = projects(options)
    ? named("projection", chain(conv(width, { stride }), batchNorm()))
    : identity;
  return numbered("unit", chain(residual(body, shortcut), relu()));
}
