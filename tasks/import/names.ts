/** The names and layouts of PyTorch's layers beside the network's own. */
import { agree, type Shape } from "../../dsl/net/shape.ts";
import type { LayerPlan } from "../../dsl/plan/plan.ts";
import { parted, type TheirLayer } from "./their_layers.ts";

/** The parts of a layer with a kernel, by PyTorch's names. */
const WEIGHTS: Readonly<Record<string, string>> = { weight: "kernel", bias: "bias" };

/** The parts of a norm. */
const NORM: Readonly<Record<string, string>> = {
  weight: "gamma",
  bias: "beta",
  running_mean: "mean",
  running_var: "variance",
};

/** The parts of layers whose weight is no kernel, by the layers' types. */
const PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  batch_norm: NORM,
  group_norm: NORM,
  layer_norm: NORM,
  prelu: { weight: "alpha" },
};

/** The layers whose names say which of the network's they are. */
export function knownLayers(
  theirs: readonly TheirLayer[],
  layers: readonly LayerPlan[],
): ReadonlyMap<string, LayerPlan> {
  const ours = new Map(layers.map((layer) => [layer.path, layer]));
  return new Map(theirs.flatMap(({ name }) => {
    const layer = ours.get(name) ?? ours.get(resnetPath(name));
    return layer === undefined ? [] : [[name, layer] as const];
  }));
}

/** What a layer of ours calls a part of PyTorch's. */
export function placeIn({ path, layer }: LayerPlan, part: string): string {
  const name = (PARTS[layer.type] ?? WEIGHTS)[part] ?? part;
  return path === "" ? name : `${path}.${name}`;
}

/** Whether a layer has the parts of ours, in PyTorch's layout. */
export function isLike({ parts }: TheirLayer, ours: LayerPlan | undefined): boolean {
  if (ours === undefined) return false;
  const shapes = new Map(ours.parameters.map(({ name, shape }) => [name, torchShape(shape)]));
  return parts.size === shapes.size && [...parts].every(([part, shape]) => {
    const wanted = shapes.get(parted(placeIn(ours, part))[1]);
    return wanted !== undefined && agree(shape, wanted);
  });
}

/** netfold's shape in PyTorch's layout: HWIO is OIHW, IO is OI. */
export function torchShape(shape: Shape): Shape {
  return [...shape.slice(-2).toReversed(), ...shape.slice(0, -2)];
}

/** torchvision's `layer2.0.downsample.1` is `stage2.unit1.projection.bn1`. */
function resnetPath(layer: string): string {
  return layer
    .replace(/^(conv1|bn1)$/, "stem.$1")
    .replace(/^layer(\d+)\.(\d+)/, (_, stage, unit) => `stage${stage}.unit${Number(unit) + 1}`)
    .replace(/(downsample|shortcut)\.0$/, "projection.conv1")
    .replace(/(downsample|shortcut)\.1$/, "projection.bn1")
    .replace(/^(fc|head|linear)$/, "classifier");
}
