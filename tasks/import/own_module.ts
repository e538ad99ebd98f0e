/**
 * The state dict of the module that netfold writes for PyTorch: a layer's tensors have PyTorch's
 * names, and a part in a row, `unit.2`, is netfold's `unit2`. Its kernels lie as PyTorch's do, but it
 * flattens maps row by row, of which a tensor of its own tells, for names alone do not.
 */
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { leaves } from "../../dsl/plan/fold.ts";
import { parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { channelsOf, sizeOf } from "../../dsl/net/shape.ts";
import { parted } from "./their_layers.ts";

/** What netfold may call a tensor of PyTorch's, by the last part of its name. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["weight", ["kernel", "gamma", "alpha"]],
  ["bias", ["bias", "beta"]],
  ["running_mean", ["mean"]],
  ["running_var", ["variance"]],
]);

/** The name by which a module tells that it flattens maps row by row. */
const BY_ROWS = /(^|\.)by_rows$/;

/** Whether a name in a state dict is that of a tensor with nothing learnt: a counter, or how maps are flattened. */
export function isRemark(name: string): boolean {
  return BY_ROWS.test(name) || /(^|\.)num_batches_tracked$/.test(name);
}

/**
 * The paths of tensors that are named as in the network's own module; undefined when one is not, or
 * when they are not all.
 */
export function ownPlaces(
  tensors: Tensors,
  planned: Plan,
): ReadonlyMap<string, string> | undefined {
  const paths = new Set(parametersOf(planned).map(({ path }) => path));
  const places = [...tensors.keys()].flatMap((name) => {
    const [row, part] = parted(name);
    const layer = row.replaceAll(/\.(\d+)(?=\.|$)/g, "$1");
    const words = WORDS.get(part) ?? [part];
    const path = words.map((word) => layer === "" ? word : `${layer}.${word}`)
      .find((path) => paths.has(path));
    return path === undefined ? [] : [[name, path] as const];
  });
  const isWhole = places.length === tensors.size && tensors.size === paths.size &&
    new Set(places.map(([, path]) => path)).size === paths.size;
  return isWhole ? new Map(places) : undefined;
}

/** Whether the names in a state dict tell that its module flattens maps as netfold does, or the network flattens none. */
export function flattensByRows(names: readonly string[], planned: Plan): boolean {
  return names.some((name) => BY_ROWS.test(name)) ||
    !leaves(planned).some((leaf) =>
      leaf.kind === "layer" && leaf.layer.type === "flatten" && hasOrder(leaf.input)
    );
}

/** Whether it matters in which order the numbers of a map are flattened. */
function hasOrder(input: readonly number[]): boolean {
  const channels = channelsOf(input);
  return input.length === 3 && channels > 1 && sizeOf(input) > channels;
}
