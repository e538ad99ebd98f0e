/**
 * Densely connected networks for ImageNet: Huang, Liu, van der Maaten and
 * Weinberger, Densely connected convolutional networks, CVPR 2017 (arXiv
 * 1608.06993), the DenseNet-BC of its Table 1 as torchvision has it. A 7x7 stem
 * of twice the growth and a pool, four dense blocks, between them transitions
 * that halve channels and map, a last batch norm and rectifier, and a dense
 * layer. Counts for 1000 classes at 224x224:
 *
 * | network | layers of the blocks | growth | trainable | MACs |
 * |---|---|---|---|---|
 * | DenseNet-121 | 6, 12, 24, 16 | 32 | 7,978,856 | 2,834,161,664 |
 */
import { equal, type Net } from "../dsl/net/net.ts";
import {
  COUNT,
  expectAll,
  listOf,
  optionsOf,
  settling,
  type Wanted,
} from "../dsl/problem/expect.ts";
import { chain, named, numbered } from "../dsl/net/combinators.ts";
import { ratio } from "../dsl/net/shape.ts";
import { averagePool } from "../layers/average_pool.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { denseBlock } from "../layers/blocks/dense_block.ts";
import { conv } from "../layers/conv.ts";
import { relu } from "../layers/relu.ts";
import { head, imagenetStem } from "./_parts.ts";

/** What members of the family leave open. */
export interface DensenetFamilyOptions {
  /** Classes; 1000. */
  readonly classes?: number;
}

/** What members of the family differ in. */
export interface DensenetOptions extends DensenetFamilyOptions {
  /** Layers of each dense block. */
  readonly layers: readonly number[];
  /** The channels that a layer adds; 32. */
  readonly growth?: number;
}

/**
 * A densely connected network for ImageNet, which ends in logits.
 *
 * @throws {ProblemError} When a block has not a whole number of layers of at least 1.
 * @example DenseNet-161
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { densenet } from "@netfold/netfold/nets";
 *
 * const net = densenet({ layers: [6, 12, 36, 24], growth: 48 });
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).trainable, 28_681_000);
 * ```
 */
export function densenet(options: DensenetOptions): Net {
  const { classes, layers, growth } = optionsOf(options, {
    classes: 1000,
    layers: [],
    growth: 32,
  });
  expectAll({ layers: [layers, BLOCKS], growth: [growth, COUNT] });
  const blocks = layers.flatMap((count, i) => [
    i === 0 ? chain() : TRANSITION,
    denseBlock({ layers: count, growth }),
  ]);
  const stem = named("stem", imagenetStem({ padding: 1 }, 2 * growth));
  return chain(stem, ...blocks, batchNorm(), relu(), head(classes));
}

const COUNTS = listOf(COUNT);
const BLOCKS: Wanted = {
  fits: (value) => COUNTS.fits(value) && !equal(value, []),
  wanted: "the layers of each block, at least 1",
  hint: "as DenseNet-121 has them: [6, 12, 24, 16]",
};

/** Half of the channels, and half of the map. */
const TRANSITION: Net = numbered(
  "transition",
  chain(batchNorm(), relu(), conv(ratio(1, 2)), averagePool(2)),
);

/** DenseNet-121. */
export function densenet121(options: DensenetFamilyOptions = {}): Net {
  return densenet(settling(options, { layers: [6, 12, 24, 16] }));
}
