/** Parts that networks of several families have. */
import { COUNT, listOf, NUMBER, oneOf, type Wanted } from "../dsl/problem/expect.ts";
import { chain, named } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import type { Width } from "../dsl/net/shape.ts";
import { batchNorm, type BatchNormOptions } from "../layers/batch_norm.ts";
import { conv, type ConvOptions } from "../layers/conv.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePool } from "../layers/global_average_pool.ts";
import { maxPool } from "../layers/max_pool.ts";
import type { PoolOptions } from "../layers/pool.ts";
import { relu } from "../layers/relu.ts";

/** A convolution, its batch norm and its rectifier. */
export function convNormRelu(
  width: Width,
  options: ConvOptions = {},
  norm: BatchNormOptions = {},
): Net {
  return chain(conv(width, options), batchNorm(norm), relu());
}

/** The stem of residual networks for ImageNet, a quarter of the input's size: 7x7, then a 3x3 pool. */
export function imagenetStem(pool: PoolOptions, width = 64): Net {
  return chain(
    convNormRelu(width, { kernel: 7, stride: 2, padding: 3 }),
    maxPool(3, { ...pool, stride: 2 }),
  );
}

/** The stems of networks for ImageNet and for CIFAR: a 7x7 and a pool, or a single 3x3. */
export const STEM: Wanted = /* @__PURE__ */ oneOf(["7x7", "3x3"]);

/** The mean of each map, and a dense layer that makes logits of them. */
export function head(classes: number, before: Net = chain()): Net {
  return chain(globalAveragePool(), before, named("classifier", dense(classes)));
}

const POSITIVE = /* @__PURE__ */ listOf({
  fits: (value) => NUMBER.fits(value) && Number(value) > 0,
  wanted: "a number above 0",
});

/** Channels of each stage. */
export const WIDTHS: Wanted = {
  fits: (value) => POSITIVE.fits(value) && Object(value).length > 0,
  wanted: "the channels of each stage",
  hint: "such as [64, 128, 256]",
};

/** A number for each stage. */
export const COUNTS: Wanted = /* @__PURE__ */ listOf(COUNT);

/** How many times wider or deeper a network is than the one that its family scales. */
export const FACTOR: Wanted = {
  fits: (value) => NUMBER.fits(value) && Number(value) > 0 && Number(value) <= 100,
  wanted: "a number above 0, and at most 100",
};

/** A width times a factor, as the nearest multiple of 8 that is not below nine tenths of it. */
export function scaledWidth(width: number, factor: number): number {
  const wanted = width * factor;
  const nearest = Math.max(8, 8 * Math.floor(wanted / 8 + 0.5));
  return nearest < 0.9 * wanted ? nearest + 8 : nearest;
}
