/**
 * Attention-8, a Residual Attention Network that learns CIFAR-10 in minutes on a processor: the
 * paper's modules with p = 0, t = 1 and one residual unit in each mask (Wang et al., CVPR 2017), in
 * the frame of the fast networks for CIFAR-10 (Page, How to train your ResNet, 2018; Jordan, 94% on
 * CIFAR-10 in 3.29 seconds on a single GPU, 2024): a whitening stem, wide 3x3 trunks, GELU, batch
 * norms without gamma, the largest value of each map, and small logits.
 *
 * Counts for 10 classes at 32x32:
 *
 * | network | conv and dense | trainable | MACs |
 * |---|---|---|---|
 * | Attention-8 | 700,216 | 701,928 | 31,284,128 |
 * | Attention-8, wide | 2,186,400 | 2,189,392 | 126,700,416 |
 */
import { BOOLEAN, expectAll, expected, oneOf, OPTIONS, optionsOf } from "../dsl/problem/expect.ts";
import { chain, matchSize, named, numbered, residual } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { ratio } from "../dsl/net/shape.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { arl } from "../layers/blocks/attention.ts";
import { conv } from "../layers/conv.ts";
import { dense } from "../layers/dense.ts";
import { gelu } from "../layers/gelu.ts";
import { globalMaxPool } from "../layers/global_max_pool.ts";
import { maxPool } from "../layers/max_pool.ts";
import { relu } from "../layers/relu.ts";
import { scale } from "../layers/scale.ts";
import { sigmoid } from "../layers/sigmoid.ts";
import { silu } from "../layers/silu.ts";
import { WIDTHS } from "./_parts.ts";

/** What fast attention networks differ in. Every field has a default. */
export interface FastAttentionOptions {
  /** Classes; 10. */
  readonly classes?: number;
  /** Channels of each stage; 32, 96, 192. Each stage halves its map. */
  readonly widths?: readonly number[];
  /** Channels of the stem, twice as many as its 2x2 patches have values; 24. */
  readonly stem?: number;
  /** The rectifier; gelu. */
  readonly rectifier?: "gelu" | "silu" | "relu";
  /** Whether trunks have masks; by default they do. */
  readonly masks?: boolean;
}

const RECTIFIERS = { gelu, silu, relu } as const;

/** A soft mask: a pool, a narrow residual unit, and back to the map's size; its last kernel starts at zero, so that it begins at one half. */
function softMask(entry: Net): Net {
  const body = chain(
    entry,
    conv(ratio(1, 4)),
    entry,
    conv("same", { kernel: 3, padding: 1 }),
    entry,
    conv(ratio(4, 1)),
  );
  return chain(
    matchSize(chain(maxPool(3, { stride: 2, padding: 1 }), numbered("unit", residual(body)))),
    entry,
    conv(ratio(1, 4)),
    entry,
    named("last", conv(ratio(4, 1), { initializer: "zeros" })),
    sigmoid(),
  );
}

const DEFAULTS = {
  classes: 10,
  widths: [32, 96, 192],
  stem: 24,
  rectifier: "gelu",
  masks: true,
} as const;

/**
 * Attention-8, by default for small images of 10 classes. It ends in logits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan } from "@netfold/netfold";
 * import { attention8 } from "@netfold/netfold/nets";
 *
 * assertEquals(depth(orThrow(plan(attention8(), [32, 32, 3]))), 8);
 * ```
 */
export function attention8(options: FastAttentionOptions = {}): Net {
  const { classes, widths, stem, rectifier, masks } = optionsOf(options, DEFAULTS);
  expectAll({
    widths: [widths, WIDTHS],
    rectifier: [rectifier, oneOf(Object.keys(RECTIFIERS))],
    masks: [masks, BOOLEAN],
  });
  const rectify = RECTIFIERS[rectifier]();
  // Without gamma, and with running statistics that follow within a few steps.
  const entry = chain(batchNorm({ scale: false, momentum: 0.6 }), rectify);
  const stages = widths.map((width, i) => {
    const trunk = residual(chain(entry, conv("same", { kernel: 3, padding: 1 })));
    return named(
      `stage${i + 1}`,
      chain(
        conv(width, { kernel: 3, padding: 1 }),
        maxPool(2),
        entry,
        numbered("module", masks ? arl(trunk, softMask(entry)) : trunk),
      ),
    );
  });
  return chain(
    named("stem", chain(conv(stem, { kernel: 2, padding: "valid", bias: true }), rectify)),
    ...stages,
    entry,
    globalMaxPool(),
    named("classifier", dense(classes, { bias: false })),
    scale(1 / (widths.at(-1) ?? 1)),
  );
}

/** Attention-8 with stages of 64, 256 and 256 channels, for an hour on a processor or minutes on a GPU. */
export function attention8Wide(options: FastAttentionOptions = {}): Net {
  return attention8({ widths: [64, 256, 256], stem: 32, ...expected(options, OPTIONS, "options") });
}
