/**
 * EfficientNets: Tan and Le, EfficientNet: rethinking model scaling for
 * convolutional neural networks, ICML 2019 (arXiv 1905.11946), Table 1 as
 * torchvision has it. A 3x3 stem, seven stages of inverted residuals with a
 * squeeze-and-excitation to a quarter of the unit's input, a 1x1 convolution to
 * four times the last width, dropout and a dense layer; SiLU throughout. The
 * rate of stochastic depth rises from 0 in the first unit towards `drop` behind
 * the last. `width` and `depth` are the paper's coefficients, which make larger
 * networks of the smallest. Counts for 1000 classes at 224x224:
 *
 * | network | width | depth | trainable | MACs |
 * |---|---|---|---|---|
 * | EfficientNet-B0 | 1 | 1 | 5,288,548 | 385,814,752 |
 */
import { expectAll, NUMBER, optionsOf, settling } from "../dsl/problem/expect.ts";
import { chain, named } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { adaptiveAveragePool } from "../layers/adaptive_average_pool.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { invertedResidual } from "../layers/blocks/inverted_residual.ts";
import { squeezeExcite } from "../layers/blocks/squeeze_excite.ts";
import { conv, type ConvOptions } from "../layers/conv.ts";
import { dropout } from "../layers/dropout.ts";
import { silu } from "../layers/silu.ts";
import { FACTOR, head, scaledWidth } from "./_parts.ts";

/** What members of the family leave open. */
export interface EfficientnetFamilyOptions {
  /** Classes; 1000. */
  readonly classes?: number;
  /** What the rate of stochastic depth rises towards; 0.2. */
  readonly drop?: number;
}

/** What members of the family differ in. Every field has a default, which is that of B0. */
export interface EfficientnetOptions extends EfficientnetFamilyOptions {
  /** How many times wider the network is; 1. */
  readonly width?: number;
  /** How many times more units its stages have; 1. */
  readonly depth?: number;
  /** The rate of the dropout before the dense layer; 0.2. */
  readonly dropout?: number;
}

/** Channels of the first convolution. */
const STEM = 32;

/** Of each stage: how many times wider its units' middle is, the kernel, the first unit's stride, channels, units. */
const STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** How many times narrower the middle of a squeeze-and-excitation is than its unit's input. */
const SQUEEZE = 4;

/**
 * An EfficientNet, which ends in logits.
 *
 * @throws {ProblemError} When width or depth is not a number above 0.
 * @example EfficientNet-B3
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { efficientnet } from "@netfold/netfold/nets";
 *
 * const net = efficientnet({ width: 1.2, depth: 1.4, dropout: 0.3 });
 * assertEquals(params(orThrow(plan(net, [300, 300, 3]))).trainable, 12_233_232);
 * ```
 */
export function efficientnet(options: EfficientnetOptions = {}): Net {
  const { classes, drop, width: wider, depth: deeper, dropout: rate } = optionsOf(options, {
    classes: 1000,
    drop: 0.2,
    width: 1,
    depth: 1,
    dropout: 0.2,
  });
  expectAll({ width: [wider, FACTOR], depth: [deeper, FACTOR], drop: [drop, NUMBER] });
  const stem = scaledWidth(STEM, wider);
  const widths = STAGES.map(([, , , width]) => scaledWidth(width, wider));
  const counts = STAGES.map(([, , , , count]) => Math.ceil(count * deeper));
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const stages = STAGES.map(([expansion, kernel, stride], i) => {
    const width = widths[i] ?? NaN;
    const attention = squeezeExcite({
      ratio: SQUEEZE * expansion,
      pool: adaptiveAveragePool(1),
      activation: silu(),
    });
    const units = Array.from({ length: counts[i] ?? 0 }, (_, j) =>
      invertedResidual({
        kernel,
        expansion,
        attention,
        activation: silu(),
        drop: drop * (sum(counts.slice(0, i)) + j) / sum(counts),
        ...(j === 0
          ? { width, stride, shortcut: stride === 1 && width === (widths[i - 1] ?? stem) }
          : {}),
      }));
    return named(`stage${i + 1}`, chain(...units));
  });
  return chain(
    named("stem", convNormSilu(stem, { kernel: 3, stride: 2, padding: 1 })),
    ...stages,
    named("end", convNormSilu(4 * (widths.at(-1) ?? NaN))),
    head(classes, dropout(rate)),
  );
}

function convNormSilu(width: number, options: ConvOptions = {}): Net {
  return chain(conv(width, options), batchNorm(), silu());
}

/** EfficientNet-B0, the smallest. */
export function efficientnetB0(options: EfficientnetFamilyOptions = {}): Net {
  return efficientnet(settling(options, { width: 1, depth: 1, dropout: 0.2 }));
}
