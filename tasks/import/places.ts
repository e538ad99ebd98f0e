/**
 * Where the tensors of a state dict belong in a network: by name, as torchvision names ResNets,
 * ResNeXts, DenseNets and ConvNeXts or as the network itself does; else by the order of the layers, where the
 * network has one. Layers that follow one another have an order, those of branches side by side have
 * none.
 */
import { foldPlan, leaves, parametersAt } from "../../dsl/plan/fold.ts";
import type { LayerPlan, Plan } from "../../dsl/plan/plan.ts";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { left, type Problem, problemAt, type Result, right } from "../fp.ts";
import { isLike, knownLayers, placeIn } from "./names.ts";
import { ordersOf } from "./orders.ts";
import { ownPlaces } from "./own_module.ts";
import { blocksOf, inOrder, type TheirLayer, theirLayers } from "./their_layers.ts";

/** The network's name for each tensor; some may be names that it does not have. */
export type Places = ReadonlyMap<string, string>;

/**
 * The places of tensors, `path` is their file's. The order of the tensors counts when it is that of
 * the layers, `isOrdered`. Fails when they can be placed in more than one way.
 */
export function placesOf(
  tensors: Tensors,
  planned: Plan,
  { path, isOrdered }: { readonly path: string; readonly isOrdered: boolean },
): Result<Places> {
  const theirs = theirLayers(tensors);
  const layers = ourLayers(planned);
  const known = knownLayers(theirs, layers);
  const own = known.size === theirs.length ? undefined : ownPlaces(tensors, planned);
  if (own !== undefined) return right(own);
  const byName = placesIn(theirs, (layer) => known.get(layer.name));
  if (hasBranches(planned)) return right(byName);
  if (known.size === theirs.length) {
    // A module may call its layers as ours are called, and use them in another order.
    const named = layers.map((ours) => theirs.find(({ name }) => known.get(name) === ours));
    const follow = isOrdered && theirs.length === layers.length &&
      theirs.every((layer, i) => isLike(layer, layers[i]));
    const differs = theirs.some((layer, i) => layer !== named[i]);
    return follow && differs
      ? left([unclear(path, [theirs, named.flatMap((one) => one ?? [])], layers)])
      : right(byName);
  }
  const fits = (layer: TheirLayer, place: number): boolean => {
    const ours = layers[place];
    return (known.get(layer.name) ?? ours) === ours && isLike(layer, ours);
  };
  const blocks = blocksOf(theirs);
  const sorted = inOrder(blocks);
  const isTheirOrder = isOrdered && sorted.every((layer, i) => layer === theirs[i]);
  const areAll = theirs.length === layers.length;
  const inTheirOrder = isTheirOrder && areAll && theirs.every(fits);
  const { found, isWhole, longest } = inTheirOrder
    ? { found: [theirs], isWhole: true, longest: theirs }
    : ordersOf(blocks, layers.length, fits);
  const [one, other] = found;
  if (other !== undefined || (one !== undefined && !isWhole)) {
    return left([unclear(path, found, layers)]);
  }
  // Problems speak of the names when most are known, else of the order.
  if (one === undefined && 2 * known.size >= theirs.length) return right(byName);
  const order = one ?? [...longest, ...sorted.filter((layer) => !longest.includes(layer))];
  const places = new Map(order.map((layer, i) => [layer, layers[i]]));
  return right(placesIn(theirs, (layer) => places.get(layer)));
}

/** Whether every tensor's name says to which layer it belongs. */
export function areLayersNamed(tensors: Tensors, planned: Plan): boolean {
  const theirs = theirLayers(tensors);
  return knownLayers(theirs, ourLayers(planned)).size === theirs.length ||
    ownPlaces(tensors, planned) !== undefined;
}

function ourLayers(planned: Plan): readonly LayerPlan[] {
  return leaves(planned).filter((leaf): leaf is LayerPlan =>
    leaf.kind === "layer" && parametersAt(leaf).length > 0
  );
}

function placesIn(
  theirs: readonly TheirLayer[],
  layerOf: (layer: TheirLayer) => LayerPlan | undefined,
): Places {
  return new Map(theirs.flatMap((one) => {
    const layer = layerOf(one);
    return [...one.parts.keys()].map((part) => {
      const name = one.name === "" ? part : `${one.name}.${part}`;
      return [name, layer === undefined ? name : placeIn(layer, part)] as const;
    });
  }));
}

/** Whether layers with parameters stand side by side, in branches of a fork. */
function hasBranches(planned: Plan): boolean {
  type Seen = { readonly hasLayers: boolean; readonly areBeside: boolean };
  const any = (parts: readonly Seen[], areBeside: boolean): Seen => ({
    hasLayers: parts.some(({ hasLayers }) => hasLayers),
    areBeside: areBeside || parts.some((part) => part.areBeside),
  });
  return foldPlan<Seen>(planned, {
    layer: ({ parameters }) => ({ hasLayers: parameters.length > 0, areBeside: false }),
    chain: (parts) => any(parts, false),
    fork: (branches) => any(branches, branches.filter(({ hasLayers }) => hasLayers).length > 1),
  }).areBeside;
}

/** That layers can follow each other in several orders, from where the first two differ. */
function unclear(
  path: string,
  orders: readonly (readonly TheirLayer[])[],
  layers: readonly LayerPlan[],
): Problem {
  const [one = [], other = []] = orders;
  const from = other.length === 0 ? 0 : one.findIndex((layer, i) => layer !== other[i]);
  const shown = (order: readonly TheirLayer[]): string => {
    const names = order.slice(from, from + 8).map(({ name }) => name).join(", ");
    return order.length > from + 8 ? `${names} ...` : names;
  };
  return problemAt({ path, layer: "state dict", code: "unclear-order" }, {
    rule: "the order of the layers must be known",
    got: `${shown(one)}, or ${other.length === 0 ? "another order" : shown(other)}`,
    wanted: `one order of layers for ${layers[from]?.path ?? ""} and what follows it`,
    hint: "save the state dict by torch.save, which keeps the order of a network's layers, or " +
      "give its tensors the network's own names",
  });
}
