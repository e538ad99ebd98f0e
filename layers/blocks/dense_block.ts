/**
 * The dense block of DenseNets (Huang et al., 2017): every layer sees the channels of all before it,
 * and adds some of its own.
 */
import { COUNT, expectAll, optionsOf, WHOLE } from "../../dsl/problem/expect.ts";
import { batchNorm } from "../batch_norm.ts";
import { conv } from "../conv.ts";
import { relu } from "../relu.ts";
import { chain, fork, identity, numbered, repeat } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";

/** Options of {@link denseBlock}. */
export interface DenseBlockOptions {
  /** How many layers there are; 6 by default, as in the first block of DenseNet-121. */
  readonly layers?: number;
  /** The channels that a layer adds; 32 by default. */
  readonly growth?: number;
  /** How many times wider than that the 1x1 before the 3x3 is, 0 leaves it out; 4 by default. */
  readonly bottleneck?: number;
}

/**
 * A dense block of BN ReLU 1x1, BN ReLU 3x3.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { denseBlock, orThrow, plan } from "@netfold/netfold";
 *
 * const planned = orThrow(plan(denseBlock({ layers: 6, growth: 32 }), [56, 56, 64]));
 * assertEquals(planned.output, [56, 56, 64 + 6 * 32]);
 * ```
 */
export function denseBlock(options: DenseBlockOptions = {}): Net {
  const { layers, growth, bottleneck } = optionsOf(options, {
    layers: 6,
    growth: 32,
    bottleneck: 4,
  }, "denseBlock");
  const counts = { layers: [layers, WHOLE], growth: [growth, COUNT] } as const;
  expectAll({ ...counts, bottleneck: [bottleneck, WHOLE] }, "denseBlock");
  const narrow = bottleneck === 0
    ? identity
    : chain(conv(bottleneck * growth), batchNorm(), relu());
  const added = chain(batchNorm(), relu(), narrow, conv(growth, { kernel: 3, padding: 1 }));
  const layer = numbered("denselayer", fork("concat", identity, added));
  return numbered("denseblock", repeat(layers, layer));
}
