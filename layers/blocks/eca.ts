/**
 * Efficient channel attention (Wang et al., ECA-Net: Efficient channel attention for deep
 * convolutional neural networks, CVPR 2020): the mean of each channel and those of its neighbours
 * make the factor of that channel,
 *
 *   M = sigmoid(conv_k(mean(F))),  F' = M F,
 *
 * with one kernel of k weights along the channels, k the odd number at or above
 * (log2 C + 1) / 2, rounded down: k parameters, 3 to 7 of them, and k C MACs.
 */
import { expectAll, optionsOf } from "../../dsl/problem/expect.ts";
import { channelConv, type ChannelKernel } from "../channel_conv.ts";
import { globalAveragePool } from "../global_average_pool.ts";
import { sigmoid } from "../sigmoid.ts";
import { chain } from "../../dsl/net/combinators.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import { modulated } from "./_modulated.ts";

/** Options of {@link eca}. */
export interface EcaOptions {
  /** The weights along the channels: an odd number, or by the number of channels; gamma 2 and beta 1 by default. */
  readonly kernel?: number | ChannelKernel;
  /** What makes factors of the sums; `sigmoid()` by default. */
  readonly gate?: Net;
}

/**
 * Efficient channel attention, for `attend` or within a unit.
 *
 * @example ECA-Net-50
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { attend, eca, orThrow, params, plan } from "@netfold/netfold";
 * import { resnet50 } from "@netfold/netfold/nets";
 *
 * const trainable = (net: ReturnType<typeof eca>) =>
 *   params(orThrow(plan(net, [224, 224, 3]))).trainable;
 * const added = trainable(orThrow(attend(resnet50(), eca()))) - trainable(resnet50());
 * assertEquals(added, 3 * 5 + 4 * 5 + 6 * 5 + 3 * 7);
 * ```
 */
export function eca(options: EcaOptions = {}): Net {
  const { kernel, gate } = optionsOf(options, {
    kernel: { gamma: 2, beta: 1 },
    gate: sigmoid(),
  }, "eca");
  expectAll({ gate: [gate, NET] }, "eca");
  return modulated(chain(globalAveragePool(), channelConv({ kernel }), gate));
}
