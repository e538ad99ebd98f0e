/** Every quantity of a planned network that the paper or the released networks state. */
import { leaves } from "../../dsl/plan/fold.ts";
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { depth } from "../../dsl/interpreters/counts/depth.ts";
import { params } from "../../dsl/interpreters/counts/params.ts";
import type { LayerPlan, Plan } from "../../dsl/plan/plan.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** The quantities by name. */
export interface Counts {
  /** Kernels and biases of convolutions and dense layers. */
  readonly "conv and dense": number;
  /** Those, with gammas and betas. */
  readonly "trainable": number;
  /** Those, with running means and variances. */
  readonly "with statistics": number;
  /** Multiply-accumulates of convolutions and dense layers. */
  readonly "MACs": number;
  /** Convolutions and dense layers on the trunk path. */
  readonly "depth": number;
  /** Kernels of convolutions. */
  readonly "conv weights": number;
  /** Kernels of 1x1. */
  readonly "1x1 weights": number;
  /** Kernels of 3x3. */
  readonly "3x3 weights": number;
  /** Kernels of 7x7. */
  readonly "7x7 weights": number;
  /** Gammas; there are as many betas. */
  readonly "gammas": number;
  /** Batch norms. */
  readonly "batch norms": number;
  /** Kernels in soft mask branches. */
  readonly "mask weights": number;
  /** MACs of 1x1. */
  readonly "1x1 MACs": number;
  /** MACs of 3x3. */
  readonly "3x3 MACs": number;
  /** MACs of 7x7. */
  readonly "7x7 MACs": number;
  /** MACs in soft mask branches. */
  readonly "mask MACs": number;
  /** The share of those in all MACs, in percent. */
  readonly "mask share": number;
}

/** Counts a planned network. */
export function countsOf(plan: Plan): Counts {
  const layers = leaves(plan).flatMap((leaf) => leaf.kind === "layer" ? [leaf] : []);
  const convs = layers.filter(({ layer }) => layer.type === "conv");
  const square = (size: number) =>
    convs.filter((conv) => {
      const sight = conv.meaning.sight(conv.input, conv.output);
      return sight?.sees === "window" && sight.kernel.every((side) => side === size);
    });
  const mask = convs.filter(({ path }) => /(^|\.)mask\./.test(path));
  const norms = layers.filter(({ layer }) => layer.type === "batch_norm");
  const { weights, trainable, total } = params(plan);
  const { macs } = cost(plan);
  return {
    "conv and dense": weights,
    "trainable": trainable,
    "with statistics": total,
    "MACs": macs,
    "depth": depth(plan),
    "conv weights": held(convs, "kernel"),
    "1x1 weights": held(square(1), "kernel"),
    "3x3 weights": held(square(3), "kernel"),
    "7x7 weights": held(square(7), "kernel"),
    "gammas": held(norms, "scale"),
    "batch norms": norms.length,
    "mask weights": held(mask, "kernel"),
    "1x1 MACs": spent(square(1)),
    "3x3 MACs": spent(square(3)),
    "7x7 MACs": spent(square(7)),
    "mask MACs": spent(mask),
    "mask share": 100 * spent(mask) / macs,
  };
}

function held(layers: readonly LayerPlan[], role: "kernel" | "scale"): number {
  return layers.flatMap(({ parameters }) => parameters)
    .reduce((sum, parameter) => sum + (parameter.role === role ? sizeOf(parameter.shape) : 0), 0);
}

function spent(layers: readonly LayerPlan[]): number {
  return layers.reduce((sum, { cost }) => sum + cost.macs, 0);
}
