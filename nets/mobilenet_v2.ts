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
 */
import { expected, NUMBER, optionsOf, type Wanted } from "../dsl/problem/expect.ts";
import { chain, named, repeat } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { invertedResidual } from "../layers/blocks/inverted_residual.ts";
import { conv, type ConvOptions } from "../layers/conv.ts";
import { dropout } from "../layers/dropout.ts";
import { relu6 } from "../layers/relu6.ts";
import { head } from "./_parts.ts";

/** What members of the family differ in. Every field has a default. */
export interface MobilenetV2Options {
  /** Classes; 1000. */
  readonly classes?: number;
  /** How many times wider the network is; 1. */
  readonly factor?: number;
}

/** Channels of the first and the last convolution. */
const STEM = 32;
const LAST = 1280;

/** Of each stage: how many times wider its units' middle is, its channels, its units, the first one's stride. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/**
 * MobileNetV2, which ends in logits.
 *
 * @throws {ProblemError} When the factor is not a number above 0.
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
  const { classes, factor } = optionsOf(options, { classes: 1000, factor: 1 });
  expected(factor, FACTOR, "factor");
  const widths = [STEM, ...STAGES.map(([, width]) => width)].map((width) => scaled(width, factor));
  const stages = STAGES.map(([expansion, , count, stride], i) => {
    const width = widths[i + 1] ?? NaN;
    const shortcut = stride === 1 && width === widths[i];
    const first = invertedResidual({ width, stride, expansion, shortcut });
    return named(`stage${i + 1}`, chain(first, repeat(count - 1, invertedResidual({ expansion }))));
  });
  return chain(
    named("stem", convNormRelu6(widths[0] ?? NaN, { kernel: 3, stride: 2, padding: 1 })),
    ...stages,
    named("end", convNormRelu6(scaled(LAST, Math.max(1, factor)))),
    head(classes, dropout(0.2)),
  );
}

const FACTOR: Wanted = {
  fits: (value) => NUMBER.fits(value) && Number(value) > 0,
  wanted: "a number above 0",
};

function convNormRelu6(width: number, options: ConvOptions = {}): Net {
  return chain(conv(width, options), batchNorm(), relu6());
}

/** A width times a factor, as the nearest multiple of 8 that is not below nine tenths of it. */
function scaled(width: number, factor: number): number {
  const wanted = width * factor;
  const nearest = Math.max(8, 8 * Math.floor(wanted / 8 + 0.5));
  return nearest < 0.9 * wanted ? nearest + 8 : nearest;
}
