/**
 * ConvNeXts: Liu, Mao, Wu, Feichtenhofer, Darrell and Xie, A ConvNet for the
 * 2020s, CVPR 2022 (arXiv 2201.03545), as torchvision has them. A 4x4 stem with
 * a stride of 4 and layer norm, four stages of blocks, a layer norm and a 2x2
 * convolution with a stride of 2 before each but the first, and a layer norm of
 * the mean before the dense layer. The rate of stochastic depth rises from 0 in
 * the first block to `drop` in the last. Counts for 1000 classes at 224x224:
 *
 * | network | blocks | widths | trainable | MACs |
 * |---|---|---|---|---|
 * | ConvNeXt-T | 3, 3, 9, 3 | 96, 192, 384, 768 | 28,589,128 | 4,455,531,264 |
 *
 * torchvision writes the 1x1 convolutions of a block as dense layers of each
 * position, which is the same.
 */
import { expectAll, misfit, NUMBER, optionsOf, settling } from "../dsl/problem/expect.ts";
import { chain, named } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { convnextBlock } from "../layers/blocks/convnext_block.ts";
import { conv } from "../layers/conv.ts";
import { layerNorm } from "../layers/layer_norm.ts";
import { COUNTS, head, WIDTHS } from "./_parts.ts";

/** What members of the family leave open. */
export interface ConvnextFamilyOptions {
  /** Classes; 1000. */
  readonly classes?: number;
  /** The rate of stochastic depth in the last block; 0.1. */
  readonly drop?: number;
}

/** What members of the family differ in. */
export interface ConvnextOptions extends ConvnextFamilyOptions {
  /** Blocks of each stage. */
  readonly blocks: readonly number[];
  /** Channels of each stage; 96, 192, 384, 768. */
  readonly widths?: readonly number[];
}

/**
 * A ConvNeXt for ImageNet, which ends in logits.
 *
 * @throws {ProblemError} When a stage has not a whole number of blocks of at least 1, or no width.
 * @example ConvNeXt-S
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { convnext } from "@netfold/netfold/nets";
 *
 * const net = convnext({ blocks: [3, 3, 27, 3], drop: 0.4 });
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).trainable, 50_223_688);
 * ```
 */
export function convnext(options: ConvnextOptions): Net {
  const { classes, drop, blocks, widths } = optionsOf(options, {
    classes: 1000,
    drop: 0.1,
    blocks: [],
    widths: [96, 192, 384, 768],
  });
  expectAll({ blocks: [blocks, COUNTS], widths: [widths, WIDTHS], drop: [drop, NUMBER] });
  if (blocks.length !== widths.length) {
    const got = `${blocks.length} stages`;
    throw misfit("every stage must have its blocks", got, `${widths.length} stages`);
  }
  const last = blocks.reduce((sum, count) => sum + count, 0) - 1;
  const stages = widths.map((width, i) => {
    const before = blocks.slice(0, i).reduce((sum, count) => sum + count, 0);
    const body = Array.from(
      { length: blocks[i] ?? 0 },
      (_, j) => convnextBlock({ drop: drop * (before + j) / Math.max(last, 1) }),
    );
    const entry = i === 0 ? chain() : named(
      "downsample",
      chain(norm, conv(width, { kernel: 2, stride: 2, padding: "valid", bias: true })),
    );
    return named(`stage${i + 1}`, chain(entry, ...body));
  });
  const [width = NaN] = widths;
  const stem = conv(width, { kernel: 4, stride: 4, padding: "valid", bias: true });
  return chain(named("stem", chain(stem, norm)), ...stages, head(classes, norm));
}

const norm: Net = /* @__PURE__ */ layerNorm({ epsilon: 1e-6 });

/** ConvNeXt-T, the smallest of the paper. */
export function convnextTiny(options: ConvnextFamilyOptions = {}): Net {
  return convnext(settling(options, { blocks: [3, 3, 9, 3] }));
}
