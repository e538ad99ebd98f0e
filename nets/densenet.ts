/**
 * Densely connected networks: Huang, Liu, van der Maaten and Weinberger, Densely
 * connected convolutional networks, CVPR 2017 (arXiv 1608.06993). A stem, dense
 * blocks, between them transitions that halve the map, a last batch norm and
 * rectifier, and a dense layer. In a DenseNet-BC a 1x1 bottleneck stands before
 * each 3x3 and transitions halve the channels too; its stem has twice the growth,
 * that of others 16 channels. For ImageNet, as torchvision has them, DenseNets are
 * of this form, with a 7x7 stem and a pool. Counts for 1000 classes at 224x224:
 *
 * | network | layers of the blocks | growth | trainable | MACs |
 * |---|---|---|---|---|
 * | DenseNet-121 | 6, 12, 24, 16 | 32 | 7,978,856 | 2,834,161,664 |
 *
 * Those for CIFAR are named after the paper's L and k, the depth and the growth,
 * as in its Table 2, without dropout; the stem is a 3x3. Counts for 10 classes at
 * 32x32:
 *
 * | network | layers of the blocks | growth | trainable | MACs |
 * |---|---|---|---|---|
 * | DenseNet (L = 100, k = 12) | 32, 32, 32 | 12 | 6,979,642 | 1,769,516,448 |
 * | DenseNet-BC (L = 100, k = 12) | 16, 16, 16 | 12 | 769,162 | 287,929,692 |
 */
import { equal, type Net } from "../dsl/net/net.ts";
import {
  BOOLEAN,
  COUNT,
  expectAll,
  optionsOf,
  settling,
  type Wanted,
} from "../dsl/problem/expect.ts";
import { chain, named, numbered } from "../dsl/net/combinators.ts";
import { ratio, type Width } from "../dsl/net/shape.ts";
import { averagePool } from "../layers/average_pool.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { denseBlock } from "../layers/blocks/dense_block.ts";
import { conv } from "../layers/conv.ts";
import { relu } from "../layers/relu.ts";
import { COUNTS, head, imagenetStem, STEM } from "./_parts.ts";

/** What members of the family leave open. */
export interface DensenetFamilyOptions {
  /** Classes; 1000. */
  readonly classes?: number;
}

/** What members of the family for CIFAR leave open. */
export interface CifarDensenetFamilyOptions {
  /** Classes; 10. */
  readonly classes?: number;
}

/** What members of the family differ in. */
export interface DensenetOptions extends DensenetFamilyOptions {
  /** Layers of each dense block. */
  readonly layers: readonly number[];
  /** The channels that a layer adds; 32. */
  readonly growth?: number;
  /** Whether bottlenecks and transitions make it narrow, a DenseNet-BC; by default it is one. */
  readonly isBc?: boolean;
  /** A 7x7 with a stride of 2 and a pool, or for small images a single 3x3; 7x7. */
  readonly stem?: "7x7" | "3x3";
}

/**
 * A densely connected network, which ends in logits.
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
  const { classes, layers, growth, isBc, stem } = optionsOf(options, {
    classes: 1000,
    layers: [],
    growth: 32,
    isBc: true,
    stem: "7x7",
  });
  expectAll({
    layers: [layers, BLOCKS],
    growth: [growth, COUNT],
    isBc: [isBc, BOOLEAN],
    stem: [stem, STEM],
  });
  const blocks = layers.flatMap((count, i) => [
    i === 0 ? chain() : transition(isBc ? ratio(1, 2) : "same"),
    denseBlock({ layers: count, growth, bottleneck: isBc ? 4 : 0 }),
  ]);
  const width = isBc ? 2 * growth : 16;
  const first = stem === "3x3"
    ? conv(width, { kernel: 3, padding: 1 })
    : imagenetStem({ padding: 1 }, width);
  return chain(named("stem", first), ...blocks, batchNorm(), relu(), head(classes));
}

const BLOCKS: Wanted = {
  fits: (value) => COUNTS.fits(value) && !equal(value, []),
  wanted: "the layers of each block, at least 1",
  hint: "as DenseNet-121 has them: [6, 12, 24, 16]",
};

/** Half of the map, and other channels. */
function transition(width: Width): Net {
  return numbered("transition", chain(batchNorm(), relu(), conv(width), averagePool(2)));
}

/** DenseNet-121. */
export function densenet121(options: DensenetFamilyOptions = {}): Net {
  return densenet(settling(options, { layers: [6, 12, 24, 16] }));
}

/** DenseNet (L = 100, k = 12) for CIFAR. */
export function cifarDensenet100(options: CifarDensenetFamilyOptions = {}): Net {
  return cifarDensenet({ layers: [32, 32, 32], isBc: false }, options);
}

/** DenseNet-BC (L = 100, k = 12) for CIFAR. */
export function cifarDensenetBc100(options: CifarDensenetFamilyOptions = {}): Net {
  return cifarDensenet({ layers: [16, 16, 16] }, options);
}

function cifarDensenet(form: DensenetOptions, options: CifarDensenetFamilyOptions): Net {
  const { classes } = optionsOf(options, { classes: 10 });
  return densenet({ ...form, classes, growth: 12, stem: "3x3" });
}
