/**
 * A state dict as the weights of a network: every tensor in its place and in
 * netfold's layout, or what keeps them from it.
 */
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { leaves } from "../../dsl/plan/fold.ts";
import { matchWeights, type WeightPair } from "../../dsl/edit/transfer.ts";
import { parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { E, left, pipe, type Problem, problemAt, type Result, right } from "../fp.ts";
import { agree, type Shape } from "../../dsl/net/shape.ts";
import { torchShape } from "./names.ts";
import { areLayersNamed, type Places, placesOf } from "./places.ts";

export interface WeightsOptions {
  /** Whether the order of the tensors is that of the layers; it is by default. */
  readonly isOrdered?: boolean;
}

/**
 * The weights of a planned network from a state dict. Of each kind of problem
 * the first is told, in the network's order; `path` is the file's.
 */
export function weightsFrom(
  stateDict: Tensors,
  planned: Plan,
  path: string,
  { isOrdered = true }: WeightsOptions = {},
): Result<Tensors> {
  const given = withoutCounters(stateDict);
  return pipe(
    placesOf(given, planned, { path, isOrdered }),
    E.flatMap((places) => placed(given, places, planned, path)),
  );
}

/** Whether every tensor's name says to which layer of a network it belongs. */
export function areNamed(tensors: Tensors, planned: Plan): boolean {
  return areLayersNamed(withoutCounters(tensors), planned);
}

/** Whether every parameter of a network finds a tensor of its shape, and every tensor a parameter. */
export function areWeightsOf(
  planned: Plan,
  tensors: Tensors,
  { isOrdered = true }: WeightsOptions = {},
): boolean {
  const given = withoutCounters(tensors);
  if (given.size !== parametersOf(planned).length) return false;
  const places = placesOf(given, planned, { path: "", isOrdered });
  // More than one order is a question that the network's own state dict raises.
  if (places._tag === "Left") return true;
  const { pairs, lost, homeless } = matchWeights(given, [...places.right], planned);
  return lost.length === 0 && homeless.length === 0 && (areOurs(pairs) || !pairs.some(isOther));
}

/** Without what counts batches, which is a number like others in some files. */
export function withoutCounters(tensors: Tensors): Tensors {
  return new Map([...tensors].filter(([name]) => isNoCounter(name)));
}

/** Whether a tensor's name is not that of a number of batches. */
export function isNoCounter(name: string): boolean {
  return !/(^|\.)num_batches_tracked$/.test(name);
}

function placed(given: Tensors, places: Places, planned: Plan, path: string): Result<Tensors> {
  const { pairs, lost, homeless } = matchWeights(given, [...places], planned);
  const isOurs = areOurs(pairs);
  const problems = [
    ...first(lost, ({ path }, more) => ({
      code: "parameter-missing",
      rule: "every parameter needs a tensor",
      got: "nothing",
      wanted: `${path}${more}`,
      hint: HINT,
    })),
    ...first(homeless, ([name], more) => ({
      code: "tensor-without-place",
      rule: "every tensor needs a place",
      got: `${name}${more}`,
      wanted: "no tensor beyond the network's",
      hint: HINT,
    })),
    ...first(isOurs ? [] : pairs.filter(isOther), ({ name, tensor, shape, path }, more) => ({
      code: "tensor-shape",
      rule: "every tensor must have its parameter's shape",
      got: `${name} of [${tensor.shape.join(", ")}]${more}`,
      wanted: `[${torchShape(shape).join(", ")}] for ${path}`,
      hint: HINT,
    })),
    ...first(pairs.flatMap(unusable), ({ name, number, rule, wanted }, more) => ({
      code: "weight-unusable",
      rule,
      got: `${number} in ${name}${more}`,
      wanted,
      hint: "import another checkpoint of the training",
    })),
  ].map((words): Problem => problemAt({ path, layer: "state dict", code: words.code }, words));
  if (problems.length > 0) return left(problems);
  const maps = flattenedMaps(planned);
  return right(
    new Map(pairs.map((pair) => [pair.path, isOurs ? pair.tensor : toNetfold(pair, maps)])),
  );
}

/** The first number of a tensor with which no network can compute. */
function unusable({ name, role, tensor: { data } }: WeightPair) {
  const isVariance = role === "running-variance";
  const number = data.find((value) => !Number.isFinite(value) || (isVariance && value < 0));
  if (number === undefined) return [];
  return Number.isFinite(number)
    ? [{ name, number, rule: "a variance is not below 0", wanted: "variances of at least 0" }]
    : [{ name, number, rule: "every weight must be a finite float32", wanted: "finite numbers" }];
}

const HINT =
  "name the network whose weights these are; --classes and --input change one of the zoo";

/** The problem of the first of them, which also says how many more there are. */
function first<A>(
  list: readonly A[],
  words: (one: A, more: string) => Omit<Problem, "path" | "layer">,
): readonly Omit<Problem, "path" | "layer">[] {
  const more = list.length < 2 ? "" : `, and ${list.length - 1} more`;
  return list.slice(0, 1).map((one) => words(one, more));
}

/** Whether names and layouts are netfold's own. */
function areOurs(pairs: readonly WeightPair[]): boolean {
  return pairs.every(({ name, path, shape, tensor }) =>
    name === path && agree(tensor.shape, shape)
  );
}

function isOther({ tensor, shape }: WeightPair): boolean {
  return !agree(tensor.shape, torchShape(shape));
}

/** The map that a dense layer sees flattened, by the name of its kernel. */
function flattenedMaps(planned: Plan): ReadonlyMap<string, Shape> {
  const maps = new Map<string, Shape>();
  let map: Shape | undefined;
  for (const leaf of leaves(planned)) {
    if (leaf.kind !== "layer") continue;
    if (leaf.layer.type === "flatten" && leaf.input.length === 3) map = leaf.input;
    if (leaf.layer.type !== "dense") continue;
    if (map !== undefined) maps.set(`${leaf.path}.kernel`, map);
    map = undefined;
  }
  return maps;
}

/**
 * A kernel of PyTorch's in netfold's layout: output, input, place become place, input, output. In a
 * dense layer on a flattened map PyTorch has a place for each pixel too, but not in the module of
 * the network itself, which flattens as netfold does.
 */
function toNetfold(
  { name, path, shape, tensor: { data } }: WeightPair,
  maps: ReadonlyMap<string, Shape>,
): HostTensor {
  if (shape.length < 2) return { shape, data };
  const [rows = 1, columns = 1] = shape.slice(-2);
  const inputs = (name === path ? undefined : maps.get(path))?.at(-1) ?? rows;
  const places = data.length / inputs / columns;
  const out = new Float32Array(data.length);
  let at = 0;
  for (let output = 0; output < columns; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let place = 0; place < places; place++) {
        out[(place * inputs + input) * columns + output] = data[at++] ?? NaN;
      }
    }
  }
  return { shape, data: out };
}
