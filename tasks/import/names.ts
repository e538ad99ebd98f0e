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
  layer_scale: { layer_scale: "gamma" },
  prelu: { weight: "alpha" },
};

/** The layers whose names say which of the network's they are. */
export function knownLayers(
  theirs: readonly TheirLayer[],
  layers: readonly LayerPlan[],
): ReadonlyMap<string, LayerPlan> {
  const ours = new Map(layers.map((layer) => [layer.path, layer]));
  const isConvnext = theirs.every(({ name }) => ours.has(convnextPath(name)));
  const pathOf = isConvnext ? convnextPath : resnetPath;
  return new Map(theirs.flatMap(({ name }) => {
    const layer = ours.get(name) ?? ours.get(pathOf(name)) ?? ours.get(densenetPath(name));
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
    return wanted !== undefined && isShapeOf(shape, wanted);
  });
}

/**
 * Whether a tensor has a shape, whatever axes of length one stand at the end of either: a dense
 * layer of each position is a 1x1 convolution, and a number for each channel may have a map's axes.
 */
export function isShapeOf(theirs: Shape, wanted: Shape): boolean {
  const cut = (shape: Shape) => shape.slice(0, 1 + shape.findLastIndex((size) => size !== 1));
  return agree(cut(theirs), cut(wanted));
}

/** netfold's shape in PyTorch's layout: HWIO is OIHW, IO is OI. */
export function torchShape(shape: Shape): Shape {
  return [...shape.slice(-2).toReversed(), ...shape.slice(0, -2)];
}

/** torchvision's `layer2.0.downsample.1` is `stage2.unit1.projection.bn1`, timm's `layer1.0.se.fc1` its attention. */
function resnetPath(layer: string): string {
  return layer
    .replace(/^(conv1|bn1)$/, "stem.$1")
    .replace(/^layer(\d+)\.(\d+)/, (_, stage, unit) => `stage${stage}.unit${Number(unit) + 1}`)
    .replace(/(downsample|shortcut)\.0$/, "projection.conv1")
    .replace(/(downsample|shortcut)\.1$/, "projection.bn1")
    .replace(/\.se\.fc([12])$/, ".attention1.mask.conv$1")
    .replace(/^(fc|head|linear)$/, "classifier");
}

/** The layers of a ConvNeXt by torchvision's numbers of them. */
const CONVNEXT = {
  stem: ["conv1", "ln1"],
  downsample: ["ln1", "conv1"],
  block: ["conv1", "", "ln1", "conv2", "", "conv3"],
} as const;

/** torchvision's `features.3.0.block.5` is `stage2.block1.conv3`. */
function convnextPath(layer: string): string {
  const [, features, place, part] = /^features\.(\d+)\.(\d+)(?:\.block\.(\d))?$/.exec(layer) ?? [];
  if (features === undefined) {
    return layer.replace(/^classifier\.0$/, "ln1").replace(/^classifier\.2$/, "classifier");
  }
  const [number, i] = [Number(features), Number(place)];
  if (number === 0) return `stem.${CONVNEXT.stem[i]}`;
  const stage = `stage${Math.floor(number / 2) + 1}`;
  if (number % 2 === 0) return `${stage}.downsample.${CONVNEXT.downsample[i]}`;
  // The layer scale is the block's own.
  const name = part === undefined ? "layerscale1" : CONVNEXT.block[Number(part)];
  return `${stage}.block${i + 1}.${name}`;
}

/**
 * torchvision's `features.denseblock1.denselayer2.norm1`, in its older files `norm.1`, is
 * `denseblock1.denselayer2.bn1`.
 */
function densenetPath(layer: string): string {
  return layer.replace(DENSENET, (_, block: string = "", kind: string, number: string) => {
    const name = kind === "norm" ? "bn" : kind;
    if (block !== "") return `${block}${name}${number || 1}`;
    return number === "0" ? `stem.${name}1` : `${name}1`;
  });
}

const DENSENET = /^features\.((?:denseblock|transition).+\.)?(conv|norm)\.?(\d?)$/;
