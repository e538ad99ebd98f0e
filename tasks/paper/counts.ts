/** Every quantity of a planned network that the paper or the released networks state. */
import { leaves } from "../../dsl/plan/fold.ts";
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { depth } from "../../dsl/interpreters/counts/depth.ts";
import { params } from "../../dsl/interpreters/counts/params.ts";
import type { LayerPlan, Plan } from "../../dsl/plan/plan.ts";
import { sizeOf } from "../../dsl/net/shape.ts";

/** What is counted. Those of a mask are what stands in soft mask branches; its share is in percent. */
export type Counted =
  | ("conv and dense" | "trainable" | "with statistics")
  | ("conv weights" | "1x1 weights" | "3x3 weights" | "7x7 weights" | "mask weights")
  | ("MACs" | "1x1 MACs" | "3x3 MACs" | "7x7 MACs" | "mask MACs" | "mask share")
  | ("depth" | "gammas" | "batch norms");

export type Counts = Readonly<Record<Counted, number>>;

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
