/** The facets for PyTorch of a plan's layers and merges, and the problems of those that have none. */
import { type Leaf, leaves } from "../../plan/fold.ts";
import type { TorchCode, TorchMerge } from "../../plan/facets.ts";
import type { ForkPlan, LayerPlan, Plan } from "../../plan/plan.ts";
import { showShape } from "../../net/shape.ts";
import type { Problem } from "../../problem/problem.ts";

/** A problem for each layer type and merge that does not say what it is in PyTorch. */
export function withoutTorch(plan: Plan): readonly Problem[] {
  const lacking = leaves(plan).filter((leaf) => facetOf(leaf) === undefined);
  return lacking.map((leaf): Problem => {
    const layer = leaf.kind === "layer" ? leaf.layer.type : leaf.merge;
    return {
      path: leaf.path,
      layer,
      code: "no-facet",
      rule: `the ${leaf.kind === "layer" ? "layer" : "merge"} must say what it is in PyTorch`,
      got: "a rule without `torch`",
      wanted: "the code that makes it and applies it",
      hint: `add \`torch\` to the rule of ${layer}, or export ONNX, which needs no more`,
    };
  });
}

/**
 * A problem for each layer of a shared part that is another in PyTorch at another of its places,
 * where a map of another size needs another border, say: the module is made once.
 */
export function unlikeInTorch(plan: Plan): readonly Problem[] {
  const layers = leaves(plan).filter((leaf) => leaf.kind === "layer");
  const first = new Map(layers.map((layer) => [layer.path, layer]));
  return layers.filter((layer) => {
    const home = layer.home === undefined ? undefined : first.get(layer.home);
    return home !== undefined && codeText(home) !== codeText(layer);
  }).map(({ path, layer, home = path, input }): Problem => ({
    path,
    layer: layer.type,
    code: "shared-differs",
    rule: "a shared part is one module in PyTorch, the same at each of its places",
    got: `another form of ${home} for an input of ${showShape(input)}`,
    wanted: `an input as at its first place, ${showShape(first.get(home)?.input ?? [])}`,
    hint: "bring the maps to one size before the shared part, or export ONNX",
  }));
}

function codeText(layer: LayerPlan): string {
  const { makes, applies } = torchOf(layer);
  return JSON.stringify([makes, applies("own", "x")]);
}

/** What a layer is in PyTorch. */
export function torchOf(plan: LayerPlan): TorchCode {
  return plan.meaning.torch(plan) ?? lacking(plan);
}

/** What a merge is in PyTorch. */
export function mergeOf(plan: ForkPlan): TorchMerge {
  return plan.meaning.torch ?? lacking(plan);
}

function facetOf(leaf: Leaf): TorchCode | TorchMerge | undefined {
  return leaf.kind === "layer" ? leaf.meaning.torch(leaf) : leaf.meaning.torch;
}

function lacking({ path }: Leaf): never {
  throw new TypeError(`${path} has no facet for PyTorch, which withoutTorch() should have told`);
}
