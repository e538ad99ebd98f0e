/** What a diagram says of layers, merges and parts that are folded up. */
import type { LayerPlan, Plan } from "../../plan/plan.ts";
import { windowWords } from "../../plan/facets.ts";
import type { BoxKind } from "./value.ts";
import { lastOf, partsOf, runsOf, withoutNumber } from "../../plan/parts.ts";

/** What a layer is drawn as. */
export function kindOf(layer: LayerPlan): BoxKind {
  return layer.meaning.drawing(layer)?.kind ?? "other";
}

/** Whether a layer belongs to the convolution beside it rather than to a box of its own. */
export function isLight(layer: LayerPlan): boolean {
  return kindOf(layer) === "normalization";
}

/** The name of a layer's type, for people. */
export function typeName(layer: LayerPlan): string {
  return layer.meaning.drawing(layer)?.name ?? layer.layer.type.replaceAll("_", " ");
}

/** A layer in a few words: `conv 3×3 / 2, 64`. */
export function layerLabel(layer: LayerPlan): string {
  return layer.meaning.drawing(layer)?.words ?? typeName(layer);
}

/** What a folded part is drawn as: a residual unit, an attention module, or simply a part. */
export function roleOf(body: Plan): "unit" | "attention" | "part" {
  const own = partsOf(body);
  const forks = own.filter((part) => part.kind === "fork");
  if (forks.some(({ meaning }) => meaning.attention)) return "attention";
  const layersAndSums = own.every((part) => part.kind === "layer" || part.kind === "fork");
  return forks.length === 1 && forks[0]?.merge === "add" && layersAndSums ? "unit" : "part";
}

/** What a folded part holds: the convolutions of a unit, else its parts with their numbers. */
export function contentsOf(body: Plan): string {
  if (roleOf(body) === "unit") return short(longestPath(body).map(convolution));
  return short(counted(partsOf(body).flatMap(names)));
}

const MOST = 4;

/** Words with equal neighbours counted. */
export function counted(words: readonly string[]): readonly string[] {
  return runsOf(words, (a, b) => a === b)
    .map(({ 0: word = "", length }) => length === 1 ? word : `${word} ×${length}`);
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
      return isLight(part) ? [] : [typeName(part)];
    case "fork":
      return part.meaning.attention ? ["attention"] : [part.merge];
    case "named":
      return [withoutNumber(lastOf(part.path))];
  }
}

/** The convolutions of the branch that has the most of them. */
function longestPath(part: Plan): readonly LayerPlan[] {
  switch (part.kind) {
    case "layer":
      return kindOf(part) === "convolution" ? [part] : [];
    case "chain":
      return part.parts.flatMap(longestPath);
    case "named":
      return longestPath(part.body);
    case "fork":
      return part.branches.map(longestPath)
        .reduce((longest, path) => path.length > longest.length ? path : longest, []);
  }
}

function convolution(layer: LayerPlan): string {
  const sight = layer.meaning.sight(layer.input, layer.output);
  return sight?.sees === "window" ? windowWords(sight.kernel, sight.stride) : "";
}
