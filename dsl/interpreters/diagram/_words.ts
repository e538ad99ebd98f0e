/** What a diagram says of layers, merges and parts that are folded up. */
import type { Layer } from "../../../layers/table.ts";
import type { Merge } from "../../net/net.ts";
import type { LayerPlan, Plan } from "../../plan/plan.ts";
import { channelsOf } from "../../net/shape.ts";
import type { BoxKind } from "./value.ts";
import { lastOf, partsOf, withoutNumber } from "../../plan/parts.ts";

const KINDS: Partial<Readonly<Record<Layer["type"], BoxKind>>> = {
  average_pool: "pool",
  batch_norm: "normalization",
  conv: "convolution",
  dense: "dense",
  dropout: "normalization",
  global_average_pool: "pool",
  l2_normalize: "activation",
  max_pool: "pool",
  relu: "normalization",
  resize: "resize",
  sigmoid: "activation",
  softmax: "activation",
  standardize: "activation",
};

const SHORT: Partial<Readonly<Record<Layer["type"], string>>> = {
  batch_norm: "BN",
  relu: "ReLU",
  l2_normalize: "L2 norm",
  average_pool: "average pool",
  max_pool: "max pool",
};

/** What a layer of this type is drawn as. */
export function kindOf(layer: Layer): BoxKind {
  return KINDS[layer.type] ?? "other";
}

/** Whether a layer belongs to the convolution beside it rather than to a box of its own. */
export function isLight({ layer }: LayerPlan): boolean {
  return kindOf(layer) === "normalization";
}

/** The name of a layer's type, for people. */
export function typeName({ type }: Layer): string {
  return SHORT[type] ?? type.replaceAll("_", " ");
}

/** A layer in a few words: `conv 3×3 / 2, 64`. */
export function layerLabel({ layer, output }: LayerPlan): string {
  switch (layer.type) {
    case "conv": {
      const channels = channelsOf(output);
      const groups = layer.groups === 1
        ? ""
        : layer.groups === channels
        ? ", depthwise"
        : `, ${layer.groups} groups`;
      const dilation = Math.max(...layer.dilation) > 1 ? `, dilated ${pair(layer.dilation)}` : "";
      return `conv ${kernel(layer.kernel, layer.stride)}, ${channels}${groups}${dilation}`;
    }
    case "dense":
      return `dense, ${channelsOf(output)}`;
    case "max_pool":
    case "average_pool":
      return `${typeName(layer)} ${kernel(layer.window, layer.stride)}`;
    case "scale":
      return `× ${layer.by}`;
    default:
      return typeName(layer);
  }
}

/** A merge in a few signs. */
export function mergeLabel(merge: Merge): string {
  const labels: Readonly<Record<Merge, string>> = {
    add: "+",
    multiply: "×",
    concat: "concat",
    attend: "(1 + M) × T",
    gate: "M × T",
    match: "interpolate",
  };
  return labels[merge];
}

/** What a folded part is drawn as: a residual unit, an attention module, or simply a part. */
export function roleOf(body: Plan): "unit" | "attention" | "part" {
  const own = partsOf(body);
  const merges = own.flatMap((part) => part.kind === "fork" ? [part.merge] : []);
  if (merges.some((merge) => merge === "attend" || merge === "gate")) return "attention";
  const layersAndSums = own.every((part) => part.kind === "layer" || part.kind === "fork");
  return merges.length === 1 && merges[0] === "add" && layersAndSums ? "unit" : "part";
}

/** What a folded part holds: the convolutions of a unit, else its parts with their numbers. */
export function contentsOf(body: Plan): string {
  if (roleOf(body) === "unit") return short(longestPath(body).map(convolution));
  return short(counted(partsOf(body).flatMap(names)));
}

const MOST = 4;

/** Words with equal neighbours counted. */
export function counted(words: readonly string[]): readonly string[] {
  const runs: { readonly word: string; readonly times: number }[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last?.word === word) runs[runs.length - 1] = { word, times: last.times + 1 };
    else runs.push({ word, times: 1 });
  }
  return runs.map(({ word, times }) => times === 1 ? word : `${word} ×${times}`);
}

/** A list of words, the middle left out when it is long. */
export function short(words: readonly string[], between = ", "): string {
  return words.length <= MOST
    ? words.join(between)
    : [...words.slice(0, MOST - 2), "…", ...words.slice(-1)].join(between);
}

function names(part: Plan): readonly string[] {
  switch (part.kind) {
    case "chain":
      return part.parts.flatMap(names);
    case "layer":
      return isLight(part) ? [] : [typeName(part.layer)];
    case "fork":
      return part.merge === "attend" || part.merge === "gate" ? ["attention"] : [part.merge];
    case "named":
      return [withoutNumber(lastOf(part.path))];
  }
}

/** The convolutions of the branch that has the most of them. */
function longestPath(part: Plan): readonly LayerPlan[] {
  switch (part.kind) {
    case "layer":
      return part.layer.type === "conv" ? [part] : [];
    case "chain":
      return part.parts.flatMap(longestPath);
    case "named":
      return longestPath(part.body);
    case "fork":
      return part.branches.map(longestPath)
        .reduce((longest, path) => path.length > longest.length ? path : longest, []);
  }
}

function convolution({ layer }: LayerPlan): string {
  return layer.type === "conv" ? kernel(layer.kernel, layer.stride) : "";
}

function kernel(window: readonly [number, number], stride: readonly [number, number]): string {
  const size = `${window[0]}×${window[1]}`;
  return stride[0] === 1 && stride[1] === 1 ? size : `${size} /${pair(stride)}`;
}

function pair([a, b]: readonly [number, number]): string {
  return a === b ? `${a}` : `${a}×${b}`;
}
