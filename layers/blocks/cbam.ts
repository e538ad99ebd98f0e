/**
 * The convolutional block attention module (Woo, Park, Lee and Kweon, CBAM, ECCV 2018): a factor for
 * each channel, then one for each position,
 *
 *   Mc = sigmoid(W2 relu(W1 mean(F) + b1) + b2 + W2 relu(W1 max(F) + b1) + b2),  F' = Mc F,
 *   Ms = sigmoid(BN(conv7x7([mean of channels; max of channels](F')))),  F'' = Ms F'.
 *
 * Both pools go through one perceptron of C to M = C / r to C, rounded down as in the authors' code.
 * The paper's formula has no batch norm, the authors' networks do. 2 C M + M + C parameters for the
 * channels and 2 k^2 + 2 for the positions; 4 C M + 2 k^2 H W MACs.
 */
import { COUNT, expectAll, optionsOf } from "../../dsl/problem/expect.ts";
import { batchNorm } from "../batch_norm.ts";
import { channelPool } from "../channel_pool.ts";
import { conv } from "../conv.ts";
import { dense } from "../dense.ts";
import { globalAveragePool } from "../global_average_pool.ts";
import { globalMaxPool } from "../global_max_pool.ts";
import { relu } from "../relu.ts";
import { sigmoid } from "../sigmoid.ts";
import { chain, fork, labelled, shared } from "../../dsl/net/combinators.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import { narrower } from "../../dsl/net/shape.ts";
import { modulated } from "./_modulated.ts";

/** Options of {@link cbam}. */
export interface CbamOptions {
  /** How many times narrower the perceptron's middle is than the map, rounded down; 16 by default. */
  readonly ratio?: number;
  /** Side of the convolution over positions; 7 by default. */
  readonly kernel?: number;
  /** What makes factors of sums, in both; `sigmoid()` by default. */
  readonly gate?: Net;
}

/**
 * CBAM, for `attend` or within a unit: its parts are named `channel` and `spatial`.
 *
 * @throws {ProblemError} When `ratio` is not a whole number of at least 1.
 * @example ResNet-50 with CBAM
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { attend, cbam, orThrow, params, plan } from "@netfold/netfold";
 * import { resnet50 } from "@netfold/netfold/nets";
 *
 * const net = orThrow(attend(resnet50(), cbam()));
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).trainable, 28_089_624);
 * ```
 */
export function cbam(options: CbamOptions = {}): Net {
  const { ratio, kernel, gate } = optionsOf(
    options,
    { ratio: 16, kernel: 7, gate: sigmoid() },
    "cbam",
  );
  expectAll({ ratio: [ratio, COUNT], gate: [gate, NET] }, "cbam");
  const mlp = shared("mlp", chain(dense(narrower(ratio)), relu(), dense("outer")));
  const channel = chain(
    fork("add", chain(globalAveragePool(), mlp), chain(globalMaxPool(), mlp)),
    gate,
  );
  const spatial = chain(
    fork("concat", channelPool("mean"), channelPool("max")),
    conv(1, { kernel }),
    batchNorm(),
    gate,
  );
  return chain(labelled("channel", modulated(channel)), labelled("spatial", modulated(spatial)));
}
