/**
 * Batch normalisation (Ioffe and Szegedy, 2015): per channel, minus the mean,
 * divided by the deviation, times gamma, plus beta. Training uses the batch's
 * own statistics with the biased variance and keeps running ones, of which
 * `momentum` is retained at each step; inference uses those, and so does a
 * frozen batch norm in training, which leaves them as they are.
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { keyword, width as torchWidth, withAffine } from "./_torch.ts";
import { epsilon, flag, numberField } from "../dsl/plan/fields.ts";
import type { FullLayerRule, Parameter } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, sizeOf } from "../dsl/net/shape.ts";

/** A batch norm's configuration. */
export interface BatchNorm {
  /** The tag. */
  readonly type: "batch_norm";
  /** Added to the variance. */
  readonly epsilon: number;
  /** The share of a running statistic that a step keeps. */
  readonly momentum: number;
  /** Whether gamma is learnt. */
  readonly scale: boolean;
  /** Whether beta is learnt. */
  readonly shift: boolean;
}

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Added to the variance; 1e-5 by default. */
  readonly epsilon?: number;
  /** The share of a running statistic that a step keeps; 0.9 by default. */
  readonly momentum?: number;
  /** Whether gamma is learnt; by default it is. */
  readonly scale?: boolean;
  /** Whether beta is learnt; by default it is. */
  readonly shift?: boolean;
}

/**
 * Batch normalisation over channels (of a map) or features (of a vector).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { batchNorm } from "@netfold/netfold/layers";
 *
 * const counts = params(orThrow(plan(batchNorm(), [32, 32, 16])));
 * assertEquals(counts, { trainable: 32, weights: 0, total: 64 });
 * ```
 */
export function batchNorm(options: BatchNormOptions = {}): Net {
  const defaults = { epsilon: 1e-5, momentum: 0.9, scale: true, shift: true };
  return layer({ type: "batch_norm", ...optionsOf(options, defaults, "batchNorm") });
}

/** The meaning of {@link BatchNorm}. */
export const batchNormRule: FullLayerRule<BatchNorm> = {
  type: "batch_norm",
  label: "bn",
  fields: { epsilon, momentum: numberField(0, 1), scale: flag, shift: flag },
  shape: (_, input) => ({ output: input, faults: [] }),
  parameters: (layer, input) => {
    const shape = [channelsOf(input)];
    const one = { shape, fanIn: 1, fanOut: 1 };
    const parameters: (Parameter | false)[] = [
      layer.scale &&
      { ...one, name: "gamma", role: "scale", initializer: "ones" },
      layer.shift &&
      { ...one, name: "beta", role: "shift", initializer: "zeros" },
      { ...one, name: "mean", role: "running-mean", initializer: "zeros" },
      { ...one, name: "variance", role: "running-variance", initializer: "ones" },
    ];
    return parameters.filter((parameter) => parameter !== false);
  },
  cost: (_, __, output) => ({ macs: 0, flops: 2 * sizeOf(output) }),
  // fvcore asks whether there is a gamma; torchinfo counts gamma and beta once, whatever the map.
  elsewhere: (layer, input, output) => ({
    fvcore: (layer.scale ? 2 : 1) * sizeOf(output),
    torchinfo: (Number(layer.scale) + Number(layer.shift)) * channelsOf(input),
  }),
  sight: () => ({ sees: "position" }),
  lower: (layer, site) => {
    const { graph, input } = site;
    const shape = [channelsOf(site.inputShape)];
    const gamma = layer.scale ? site.parameter("gamma") : graph.constant(1, shape);
    const beta = layer.shift ? site.parameter("beta") : graph.constant(0, shape);
    if (site.mode === "inference" || site.frozen) {
      const deviation = { op: "rsqrt", epsilon: layer.epsilon } as const;
      const inverse = graph.apply(deviation, [site.parameter("variance")]);
      const scale = graph.apply({ op: "multiply" }, [gamma, inverse]);
      const offset = graph.apply({ op: "multiply" }, [scale, site.parameter("mean")]);
      const shift = graph.apply({ op: "subtract" }, [beta, offset]);
      return graph.apply({ op: "affine", activation: "none" }, [input, scale, shift]);
    }
    const [output, mean, variance] = graph.emit(
      { op: "batchNormTrain", epsilon: layer.epsilon, activation: "none" },
      [input, gamma, beta],
    );
    const keep = { op: "blend", rate: layer.momentum } as const;
    site.update("mean", graph.apply(keep, [site.parameter("mean"), mean]));
    site.update("variance", graph.apply(keep, [site.parameter("variance"), variance]));
    return output;
  },
  drawing: () => ({ kind: "normalization", name: "BN" }),
  torch: (layer, place) => {
    // PyTorch says which share of the batch's own statistic a step takes up.
    const taken = Number((1 - layer.momentum).toPrecision(15));
    const axes = place.input.length === 3 ? "2d" : "1d";
    const makes = withAffine(layer, "affine", {
      callee: `nn.BatchNorm${axes}`,
      holes: [
        torchWidth(channelsOf(place.input)),
        keyword("eps", layer.epsilon, 1e-5),
        keyword("momentum", taken, 0.1),
      ],
    });
    return { makes, applies: (own, x) => `${own}(${x})` };
  },
};
