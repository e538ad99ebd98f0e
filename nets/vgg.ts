/**
 * VGG networks: Simonyan and Zisserman, Very deep convolutional networks for
 * large-scale image recognition, ICLR 2015 (arXiv 1409.1556), as torchvision
 * has them. Blocks of 3x3 convolutions with a bias, a batch norm behind each in
 * the networks whose names end in `-bn`, a 2x2 pool after each block, then three
 * dense layers. These see a map of 7x7, to which an adaptive pool brings any
 * other. Counts for 1000 classes at 224x224:
 *
 * | network | convolutions | trainable | with batch norms | MACs |
 * |---|---|---|---|---|
 * | VGG-11 | 1, 1, 2, 2, 2 | 132,863,336 | 132,868,840 | 7,609,090,048 |
 * | VGG-13 | 2, 2, 2, 2, 2 | 133,047,848 | 133,053,736 | 11,308,466,176 |
 * | VGG-16 | 2, 2, 3, 3, 3 | 138,357,544 | 138,365,992 | 15,470,264,320 |
 * | VGG-19 | 2, 2, 4, 4, 4 | 143,667,240 | 143,678,248 | 19,632,062,464 |
 */
import {
  BOOLEAN,
  expectAll,
  listOf,
  misfit,
  optionsOf,
  settling,
  WHOLE,
} from "../dsl/problem/expect.ts";
import { chain, identity, named, repeat } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { adaptiveAveragePool } from "../layers/adaptive_average_pool.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { conv } from "../layers/conv.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import { maxPool } from "../layers/max_pool.ts";
import { relu } from "../layers/relu.ts";
import { WIDTHS } from "./_parts.ts";

/** What members of the family leave open. */
export interface VggFamilyOptions {
  /** Classes; 1000. */
  readonly classes?: number;
  /** Whether a batch norm stands behind each convolution; not by default. */
  readonly batchNorms?: boolean;
}

/** What members of the family differ in. */
export interface VggOptions extends VggFamilyOptions {
  /** Convolutions of each block. */
  readonly convolutions: readonly number[];
  /** Channels of each block; 64, 128, 256, 512, 512. */
  readonly widths?: readonly number[];
  /** Features of the two hidden dense layers; 4096. */
  readonly hidden?: number;
}

/**
 * A VGG network, which ends in logits.
 *
 * @throws {ProblemError} When there is not a width for each block.
 * @example VGG-11 for small images
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { vgg } from "@netfold/netfold/nets";
 *
 * const net = vgg({ convolutions: [1, 1, 2, 2, 2], hidden: 512, classes: 10 });
 * assertEquals(params(orThrow(plan(net, [32, 32, 3]))).trainable, 22_333_834);
 * ```
 */
export function vgg(options: VggOptions): Net {
  const { classes, batchNorms, convolutions, widths, hidden } = optionsOf(options, {
    classes: 1000,
    batchNorms: false,
    convolutions: [],
    widths: [64, 128, 256, 512, 512],
    hidden: 4096,
  });
  expectAll({
    batchNorms: [batchNorms, BOOLEAN],
    convolutions: [convolutions, listOf(WHOLE)],
    widths: [widths, WIDTHS],
  });
  if (convolutions.length !== widths.length) {
    const got = `${convolutions.length} blocks`;
    throw misfit("every block must have its convolutions", got, `${widths.length} blocks`);
  }
  const norm = batchNorms ? batchNorm() : identity;
  const blocks = widths.map((width, i) => {
    const convolution = conv(width, { kernel: 3, padding: 1, bias: true });
    const body = repeat(convolutions[i] ?? 0, chain(convolution, norm, relu()));
    return named(`block${i + 1}`, chain(body, maxPool(2)));
  });
  const layer = chain(dense(hidden), relu(), dropout(0.5));
  return chain(
    ...blocks,
    adaptiveAveragePool(7),
    flatten(),
    named("hidden", repeat(2, layer)),
    named("classifier", dense(classes)),
  );
}

/** VGG-11, configuration A. */
export function vgg11(options: VggFamilyOptions = {}): Net {
  return vgg(settling(options, { convolutions: [1, 1, 2, 2, 2] }));
}

/** VGG-13, configuration B. */
export function vgg13(options: VggFamilyOptions = {}): Net {
  return vgg(settling(options, { convolutions: [2, 2, 2, 2, 2] }));
}

/** VGG-16, configuration D. */
export function vgg16(options: VggFamilyOptions = {}): Net {
  return vgg(settling(options, { convolutions: [2, 2, 3, 3, 3] }));
}

/** VGG-19, configuration E. */
export function vgg19(options: VggFamilyOptions = {}): Net {
  return vgg(settling(options, { convolutions: [2, 2, 4, 4, 4] }));
}
