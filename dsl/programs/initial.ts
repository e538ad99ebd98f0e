/**
 * Initial values. Each parameter draws from a key of its own, derived from the
 * seed and its path, so adding a layer elsewhere does not change it.
 *
 * He: deviation sqrt(2 / fan in). Glorot: bound sqrt(6 / (fan in + fan out)).
 */
import type { HostTensor, Tensors } from "../graph/tensors.ts";
import { parametersOf } from "../plan/parameters.ts";
import type { Parameter } from "../plan/rule.ts";
import type { Plan } from "../plan/plan.ts";
import { type Key, normals, seedKey, split, uniforms } from "./random.ts";
import { sizeOf } from "../net/shape.ts";
import type { Graph } from "../graph/graph.ts";
import { OPTIMIZER_PREFIX } from "./optimizer.ts";

/** A parameter's initial values. */
export function initialValues(parameter: Parameter, key: Key): Float32Array {
  const { fanIn, fanOut, shape, initializer } = parameter;
  const size = sizeOf(shape);
  switch (initializer) {
    case "zeros":
      return new Float32Array(size);
    case "ones":
      return new Float32Array(size).fill(1);
    case "he-normal":
      return normals(key, size).map((x) => x * Math.sqrt(2 / fanIn));
    case "he-uniform":
      return uniforms(key, size).map((x) => (2 * x - 1) * Math.sqrt(6 / fanIn));
    case "glorot-uniform":
      return uniforms(key, size).map((x) => (2 * x - 1) * Math.sqrt(6 / (fanIn + fanOut)));
  }
}

/** The parameters of a network as they are before training, from a seed. */
export function initialParameters(plan: Plan, seed: number): Tensors {
  const key = split(seedKey(seed), "parameters");
  return new Map(
    parametersOf(plan).map((parameter): [string, HostTensor] => {
      const data = initialValues(parameter, split(key, parameter.path));
      return [parameter.path, { shape: parameter.shape, data }];
    }),
  );
}

/**
 * The state with which a program starts: the parameters, and zeros for what an
 * optimiser keeps.
 *
 * @throws {RangeError} When a parameter is missing or has not the program's shape.
 */
export function initialState(graph: Graph, parameters: Tensors): Tensors {
  return new Map(graph.state.map(({ name, before }): [string, HostTensor] => {
    const shape = graph.shapes[before] ?? [];
    const given = parameters.get(name);
    if (given?.shape.join() === shape.join()) return [name, given];
    if (given === undefined && name.startsWith(OPTIMIZER_PREFIX)) {
      return [name, { shape, data: new Float32Array(sizeOf(shape)) }];
    }
    throw new RangeError(
      `The program needs a tensor ${JSON.stringify(name)} of [${shape.join(", ")}], not ${
        given === undefined ? "none" : `[${given.shape.join(", ")}]`
      }`,
    );
  }));
}
