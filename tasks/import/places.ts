/**
 * Where the tensors of a state dict belong in a network: by name, as torchvision
 * names ResNets and ResNeXts or as the network itself does; or by order, where
 * numbers are all the names there are, as in VGG and any `nn.Sequential`.
 */
import { leaves } from "../../dsl/plan/fold.ts";
import type { LayerPlan, Plan } from "../../dsl/plan/plan.ts";

/** The parts of a layer with a kernel, by PyTorch's names. */
const WEIGHTS: Readonly<Record<string, string>> = { weight: "kernel", bias: "bias" };

/** The parts of a batch norm. */
const NORM: Readonly<Record<string, string>> = {
  weight: "gamma",
  bias: "beta",
  running_mean: "mean",
  running_var: "variance",
};

const NUMBERED = /^(?:(\w+)\.)?(\d+)\.(weight|bias|running_mean|running_var)$/;

/** The network's name for each of the tensors; some may be names that it does not have. */
export function placesOf(names: readonly string[], planned: Plan): ReadonlyMap<string, string> {
  const layers = leaves(planned).filter((leaf): leaf is LayerPlan =>
    leaf.kind === "layer" && leaf.parameters.length > 0
  );
  return names.length > 0 && names.every((name) => NUMBERED.test(name))
    ? byOrder(names, layers)
    : byName(names, layers);
}

function byName(
  names: readonly string[],
  layers: readonly LayerPlan[],
): ReadonlyMap<string, string> {
  const known = new Map(layers.map((layer) => [layer.path, layer]));
  return new Map(names.map((name) => {
    const [theirs, part] = parted(name);
    const layer = known.get(theirs) ?? known.get(resnetPath(theirs));
    return [name, layer === undefined ? name : placeIn(layer, part)];
  }));
}

/** What a layer of ours calls a part of PyTorch's. */
function placeIn({ path, layer }: LayerPlan, part: string): string {
  return `${path}.${(layer.type === "batch_norm" ? NORM : WEIGHTS)[part] ?? part}`;
}

/** torchvision's `layer2.0.downsample.1` is `stage2.unit1.projection.bn1`. */
function resnetPath(layer: string): string {
  return layer
    .replace(/^(conv1|bn1)$/, "stem.$1")
    .replace(/^layer(\d+)\.(\d+)/, (_, stage, unit) => `stage${stage}.unit${Number(unit) + 1}`)
    .replace(/downsample\.0$/, "projection.conv1")
    .replace(/downsample\.1$/, "projection.bn1")
    .replace(/^fc$/, "classifier");
}

/** The first layer of the file is the network's first; torchvision's classifiers come last. */
function byOrder(
  names: readonly string[],
  layers: readonly LayerPlan[],
): ReadonlyMap<string, string> {
  const theirs = [...new Set(names.map((name) => parted(name)[0]))].toSorted(compareNumbered);
  const places = new Map(theirs.map((name, i) => [name, layers[i]]));
  return new Map(names.map((name) => {
    const [layer, part] = parted(name);
    const ours = places.get(layer);
    return [name, ours === undefined ? name : placeIn(ours, part)];
  }));
}

/** The features before the classifier, and both by their numbers. */
function compareNumbered(a: string, b: string): number {
  const isLast = (layer: string): number => layer.startsWith("classifier.") ? 1 : 0;
  const number = (layer: string): number => Number(parted(layer)[1]);
  return isLast(a) - isLast(b) || number(a) - number(b);
}

/** The name before its last dot, and what is behind it. */
function parted(name: string): readonly [layer: string, part: string] {
  const at = name.lastIndexOf(".");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}
