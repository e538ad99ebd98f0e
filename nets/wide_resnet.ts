/**
 * Wide residual networks for CIFAR: Zagoruyko and Komodakis, Wide residual
 * networks, BMVC 2016 (arXiv 1605.07146). Pre-activation units of two 3x3
 * convolutions, three stages of 16 k, 32 k, 64 k channels after a stem of 16;
 * WRN-d-k has (d - 4) / 6 units a stage. Without dropout, as the paper on
 * attention compares it. Counts for 10 classes:
 *
 * | network | trainable | MACs |
 * |---|---|---|
 * | WRN-16-8 | 10,961,370 | 1,548,145,664 |
 * | WRN-28-10 | 36,479,194 | 5,243,328,768 |
 */
import { misfit, optionsOf, settling } from "../dsl/problem/expect.ts";
import type { Net } from "../dsl/net/net.ts";
import { preactivationResnet } from "./preactivation_resnet.ts";

/** What members of the family leave open. */
export interface WideResnetFamilyOptions {
  /** Classes; 10. */
  readonly classes?: number;
}

/** What members of the family differ in. */
export interface WideResnetOptions extends WideResnetFamilyOptions {
  /** Convolutions, projections included as the authors count: 6 n + 4. */
  readonly depth: number;
  /** How many times wider the stages are than 16, 32, 64. */
  readonly factor: number;
}

/**
 * A wide residual network for small images, which ends in logits.
 *
 * @throws {ProblemError} When the depth is not 6 n + 4 for a whole n of at least 1.
 * @example WRN-40-2
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { wideResnet } from "@netfold/netfold/nets";
 *
 * const net = wideResnet({ depth: 40, factor: 2 });
 * assertEquals(params(orThrow(plan(net, [32, 32, 3]))).trainable, 2_243_546);
 * ```
 */
export function wideResnet(options: WideResnetOptions): Net {
  const defaults = { classes: 10, depth: NaN, factor: NaN };
  const { depth, factor, classes } = optionsOf(options, defaults);
  const units = (depth - 4) / 6;
  if (!Number.isSafeInteger(units) || units < 1) {
    throw misfit(
      "a wide residual network has 6 n + 4 layers",
      `depth ${depth}`,
      "10, 16, 22, 28 ...",
    );
  }
  const widths = [16, 32, 64].map((width) => width * factor);
  return preactivationResnet({ classes, units, unit: "basic", widths });
}

/** WRN-16-8. */
export function wrn16x8(options: WideResnetFamilyOptions = {}): Net {
  return wideResnet(settling(options, { depth: 16, factor: 8 }));
}

/** WRN-28-10. */
export function wrn28x10(options: WideResnetFamilyOptions = {}): Net {
  return wideResnet(settling(options, { depth: 28, factor: 10 }));
}
