/**
 * The bottleneck attention module (Park, Woo, Lee and Kweon, BAM, BMVC 2018): one mask of a number
 * for each channel and one for each position,
 *
 *   M = sigmoid(Mc + Ms),  F' = (1 + M) F,
 *   Mc = W2 relu(BN(W1 mean(F) + b1)) + b2,
 *   Ms = conv1x1(conv3x3(conv3x3(conv1x1(F)))), to M = C / r channels, twice dilated by d, to 1,
 *
 * with BN and ReLU after each convolution but the last, as the authors' networks have them; the
 * paper's formula has a batch norm at the end of Mc and Ms instead. Those networks multiply Mc and
 * Ms; here they are added, as in the paper. 3 C M + 18 M^2 + 13 M + C + 1 parameters, M rounded down.
 * The paper has three, where a ResNet halves its map:
 * `attend(net, bam(), { path: ["stage1", "stage2", "stage3"], at: "output" })`.
 */
import { COUNT, expectAll, optionsOf } from "../../dsl/problem/expect.ts";
import { batchNorm } from "../batch_norm.ts";
import { conv, type ConvOptions } from "../conv.ts";
import { dense } from "../dense.ts";
import { globalAveragePool } from "../global_average_pool.ts";
import { relu } from "../relu.ts";
import { sigmoid } from "../sigmoid.ts";
import { chain, fork, identity, labelled } from "../../dsl/net/combinators.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import { type LayerWidth, narrower } from "../../dsl/net/shape.ts";
import { arl } from "./attention.ts";

/** Options of {@link bam}. */
export interface BamOptions {
  /** How many times narrower the middles are than the map, rounded down; 16 by default. */
  readonly ratio?: number;
  /** Distance between the taps of the 3x3 convolutions; 4 by default. */
  readonly dilation?: number;
  /** What makes the mask of the sum; `sigmoid()` by default. */
  readonly gate?: Net;
}

/**
 * BAM, for `attend`: attention residual learning of a mask whose parts are named `spatial` and
 * `channel`.
 *
 * @throws {ProblemError} When `ratio` or `dilation` is not a whole number of at least 1.
 * @example ResNet-50 with BAM
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { attend, bam, orThrow, params, plan } from "@netfold/netfold";
 * import { resnet50 } from "@netfold/netfold/nets";
 *
 * const path = ["stage1", "stage2", "stage3"];
 * const net = orThrow(attend(resnet50(), bam(), { path, at: "output" }));
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).trainable, 25_915_099);
 * ```
 */
export function bam(options: BamOptions = {}): Net {
  const { ratio, dilation, gate } = optionsOf(options, {
    ratio: 16,
    dilation: 4,
    gate: sigmoid(),
  }, "bam");
  const counts = { ratio: [ratio, COUNT], dilation: [dilation, COUNT] } as const;
  expectAll({ ...counts, gate: [gate, NET] }, "bam");
  const step = (width: LayerWidth, options: ConvOptions = {}): Net =>
    chain(conv(width, { bias: true, ...options }), batchNorm(), relu());
  const wide = { kernel: 3, dilation, padding: dilation };
  const spatial = chain(
    step(narrower(ratio)),
    step("same", wide),
    step("same", wide),
    conv(1, { bias: true }),
  );
  const channel = chain(
    globalAveragePool(),
    dense(narrower(ratio)),
    batchNorm(),
    relu(),
    dense("outer"),
  );
  const sum = fork("spread", labelled("spatial", spatial), labelled("channel", channel));
  return arl(identity, chain(sum, gate));
}
