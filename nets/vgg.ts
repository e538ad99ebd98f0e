/**
 * VGG networks: Simonyan and Zisserman, Very deep convolutional networks for
 * large-scale image recognition, ICLR 2015 (arXiv 1409.1556). Blocks of 3x3
 * convolutions with a bias, without batch norm, a 2x2 pool after each, then
 * three dense layers. Made for 224x224: another input changes the first dense
 * layer, which sees the whole map. Counts for 1000 classes:
 *
 * | network | convolutions | trainable | MACs |
 * |---|---|---|---|
 * | VGG-16 | 2, 2, 3, 3, 3 | 138,357,544 | 15,470,264,320 |
 */
import { misfit, optionsOf, settling } from "../dsl/problem/expect.ts";
import { chain, named, repeat } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { conv } from "../layers/conv.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import { maxPool } from "../layers/max_pool.ts";
import { relu } from "../layers/relu.ts";

/** What members of the family leave open. */
export interface VggFamilyOptions {
  /** Classes; 1000. */
  readonly classes?: number;
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
 * @example VGG-11
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { vgg } from "@netfold/netfold/nets";
 *
 * const net = vgg({ convolutions: [1, 1, 2, 2, 2] });
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).trainable, 132_863_336);
 * ```
 */
export function vgg(options: VggOptions): Net {
  const { classes, convolutions, widths, hidden } = optionsOf(options, {
    classes: 1000,
    convolutions: [],
    widths: [64, 128, 256, 512, 512],
    hidden: 4096,
  });
  if (convolutions.length !== widths.length) {
    const got = `${convolutions.length} blocks`;
    throw misfit("every block must have its convolutions", got, `${widths.length} blocks`);
  }
  const blocks = widths.map((width, i) => {
    const convolution = conv(width, { kernel: 3, padding: 1, bias: true });
    const body = repeat(convolutions[i] ?? 0, chain(convolution, relu()));
    return named(`block${i + 1}`, chain(body, maxPool(2)));
  });
  const layer = chain(dense(hidden), relu(), dropout(0.5));
  return chain(
    ...blocks,
    flatten(),
    named("hidden", repeat(2, layer)),
    named("classifier", dense(classes)),
  );
}

/** VGG-16, configuration D. */
export function vgg16(options: VggFamilyOptions = {}): Net {
  return vgg(settling(options, { convolutions: [2, 2, 3, 3, 3] }));
}
