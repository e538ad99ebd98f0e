/**
 * Squeeze-and-excitation (Hu, Shen and Sun, Squeeze-and-excitation networks, CVPR 2018): the mean of
 * each channel goes through a narrow middle and comes back as a factor of that channel,
 *
 *   M = gate(W2 relu(W1 mean(F) + b1) + b2),  F' = M F,
 *
 * with 1x1 convolutions W1 from C channels to M = C / r, rounded down and at least 1, and W2 back to
 * C: 2 C M + M + C parameters and 2 C M MACs. The form is that of torchvision's and timm's networks,
 * which tell the mean apart: timm's is `x.mean((2, 3))`, torchvision's an `AdaptiveAvgPool2d(1)`. The
 * numbers are the same; fvcore counts the pool and not the mean.
 */
import { COUNT, expectAll, optionsOf } from "../../dsl/problem/expect.ts";
import { conv } from "../conv.ts";
import { positionPool } from "../position_pool.ts";
import { relu } from "../relu.ts";
import { sigmoid } from "../sigmoid.ts";
import { chain } from "../../dsl/net/combinators.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import { narrower } from "../../dsl/net/shape.ts";
import { modulated } from "./_modulated.ts";

/** Options of {@link squeezeExcite}. */
export interface SqueezeExciteOptions {
  /** How many times narrower the middle is than the map, rounded down; 16 by default. */
  readonly ratio?: number;
  /** What makes one position of the map; `positionPool("mean")` by default, torchvision's is `adaptiveAveragePool(1)`. */
  readonly pool?: Net;
  /** What stands in the middle; `relu()` by default. */
  readonly activation?: Net;
  /** What makes factors of the last convolution; `sigmoid()` by default, MobileNetV3's is `hardSigmoid()`. */
  readonly gate?: Net;
}

/**
 * Squeeze-and-excitation, for `attend` or within a unit.
 *
 * @throws {ProblemError} When `ratio` is not a whole number of at least 1.
 * @example SE-ResNet-50
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { attend, orThrow, params, plan, squeezeExcite } from "@netfold/netfold";
 * import { resnet50 } from "@netfold/netfold/nets";
 *
 * const net = orThrow(attend(resnet50(), squeezeExcite({ ratio: 16 })));
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).trainable, 28_088_024);
 * ```
 */
export function squeezeExcite(options: SqueezeExciteOptions = {}): Net {
  const { ratio, pool, activation, gate } = optionsOf(options, {
    ratio: 16,
    pool: positionPool("mean"),
    activation: relu(),
    gate: sigmoid(),
  }, "squeezeExcite");
  const nets = { pool: [pool, NET], activation: [activation, NET], gate: [gate, NET] } as const;
  expectAll({ ratio: [ratio, COUNT], ...nets }, "squeezeExcite");
  return modulated(chain(
    pool,
    conv(narrower(ratio), { bias: true }),
    activation,
    conv("outer", { bias: true }),
    gate,
  ));
}
