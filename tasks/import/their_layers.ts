/**
 * A state dict as a tree of modules: what stands before the last dot of a tensor's name is its
 * layer, and every dot before it is a module within a module.
 */
import type { Tensors } from "../../dsl/graph/tensors.ts";
import type { Shape } from "../../dsl/net/shape.ts";

/** A layer, and the shapes of its parts by PyTorch's names of them. */
export interface TheirLayer {
  readonly name: string;
  readonly parts: ReadonlyMap<string, Shape>;
}

/** A layer, or a module with what it holds. */
export type Block =
  | { readonly name: string; readonly layer: TheirLayer }
  | { readonly name: string; readonly blocks: readonly Block[] };

/** Modules that are nested deeper are not told apart. */
const DEEPEST = 32;

/** The name before its last dot, and what is behind it. */
export function parted(name: string): readonly [layer: string, part: string] {
  const at = name.lastIndexOf(".");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}

/** The layers in the order in which they first appear. */
export function theirLayers(tensors: Tensors): readonly TheirLayer[] {
  const grouped = Map.groupBy([...tensors], ([name]) => parted(name)[0]);
  return [...grouped].map(([name, members]) => ({
    name,
    parts: new Map(members.map(([full, { shape }]) => [parted(full)[1], shape])),
  }));
}

/** The tree of modules, in the order in which they first appear. */
export function blocksOf(layers: readonly TheirLayer[], depth = 1): readonly Block[] {
  const moduleOf = ({ name }: TheirLayer): string => name.split(".").slice(0, depth).join(".");
  return [...Map.groupBy(layers, moduleOf)].flatMap(([name, members]): readonly Block[] => {
    const [layer, ...more] = members;
    if (layer !== undefined && more.length === 0) return [{ name, layer }];
    if (depth < DEEPEST) return [{ name, blocks: blocksOf(members, depth + 1) }];
    return members.map((layer) => ({ name: layer.name, layer }));
  });
}

/** The layers in the order of their modules; among those that are numbers alone the numbers count. */
export function inOrder(blocks: readonly Block[]): readonly TheirLayer[] {
  const numberOf = ({ name }: Block): number => Number(/(?:^|\.)(\d+)$/.exec(name)?.[1]);
  const isNumber = (block: Block): boolean => !Number.isNaN(numberOf(block));
  const numbers = blocks.filter(isNumber).toSorted((a, b) => numberOf(a) - numberOf(b)).values();
  return blocks.map((block) => isNumber(block) ? numbers.next().value ?? block : block)
    .flatMap((block) => "layer" in block ? [block.layer] : inOrder(block.blocks));
}
