/**
 * Initial values. Each parameter draws from a key of its own, derived from the seed and its path,
 * so adding a layer elsewhere does not change it.
 *
 * He: deviation sqrt(2 / fan in). Glorot: bound sqrt(6 / (fan in + fan out)).
 */
import { expected, misfit, OPTIONS, optionsOf, WHOLE } from "../problem/expect.ts";
import { show } from "../problem/show.ts";
import { type Graph, judgedGraph } from "../graph/graph.ts";
import { checkArgument, checkTensor, type HostTensor, type Tensors } from "../graph/tensors.ts";
import { type NamedParameter, parametersOf } from "../plan/parameters.ts";
import type { Parameter } from "../plan/rule.ts";
import type { Plan } from "../plan/plan.ts";
import { type Key, normals, seedKey, split, uniforms } from "./random.ts";
import { sameShape, sizeOf } from "../net/shape.ts";
import { closest } from "../problem/suggest.ts";
import { defined } from "../problem/defined.ts";
import type { Problem } from "../problem/problem.ts";
import { orThrow, ProblemError } from "../problem/throw.ts";
import { type AnyStart, startOf } from "./initializers.ts";
import { pathPattern } from "./optimizers/groups.ts";
import { OPTIMIZER_PREFIX } from "./optimizers/optimizer.ts";

/** A parameter's initial values. */
function initialValues(parameter: Parameter, key: Key): Float32Array {
  const { fanIn, fanOut, shape, initializer } = parameter;
  const size = sizeOf(shape);
  if (typeof initializer === "number") return new Float32Array(size).fill(initializer);
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

/** How parameters start that do not start as their layers say. */
export interface InitialOptions {
  /** Initialisers by the paths of parameters, the first that fits decides; `*` is any part of a name. */
  readonly starts?: Readonly<Record<string, AnyStart>>;
  /** A batch of the network's input, `[n, h, w, c]`, for initialisers that look at data. */
  readonly sample?: HostTensor;
}

/**
 * The parameters of a network as they are before training, from a seed.
 *
 * @throws {ProblemError} When an initialiser is none, there is no parameter for it, or it gives
 * something else than its parameter's values.
 * @example The first filters whiten the data, and the last layer starts at zero
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, initialParameters, orThrow, plan, whitening, zeros } from "@netfold/netfold";
 * import { conv, dense, flatten } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(chain(conv(24, { kernel: 2 }), flatten(), dense(10)), [8, 8, 3]));
 * const data = Float32Array.from({ length: 4 * 8 * 8 * 3 }, (_, i) => Math.sin(i * i));
 * const starts = { "conv1.kernel": whitening(), "dense1.kernel": zeros() };
 * const sample = { shape: [4, 8, 8, 3], data };
 * const parameters = initialParameters(planned, 0, { starts, sample });
 * assertEquals(parameters.get("dense1.kernel")?.data[0], 0);
 * ```
 */
export function initialParameters(
  plan: Plan,
  seed: number,
  options: InitialOptions = {},
): Tensors {
  const { starts, sample } = optionsOf(options, { starts: {}, sample: undefined });
  expected(seed, WHOLE);
  expected(starts, { ...OPTIONS, wanted: "initialisers by the paths of parameters" }, "starts");
  if (sample !== undefined) checkTensor("sample", sample);
  const key = split(seedKey(seed), "parameters");
  const parameters = parametersOf(plan);
  const own = Object.entries(starts).map(([path, given]) => (
    { path, pattern: pathPattern(path), start: orThrow(startOf(given, path)) }
  ));
  const mine = new Map(
    parameters.map(({ path }) => [path, own.find(({ pattern }) => pattern.test(path))]),
  );
  for (const entry of own) {
    if ([...mine.values()].includes(entry)) continue;
    const hiding = parameters.filter(({ path }) => entry.pattern.test(path))
      .map(({ path }) => mine.get(path)?.path);
    throw new ProblemError([
      hiding.length > 0
        ? hidden(entry.path, hiding)
        : noParameter(entry.path, parameters.map(({ path }) => path)),
    ]);
  }
  return new Map(
    parameters.map((parameter): [string, HostTensor] => {
      const { path, shape } = parameter;
      const drawn = split(key, path);
      const usual = () => initialValues(parameter, drawn);
      const start = mine.get(path)?.start;
      if (start === undefined) return [path, { shape, data: usual() }];
      const site = { parameter, key: drawn, usual, ...defined({ sample }) };
      return [path, { shape, data: begun(parameter, start.kind, start.values(site)) }];
    }),
  );
}

/** What an initialiser gave, once it is a number for each of the parameter's. */
function begun({ path, shape }: NamedParameter, kind: string, values: unknown): Float32Array {
  const count = sizeOf(shape);
  const isList = values instanceof Float32Array && values.length === count;
  if (isList && values.every(Number.isFinite)) return values;
  const wrong = values instanceof Float32Array
    ? isList ? "numbers that are not finite" : `${values.length} numbers`
    : show(values);
  throw new ProblemError([{
    path,
    layer: "initializer",
    code: "invalid-start",
    rule: "an initialiser must give the first values of its parameter",
    got: `${kind} gives ${wrong}`,
    wanted: `a Float32Array of ${count} finite numbers, of shape [${shape.join(", ")}]`,
    hint: "usual() gives as many as there must be",
  }]);
}

function hidden(path: string, hiding: readonly (string | undefined)[]): Problem {
  const before = [...new Set(hiding)].map((each) => JSON.stringify(each)).join(", ");
  return {
    path,
    layer: "initializer",
    code: "hidden-initializer",
    rule: "an initialiser must have a parameter that none before it has",
    got: `${JSON.stringify(path)} after ${before}`,
    wanted: "a parameter that is left",
    hint: "put it before the others, or leave it out",
  };
}

function noParameter(path: string, known: readonly string[]): Problem {
  return {
    path,
    layer: "initializer",
    code: "unknown-parameter",
    rule: "an initialiser must belong to a parameter",
    got: path,
    wanted: "the path of a parameter, or how it begins",
    hint: closest(path, known, "parametersOf(plan) lists them"),
  };
}

/**
 * The state with which a program starts: the parameters, and zeros for what an optimiser keeps.
 *
 * @throws {ProblemError} When a parameter is missing or has not the program's shape.
 */
export function initialState(graph: Graph, parameters: Tensors): Tensors {
  judgedGraph(graph);
  checkArgument(parameters, "parameters", "take");
  return new Map(graph.state.map(({ name, before }): [string, HostTensor] => {
    const shape = graph.shapes[before] ?? [];
    const given = parameters.get(name);
    if (given !== undefined && sameShape(given.shape, shape)) return [name, given];
    if (given === undefined && name.startsWith(OPTIMIZER_PREFIX)) {
      return [name, { shape, data: new Float32Array(sizeOf(shape)) }];
    }
    const wanted = `a tensor ${JSON.stringify(name)} of [${shape.join(", ")}]`;
    const got = given === undefined ? "none" : `[${given.shape.join(", ")}]`;
    throw misfit(
      `the program needs ${wanted}, not ${got}`,
      got,
      wanted,
    );
  }));
}
