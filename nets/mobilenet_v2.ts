/**
 * MobileNetV2: Sandler, Howard, Zhu, Zhmoginov and Chen, MobileNetV2: inverted
 * residuals and linear bottlenecks, CVPR 2018 (arXiv 1801.04381), Table 2 as
 * torchvision has it. A 3x3 stem, seven stages of inverted residuals, a 1x1
 * convolution to 1280 channels, dropout and a dense layer; rectifiers end at 6.
 * `factor` makes all widths that many times as large, the last one never smaller.
 * Counts for 1000 classes at 224x224:
 *
 * | network | trainable | MACs |
 * |---|---|---|
 * | MobileNetV2 | 3,504,872 | 300,774,272 |
 *
 * For CIFAR the stem and the second stage keep their map, as in K. Liu's
 * pytorch-cifar, whose units have projections and plain rectifiers besides:
 * 2,236,682 trainable and 87,976,448 MACs for 10 classes at 32x32.
 */
import { expectAll, optionsOf, type Wanted } from "../dsl/problem/expect.ts";
import { chain, named, repeat } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { invertedResidual } from "../layers/blocks/inverted_residual.ts";
import { conv, type ConvOptions } from "../layers/conv.ts";
import { dropout } from "../layers/dropout.ts";
import { relu6 } from "../layers/relu6.ts";
import { COUNTS, FACTOR, head, scaledWidth } from "./_parts.ts";

/** What members of the family differ in. Every field has a default. */
export interface MobilenetV2Options {
  /** Classes; 1000. */
  readonly classes?: number;
  /** How many times wider the network is; 1. */
  readonly factor?: number;
  /** Strides of the stem and of each stage's first unit; 2, 1, 2, 2, 2, 1, 2, 1. */
  readonly strides?: readonly number[];
}

/** What MobileNetV2 for CIFAR leaves open. */
export interface CifarMobilenetV2Options {
  /** Classes; 10. */
  readonly classes?: number;
}

/** Channels of the first and the last convolution. */
const STEM = 32;
const LAST = 1280;

/** Of each stage: how many times wider its units' middle is, its channels, its units. */
const STAGES = [
  [1, 16, 1],
  [6, 24, 2],
  [6, 32, 3],
  [6, 64, 4],
  [6, 96, 3],
  [6, 160, 3],
  [6, 320, 1],
] as const;

const STRIDES = [2, 1, 2, 2, 2, 1, 2, 1];

/**
 * MobileNetV2, which ends in logits.
 *
 * @throws {ProblemError} When the factor is not a number above 0, or there are not 8 strides.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { mobilenetV2 } from "@netfold/netfold/nets";
 *
 * const trainable = (factor: number) =>
 *   params(orThrow(plan(mobilenetV2({ factor }), [224, 224, 3]))).trainable;
 * assertEquals([trainable(1), trainable(1.4)], [3_504_872, 6_108_776]);
 * ```
 */
export function mobilenetV2(options: MobilenetV2Options = {}): Net {
  const { classes, factor, strides } = optionsOf(options, {
    classes: 1000,
    factor: 1,
    strides: STRIDES,
  });
  expectAll({ factor: [factor, FACTOR], strides: [strides, EIGHT] });
  const [first = NaN, ...others] = strides;
  const widths = [STEM, ...STAGES.map(([, width]) => width)]
    .map((width) => scaledWidth(width, factor));
  const stages = STAGES.map(([expansion, , count], i) => {
    const [width = NaN, stride = NaN] = [widths[i + 1], others[i]];
    const shortcut = stride === 1 && width === widths[i];
    const entry = invertedResidual({ width, stride, expansion, shortcut });
    return named(`stage${i + 1}`, chain(entry, repeat(count - 1, invertedResidual({ expansion }))));
  });
  return chain(
    named("stem", convNormRelu6(widths[0] ?? NaN, { kernel: 3, stride: first, padding: 1 })),
    ...stages,
    named("end", convNormRelu6(scaledWidth(LAST, Math.max(1, factor)))),
    head(classes, dropout(0.2)),
  );
}

const EIGHT: Wanted = /* @__PURE__ */ (() => ({
  fits: (value) => COUNTS.fits(value) && Object(value).length === STRIDES.length,
  wanted: `${STRIDES.length} strides`,
  hint: `such as ${STRIDES.join(", ")}`,
}))();

/** MobileNetV2 for CIFAR. */
export function cifarMobilenetV2(options: CifarMobilenetV2Options = {}): Net {
  const { classes } = optionsOf(options, { classes: 10 });
  return mobilenetV2({ classes, strides: [1, 1, 1, 2, 2, 1, 2, 1] });
}

function convNormRelu6(width: number, options: ConvOptions = {}): Net {
  return chain(conv(width, options), batchNorm(), relu6());
}
