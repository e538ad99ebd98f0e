/**
 * A state dict as the weights of a network: every tensor in its place and in
 * netfold's layout, or what keeps them from it.
 */
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { matchWeights, type WeightPair } from "../../dsl/edit/transfer.ts";
import { parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { E, left, pipe, type Problem, problemAt, type Result, right } from "../fp.ts";
import { agree } from "../../dsl/net/shape.ts";
import { type Flattened, flattenedOrders } from "./flattened.ts";
import { isShapeOf, torchShape } from "./names.ts";
import { flattensByRows, isRemark, ownPlaces } from "./own_module.ts";
import { areLayersNamed, type Places, placesOf } from "./places.ts";
import { PROGRAM } from "../program_name.ts";

export interface WeightsOptions {
  /** Whether the order of the tensors is that of the layers; it is by default. */
  readonly isOrdered?: boolean;
  /** The names of what stands beside the floats. */
  readonly beside?: readonly string[];
}

/**
 * The weights of a planned network from a state dict. Of each kind of problem
 * the first is told, in the network's order; `path` is the file's.
 */
export function weightsFrom(
  stateDict: Tensors,
  planned: Plan,
  path: string,
  { isOrdered = true, beside = [] }: WeightsOptions = {},
): Result<Tensors> {
  const given = withoutRemarks(stateDict);
  const isOwn = ownPlaces(given, planned) !== undefined &&
    flattensByRows([...stateDict.keys(), ...beside], planned);
  return pipe(
    placesOf(given, planned, { path, isOrdered }),
    E.flatMap((places) => placed(given, places, planned, { path, isOwn })),
  );
}

/** Whether every tensor's name says to which layer of a network it belongs. */
export function areNamed(tensors: Tensors, planned: Plan): boolean {
  return areLayersNamed(withoutRemarks(tensors), planned);
}

/** Whether every parameter of a network finds a tensor of its shape, and every tensor a parameter. */
export function areWeightsOf(
  planned: Plan,
  tensors: Tensors,
  { isOrdered = true }: WeightsOptions = {},
): boolean {
  const given = withoutRemarks(tensors);
  if (given.size !== parametersOf(planned).length) return false;
  const places = placesOf(given, planned, { path: "", isOrdered });
  // More than one order is a question that the network's own state dict raises.
  if (places._tag === "Left") return true;
  const { pairs, lost, homeless } = matchWeights(given, [...places.right], planned);
  return lost.length === 0 && homeless.length === 0 && (areOurs(pairs) || !pairs.some(isOther));
}

/** Without what nothing is learnt of, which is a number like others in some files. */
function withoutRemarks(tensors: Tensors): Tensors {
  return new Map([...tensors].filter(([name]) => !isRemark(name)));
}

/** The tensors in their places; `isOwn` when they are of the network's own module. */
function placed(
  given: Tensors,
  places: Places,
  planned: Plan,
  { path, isOwn }: { readonly path: string; readonly isOwn: boolean },
): Result<Tensors> {
  const { pairs, lost, homeless } = matchWeights(given, [...places], planned);
  const isOurs = areOurs(pairs);
  const { orders, unclear } = isOwn ? OWN : flattenedOrders(planned);
  const problems = [
    ...first(isTheirs(pairs) ? unclear : [], ({ path, layer }, more) => ({
      code: "unknown-layout",
      rule: "the layout of the layer's parameters in PyTorch must be known",
      got: `${path} (${layer.type})${more}`,
      wanted: "a layer that sees a map, or a flattened map in an order that can be followed",
      hint:
        `load them into the module of ${PROGRAM} export NET --format torch, in Python, and save_netfold(network, FILE)`,
    })),
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
  return right(
    new Map(pairs.map((pair) => [pair.path, isOurs ? pair.tensor : toNetfold(pair, orders)])),
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

/** The network's own module flattens as the network does. */
const OWN: Flattened = { orders: new Map(), unclear: [] };

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

/** Whether some names are not those of the network's own module. */
function isTheirs(pairs: readonly WeightPair[]): boolean {
  return pairs.some(({ name, path }) => name !== path);
}

function isOther({ tensor, shape }: WeightPair): boolean {
  return !isShapeOf(tensor.shape, torchShape(shape));
}

/**
 * A tensor of PyTorch's in netfold's layout: output, input, place become place, input, output; what
 * belongs to the numbers of a flattened map comes into netfold's order, but not from the module of
 * the network itself, which flattens as netfold does.
 */
function toNetfold(
  { name, path, shape, tensor: { data } }: WeightPair,
  orders: ReadonlyMap<string, Uint32Array>,
): HostTensor {
  const order = name === path ? undefined : orders.get(path);
  if (shape.length < 2) return { shape, data: inOrder(data, order) };
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const places = data.length / inputs / outputs;
  const out = new Float32Array(data.length);
  let at = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let place = 0; place < places; place++) {
        out[(place * inputs + input) * outputs + output] = data[at++] ?? NaN;
      }
    }
  }
  return { shape, data: inOrder(out, order) };
}

/** The rows of a tensor, each from the place that the order says. */
function inOrder(data: Float32Array, order: Uint32Array | undefined): Float32Array {
  if (order === undefined) return data;
  const row = data.length / order.length;
  const out = new Float32Array(data.length);
  order.forEach((from, to) => out.set(data.subarray(from * row, (from + 1) * row), to * row));
  return out;
}
