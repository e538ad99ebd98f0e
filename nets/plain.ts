/**
 * A plain convolutional network without shortcuts, a host to try attention on:
 * in each stage two 3x3 convolutions with batch norm and ReLU, then a 2x2 pool;
 * the mean of each map and a dense layer at the end. No paper's.
 * Counts for 10 classes at 32x32 with widths 32, 64, 128:
 *
 * | network | conv and dense | trainable | MACs |
 * |---|---|---|---|
 * | plain | 287,850 | 288,746 | 38,634,752 |
 */
import { expectAll, optionsOf, WHOLE } from "../dsl/problem/expect.ts";
import { chain, named, repeat } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { maxPool } from "../layers/max_pool.ts";
import { convNormRelu, head, WIDTHS } from "./_parts.ts";

/** What plain networks differ in. Every field has a default. */
export interface PlainOptions {
  /** Classes; 10. */
  readonly classes?: number;
  /** Channels of each stage; 32, 64, 128. */
  readonly widths?: readonly number[];
  /** Convolutions of each stage; 2. */
  readonly convolutions?: number;
}

/**
 * A plain network for small images, which ends in logits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan } from "@netfold/netfold";
 * import { plain } from "@netfold/netfold/nets";
 *
 * assertEquals(depth(orThrow(plan(plain(), [32, 32, 3]))), 7);
 * ```
 */
export function plain(options: PlainOptions = {}): Net {
  const defaults = { classes: 10, widths: [32, 64, 128], convolutions: 2 };
  const { classes, widths, convolutions } = optionsOf(options, defaults);
  expectAll({ widths: [widths, WIDTHS], convolutions: [convolutions, WHOLE] });
  const stages = widths.map((width, i) => {
    const convolution = convNormRelu(width, { kernel: 3, padding: 1 });
    const pool = i < widths.length - 1 ? maxPool(2) : chain();
    return named(`stage${i + 1}`, chain(repeat(convolutions, convolution), pool));
  });
  return chain(...stages, head(classes));
}
