/**
 * Inception-ResNets: Szegedy, Ioffe, Vanhoucke and Alemi, Inception-v4,
 * Inception-ResNet and the impact of residual connections on learning, AAAI
 * 2017 (arXiv 1602.07261). Made for 299x299.
 *
 * Version 1 follows the paper's figures (stem 14, units 10 to 13, reductions 7
 * and 12, residuals scaled by 0.17, 0.10, 0.20). Version 2 cannot: the widths
 * that the figures give it contradict each other (1154 channels where 1152 are
 * joined, 2048 where 2144 are). It follows the authors' code instead (TF-Slim,
 * without the auxiliary classifier), which has another stem and 10, 20, 10
 * units where the paper has 5, 10, 5. The linear convolution of each unit has a
 * bias and no batch norm. Counts for 1000 classes at 299x299:
 *
 * | network | conv and dense | trainable | trainable without gammas | MACs |
 * |---|---|---|---|---|
 * | Inception-ResNet-v1 | 22,729,288 | 22,756,328 | 22,742,808 | 6,206,361,696 |
 * | Inception-ResNet-v2 | 55,782,920 | 55,843,464 | 55,813,192 | 13,155,794,016 |
 *
 * The authors' batch norms learn no gamma; today's implementations differ.
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import {
  chain,
  fork,
  identity,
  named,
  numbered,
  repeat,
  residual,
} from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import type { Pair } from "../dsl/graph/op.ts";
import { averagePool } from "../layers/average_pool.ts";
import { conv } from "../layers/conv.ts";
import { dropout } from "../layers/dropout.ts";
import { maxPool } from "../layers/max_pool.ts";
import { relu } from "../layers/relu.ts";
import { scale } from "../layers/scale.ts";
import { convNormRelu, head } from "./_parts.ts";

/** What can be chosen of an Inception-ResNet. */
export interface InceptionResnetOptions {
  /** Classes; 1000. */
  readonly classes?: number;
  /** Whether batch norms learn a gamma; by default they do, the authors' do not. */
  readonly gamma?: boolean;
}

/** A convolution with its batch norm and rectifier: channels, kernel, stride; padded unless it strides. */
type Convolution = (width: number, kernel?: number | Pair, options?: {
  readonly stride?: number;
  readonly padding?: "same" | "valid";
}) => Net;

function convolution(gamma: boolean): Convolution {
  return (width, kernel = 1, { stride = 1, padding = stride === 1 ? "same" : "valid" } = {}) =>
    convNormRelu(width, { kernel, stride, padding }, { epsilon: 1e-3, scale: gamma });
}

/** A unit: branches side by side, a linear 1x1 convolution back to `width`, scaled and added. */
function unit(width: number, by: number, branches: readonly Net[], activation: Net = relu()): Net {
  const body = chain(fork("concat", ...branches), conv(width, { bias: true }), scale(by));
  return numbered("unit", chain(residual(body), activation));
}

const POOL: Net = /* @__PURE__ */ maxPool(3, { stride: 2 });
const HALVE = { stride: 2 };
const VALID = { padding: "valid" } as const;
const across: Pair = [1, 7];
const down: Pair = [7, 1];

/** The stem up to its first 3x3 convolution of 192 channels, which both versions share. */
function stem(c: Convolution): Net {
  return chain(c(32, 3, HALVE), c(32, 3, VALID), c(64, 3), POOL, c(80), c(192, 3, VALID));
}

/** Two branches: 1x1, and 1x1 followed by a long kernel in two pieces. */
function twoBranches(
  c: Convolution,
  single: number,
  [first, second, third]: readonly [number, number, number],
  [wide, high]: readonly [Pair, Pair],
): readonly Net[] {
  return [c(single), chain(c(first), c(second, wide), c(third, high))];
}

/**
 * Inception-ResNet-v1, which ends in logits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { inceptionResnetV1 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(inceptionResnetV1(), [299, 299, 3]));
 * assertEquals(params(planned).trainable, 22_756_328);
 * ```
 */
export function inceptionResnetV1(options: InceptionResnetOptions = {}): Net {
  const { classes, gamma } = optionsOf(options, { classes: 1000, gamma: true });
  const c = convolution(gamma);
  const a = unit(256, 0.17, [c(32), chain(c(32), c(32, 3)), chain(c(32), c(32, 3), c(32, 3))]);
  const b = unit(896, 0.1, twoBranches(c, 128, [128, 128, 128], [across, down]));
  const end = unit(1792, 0.2, twoBranches(c, 192, [192, 192, 192], [[1, 3], [3, 1]]));
  return chain(
    named("stem", chain(stem(c), c(256, 3, HALVE))),
    named("a", repeat(5, a)),
    named(
      "reductionA",
      fork("concat", c(384, 3, HALVE), chain(c(192), c(192, 3), c(256, 3, HALVE)), POOL),
    ),
    named("b", repeat(10, b)),
    named(
      "reductionB",
      fork(
        "concat",
        chain(c(256), c(384, 3, HALVE)),
        chain(c(256), c(256, 3, HALVE)),
        chain(c(256), c(256, 3), c(256, 3, HALVE)),
        POOL,
      ),
    ),
    named("c", repeat(5, end)),
    head(classes, dropout(0.2)),
  );
}

/**
 * Inception-ResNet-v2, which ends in logits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { inceptionResnetV2 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(inceptionResnetV2(), [299, 299, 3]));
 * assertEquals(params(planned).trainable, 55_843_464);
 * ```
 */
export function inceptionResnetV2(options: InceptionResnetOptions = {}): Net {
  const { classes, gamma } = optionsOf(options, { classes: 1000, gamma: true });
  const c = convolution(gamma);
  const mixed = fork(
    "concat",
    c(96),
    chain(c(48), c(64, 5)),
    chain(c(64), c(96, 3), c(96, 3)),
    chain(averagePool(3, { stride: 1, padding: "same" }), c(64)),
  );
  const a = unit(320, 0.17, [c(32), chain(c(32), c(32, 3)), chain(c(32), c(48, 3), c(64, 3))]);
  const b = unit(1088, 0.1, twoBranches(c, 192, [128, 160, 192], [across, down]));
  const endBranches = twoBranches(c, 192, [192, 224, 256], [[1, 3], [3, 1]]);
  const last = unit(2080, 1, endBranches, identity);
  return chain(
    named("stem", chain(stem(c), POOL, mixed)),
    named("a", repeat(10, a)),
    named(
      "reductionA",
      fork("concat", c(384, 3, HALVE), chain(c(256), c(256, 3), c(384, 3, HALVE)), POOL),
    ),
    named("b", repeat(20, b)),
    named(
      "reductionB",
      fork(
        "concat",
        chain(c(256), c(384, 3, HALVE)),
        chain(c(256), c(288, 3, HALVE)),
        chain(c(256), c(288, 3), c(320, 3, HALVE)),
        POOL,
      ),
    ),
    named("c", chain(repeat(9, unit(2080, 0.2, endBranches)), last)),
    named("end", c(1536)),
    head(classes, dropout(0.2)),
  );
}
