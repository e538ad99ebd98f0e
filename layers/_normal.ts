/**
 * What layer norm and group norm share: minus a mean, divided by a deviation, then a gamma and a beta
 * of each channel, as batch norm has them, but with the statistics of each sample alone.
 */
import type { ValueId } from "../dsl/graph/graph.ts";
import { epsilon, flag } from "../dsl/plan/fields.ts";
import type { ForeignCounts, TorchArgument } from "../dsl/plan/facets.ts";
import type { LayerSite, Parameter } from "../dsl/plan/rule.ts";
import { channelsOf, type Shape, sizeOf } from "../dsl/net/shape.ts";
import { keyword } from "./_torch.ts";

/** What the configurations of both hold. */
export interface Normal {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether gamma is learnt. */
  readonly scale: boolean;
  /** Whether beta is learnt. */
  readonly shift: boolean;
}

/** Options of both. */
export interface NormalOptions {
  /** Added to the variance; 1e-5 by default. */
  readonly epsilon?: number;
  /** Whether gamma is learnt; by default it is. */
  readonly scale?: boolean;
  /** Whether beta is learnt; by default it is. */
  readonly shift?: boolean;
}

export const NORMAL = { epsilon: 1e-5, scale: true, shift: true } as const;

export const NORMAL_FIELDS = { epsilon, scale: flag, shift: flag };

/** Gamma and beta, as far as they are learnt. */
export function normalParameters(layer: Normal, input: Shape): readonly Parameter[] {
  const one = { shape: [channelsOf(input)], fanIn: 1, fanOut: 1 };
  return [
    ...(layer.scale
      ? [{ ...one, name: "gamma", role: "scale", initializer: "ones" } as const]
      : []),
    ...(layer.shift
      ? [{ ...one, name: "beta", role: "shift", initializer: "zeros" } as const]
      : []),
  ];
}

/** What mean and deviation are taken over. */
export interface Statistics {
  /** The means of a value of the input's shape. */
  readonly mean: (value: ValueId) => ValueId;
  /** What has a number for each mean, in the input's shape. */
  readonly spread: (means: ValueId) => ValueId;
}

/** The operations of both. */
export function normalized(layer: Normal, site: LayerSite, over: Statistics): ValueId {
  const { graph, input } = site;
  const centred = graph.apply({ op: "subtract" }, [input, over.spread(over.mean(input))]);
  const variance = over.mean(graph.apply({ op: "multiply" }, [centred, centred]));
  const inverse = graph.apply({ op: "rsqrt", epsilon: layer.epsilon }, [variance]);
  const normal = graph.apply({ op: "multiply" }, [centred, over.spread(inverse)]);
  if (!layer.scale && !layer.shift) return normal;
  const shape = [channelsOf(site.inputShape)];
  const gamma = layer.scale ? site.parameter("gamma") : graph.constant(1, shape);
  const beta = layer.shift ? site.parameter("beta") : graph.constant(0, shape);
  return graph.apply({ op: "affine", activation: "none" }, [normal, gamma, beta]);
}

/** What both cost beside the operations on the statistics: five per element, and two for gamma and beta. */
export function normalFlops({ scale, shift }: Normal, input: Shape): number {
  return (scale || shift ? 7 : 5) * sizeOf(input);
}

/** What other tools count; torchinfo counts gamma and beta once, whatever the map. */
export function normalElsewhere({ scale, shift }: Normal, input: Shape): ForeignCounts {
  return {
    fvcore: (scale ? 5 : 4) * sizeOf(input),
    torchinfo: (Number(scale) + Number(shift)) * channelsOf(input),
  };
}

/** What Python says of both: the number that is added to the variance. */
export function epsilonOf({ epsilon }: Normal): TorchArgument {
  return keyword("eps", epsilon, NORMAL.epsilon);
}
