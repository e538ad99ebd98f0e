/**
 * A state dict as the weights of a network: every tensor in its place and in
 * netfold's layout, or what keeps them from it.
 */
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { leaves } from "../../dsl/plan/fold.ts";
import { matchWeights, type WeightPair } from "../../dsl/edit/transfer.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { left, type Problem, type Result, right } from "../fp.ts";
import { agree, type Shape } from "../../dsl/net/shape.ts";
import { placesOf } from "./places.ts";

/**
 * The weights of a planned network from a state dict. Of each kind of problem
 * the first is told, in the network's order; `path` is the file's.
 */
export function weightsFrom(stateDict: Tensors, planned: Plan, path: string): Result<Tensors> {
  // What counts batches is a number like others in some files.
  const given = new Map([...stateDict].filter(([name]) => !name.endsWith(".num_batches_tracked")));
  const places = [...placesOf([...given.keys()], planned)];
  const { pairs, lost, homeless } = matchWeights(given, places, planned);
  const isOurs = pairs.every(({ name, path, shape, tensor }) =>
    name === path && agree(tensor.shape, shape)
  );
  const problems = [
    ...first(lost, ({ path }, more) => ({
      code: "parameter-missing",
      rule: "every parameter needs a tensor",
      got: "nothing",
      wanted: `${path}${more}`,
    })),
    ...first(homeless, ([name], more) => ({
      code: "tensor-without-place",
      rule: "every tensor needs a place",
      got: `${name}${more}`,
      wanted: "no tensor beyond the network's",
    })),
    ...first(isOurs ? [] : pairs.filter(isOther), ({ name, tensor, shape, path }, more) => ({
      code: "tensor-shape",
      rule: "every tensor must have its parameter's shape",
      got: `${name} of [${tensor.shape.join(", ")}]${more}`,
      wanted: `[${torchShape(shape).join(", ")}] for ${path}`,
    })),
  ].map((words): Problem => ({ path, layer: "state dict", ...words, hint: HINT }));
  if (problems.length > 0) return left(problems);
  const maps = flattenedMaps(planned);
  return right(
    new Map(pairs.map((pair) => [pair.path, isOurs ? pair.tensor : toNetfold(pair, maps)])),
  );
}

const HINT =
  "name the network whose weights these are; --classes and --input change one of the zoo";

/** The problem of the first of them, which also says how many more there are. */
function first<A>(
  list: readonly A[],
  words: (one: A, more: string) => Pick<Problem, "code" | "rule" | "got" | "wanted">,
): readonly Pick<Problem, "code" | "rule" | "got" | "wanted">[] {
  const more = list.length < 2 ? "" : `, and ${list.length - 1} more`;
  return list.slice(0, 1).map((one) => words(one, more));
}

/** netfold's shape in PyTorch's layout: HWIO is OIHW, IO is OI. */
function torchShape(shape: Shape): Shape {
  return [...shape.slice(-2).toReversed(), ...shape.slice(0, -2)];
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
