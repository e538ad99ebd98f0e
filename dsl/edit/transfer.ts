/**
 * The weights of one network for another whose paths differ: after an edit, for
 * a part of a larger network, or for another head. What finds no place, and
 * what is left without weights, is a problem unless it is asked for.
 */
import { expectAll, OPTIONS, optionsOf, TENSORS, type Wanted } from "../problem/expect.ts";
import { checkArgument, type HostTensor, type Tensors } from "../graph/tensors.ts";
import { agree } from "../net/shape.ts";
import { type NamedParameter, parametersOf } from "../plan/parameters.ts";
import type { Plan } from "../plan/plan.ts";
import type { Problem } from "../problem/problem.ts";
import { left, type Result, right } from "../problem/result.ts";
import { suggest } from "../problem/suggest.ts";

/** How weights are taken over. */
export interface TransferOptions {
  /**
   * The new path of each part or parameter whose path changes, with all that
   * it holds; null leaves its weights out. The longest path that fits decides.
   */
  readonly map?: Readonly<Record<string, string | null>>;
  /** The weights of parameters to which nothing is taken, such as `initialParameters(to, seed)`. */
  readonly rest?: Tensors;
}

const MAP: Wanted = {
  fits: (value) =>
    OPTIONS.fits(value) &&
    Object.values(Object(value)).every((place) => place === null || typeof place === "string"),
  wanted: "an object of paths by paths, or null for what is left out",
  hint: 'such as { conv1: "stem", dense1: null }',
};
const REST_HINT = "give a map of tensors, such as initialParameters(to, 1)";

/**
 * Tensors by the paths of one network as the parameters of another. What an
 * optimiser keeps (names that begin with `@`) is left behind.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, initialParameters, orThrow, plan, rename, transferWeights } from "@netfold/netfold";
 * import { conv, dense, flatten } from "@netfold/netfold/layers";
 *
 * const before = chain(conv(8), flatten(), dense(10));
 * const weights = initialParameters(orThrow(plan(before, [4, 4, 3])), 1);
 * const after = orThrow(plan(orThrow(rename(before, "conv1", "stem")), [4, 4, 3]));
 * const moved = orThrow(transferWeights(weights, after, { map: { conv1: "stem" } }));
 * assertEquals(moved.get("stem.kernel"), weights.get("conv1.kernel"));
 * ```
 */
export function transferWeights(
  from: Tensors,
  to: Plan,
  options: TransferOptions = {},
): Result<Tensors> {
  const { map, rest } = optionsOf(options, { map: {}, rest: new Map() });
  expectAll({ map: [map, MAP], rest: [rest, { ...TENSORS, hint: REST_HINT }] });
  checkArgument(from, "from", "take");
  checkArgument(rest, "rest", "take");
  const names = [...from.keys()].filter((name) => !name.startsWith("@"));
  const places = names.flatMap((name) => {
    const place = placeOf(name, map);
    return place === null ? [] : [[name, place] as const];
  });
  const { pairs, lost, homeless } = matchWeights(from, places, to);
  const given = lost.map((parameter) => ({ ...parameter, tensor: rest.get(parameter.path) }));
  const all = [...pairs, ...given];
  const problems = [
    ...unusedEntries(names, map),
    ...homeless.map(([name, place]) =>
      problemOf(name, {
        code: "tensor-without-place",
        rule: "every tensor needs a place",
        got: place,
        wanted: "the path of a parameter",
        hint: `name its place in map, or leave it out: ${JSON.stringify({ [name]: null })}`,
      })
    ),
    ...given.filter(({ tensor }) => tensor === undefined).map(({ path }) =>
      problemOf(path, {
        code: "parameter-missing",
        rule: "every parameter needs a tensor",
        got: "nothing",
        wanted: "a tensor by this path or by map",
        hint: "give weights for it as rest, such as initialParameters(to, 1)",
      })
    ),
    ...all.flatMap(({ path, shape, tensor }) =>
      tensor === undefined || agree(tensor.shape, shape) ? [] : [problemOf(path, {
        code: "tensor-shape",
        rule: "every tensor must have its parameter's shape",
        got: `[${tensor.shape.join(", ")}]`,
        wanted: `[${shape.join(", ")}]`,
        hint: "leave it out by null in map, and give weights for it as rest",
      })]
    ),
  ];
  if (problems.length > 0) return left(problems);
  const found = new Map(all.map(({ path, tensor }) => [path, tensor]));
  return right(
    new Map(
      parametersOf(to).flatMap(({ path }): readonly [string, HostTensor][] => {
        const tensor = found.get(path);
        return tensor === undefined ? [] : [[path, tensor]];
      }),
    ),
  );
}

/** Where a tensor belongs: by the longest path in the map that it begins with, else where it is. */
function placeOf(name: string, map: NonNullable<TransferOptions["map"]>): string | null {
  const key = Object.keys(map).filter((path) => isWithin(name, path))
    .reduce((a, b) => b.length >= a.length ? b : a, "");
  const place = Object.hasOwn(map, key) ? map[key] : undefined;
  if (place === undefined) return name;
  if (place === null) return null;
  return [place, name.slice(key.length).replace(/^\./, "")].filter((part) => part !== "").join(".");
}

function isWithin(name: string, path: string): boolean {
  return path === "" || name === path || name.startsWith(`${path}.`);
}

function unusedEntries(names: readonly string[], map: object): readonly Problem[] {
  return Object.keys(map).filter((path) => !names.some((name) => isWithin(name, path)))
    .map((path) => {
      const near = suggest(path, names.flatMap((name) => [name, name.replace(/\.[^.]*$/, "")]));
      return problemOf(path, {
        code: "unknown-path",
        rule: "a map names parts that have weights",
        got: JSON.stringify(path),
        wanted: "the path of a part or of a parameter",
        hint: near === undefined ? "" : `did you mean ${JSON.stringify(near)}?`,
      });
    });
}

function problemOf(path: string, words: Omit<Problem, "path" | "layer">): Problem {
  return { path, layer: "weights", ...words };
}

/** A parameter, and the tensor that belongs there. */
export interface WeightPair extends NamedParameter {
  /** The tensor's own name. */
  readonly name: string;
  readonly tensor: HostTensor;
}

/** Tensors and parameters that belong together, and what of either is alone. */
export interface WeightMatch {
  /** In the network's order. */
  readonly pairs: readonly WeightPair[];
  /** Parameters without a tensor. */
  readonly lost: readonly NamedParameter[];
  /** Tensors without a parameter: their names and their places. */
  readonly homeless: readonly (readonly [name: string, place: string])[];
}

/** Brings tensors and the parameters of a network together, by the place of each tensor's name. */
export function matchWeights(
  tensors: Tensors,
  places: readonly (readonly [name: string, place: string])[],
  to: Plan,
): WeightMatch {
  const names = new Map(places.map(([name, place]) => [place, name]));
  const wanted = parametersOf(to);
  const pairs = wanted.flatMap((parameter): readonly WeightPair[] => {
    const name = names.get(parameter.path);
    const tensor = name === undefined ? undefined : tensors.get(name);
    return name === undefined || tensor === undefined ? [] : [{ ...parameter, name, tensor }];
  });
  const taken = new Map(pairs.map(({ path, name }) => [path, name]));
  return {
    pairs,
    lost: wanted.filter(({ path }) => !taken.has(path)),
    homeless: places.filter(([name, place]) => taken.get(place) !== name),
  };
}
