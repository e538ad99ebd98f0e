/**
 * A program with its weights settled, to be written down once: what depends on
 * weights alone becomes a weight, weights that nothing reads are gone, and
 * every operation stands under the path of its own layer. A kernel with a batch
 * norm folded into it keeps the kernel's name; what a batch norm adds to it is
 * the layer's `bias`. A batch norm that stands alone has `scale` and `shift`.
 */
import type { Graph, Node, StateSlot, ValueId } from "./graph.ts";
import { removeDead } from "./rewrite.ts";
import { steadyValues } from "./steady.ts";
import type { HostTensor, Tensors } from "./tensors.ts";

/** A program that reads these weights and no other state. */
export interface Settled {
  readonly graph: Graph;
  /** The weights by their names in the program. */
  readonly weights: Tensors;
}

/**
 * Settles the weights of a program that only reads its state.
 *
 * @throws {RangeError} When a tensor of the state is missing.
 */
export function settled(graph: Graph, state: Tensors): Settled {
  const apart = withActivationsApart(graph);
  const constants = apart.nodes.filter(({ op }) => op.op === "constant");
  const values = new Map(steadyValues(apart, state));
  // No weights: formats repeat a number by themselves.
  for (const { results } of constants) results.forEach((value) => values.delete(value));
  const nodes = apart.nodes.filter(({ results }) => !results.every((value) => values.has(value)));
  const program = removeDead({ ...apart, nodes });
  const slots: StateSlot[] = [];
  const weights = new Map<string, HostTensor>();
  for (const [value, name] of namesOf(apart, program.nodes, values)) {
    const tensor = values.get(value) ?? state.get(name);
    if (tensor === undefined) throw new RangeError(`The state has no tensor "${name}"`);
    weights.set(name, tensor);
    slots.push({ name, before: value, after: value });
  }
  return { graph: { ...program, state: slots }, weights };
}

/**
 * Rectifiers as operations of their own, and every product under the path of
 * the layer whose kernel it has: folding left it under the path of the last
 * layer that went into it.
 */
function withActivationsApart(graph: Graph): Graph {
  const shapes = [...graph.shapes];
  const sources = sourcesOf(graph);
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const { op, inputs, results, origin } = node;
    const [, second = NaN] = inputs;
    switch (op.op) {
      case "matmul":
        return [{ ...node, origin: layerOf(sources.get(second), origin) }];
      case "conv2d":
      case "affine": {
        const home = layerOf(sources.get(second), origin);
        if (op.activation === "none") return [{ ...node, origin: home }];
        const value = shapes.push(graph.shapes[results[0] ?? NaN] ?? []) - 1;
        return [
          { op: { ...op, activation: "none" }, inputs, results: [value], origin: home },
          { op: { op: "relu" }, inputs: [value], results, origin },
        ];
      }
      default:
        return [node];
    }
  });
  return { ...graph, shapes, nodes };
}

/**
 * The tensor of the state that a value is made of, for all values that are made
 * of state alone: the first operand's. A kernel times a factor is a kernel, and
 * a batch norm's factor is made of its own gamma or variance.
 */
function sourcesOf(graph: Graph): ReadonlyMap<ValueId, string | undefined> {
  const sources = new Map<ValueId, string | undefined>(
    graph.state.map(({ name, before }) => [before, name]),
  );
  for (const { inputs, results } of graph.nodes) {
    if (!inputs.every((value) => sources.has(value))) continue;
    const source = inputs.map((value) => sources.get(value)).find((name) => name !== undefined);
    for (const value of results) sources.set(value, source);
  }
  return sources;
}

/** The path of a parameter's layer. */
function layerOf(parameter: string | undefined, otherwise: string): string {
  return parameter === undefined
    ? otherwise
    : parameter.slice(0, Math.max(0, parameter.lastIndexOf(".")));
}

/** Names for the weights that nodes read, in the order in which they read them. */
function namesOf(
  graph: Graph,
  nodes: readonly Node[],
  values: ReadonlyMap<ValueId, unknown>,
): ReadonlyMap<ValueId, string> {
  const sources = sourcesOf(graph);
  const raw = new Map(graph.state.map(({ name, before }) => [before, name]));
  // A kernel's name is free for what it became, unless the kernel itself is read too.
  const taken = new Set(
    nodes.flatMap(({ inputs }) => inputs.flatMap((value) => raw.get(value) ?? [])),
  );
  const names = new Map<ValueId, string>();
  for (const node of nodes) {
    node.inputs.forEach((value, i) => {
      if (names.has(value)) return;
      const own = raw.get(value);
      if (own !== undefined) names.set(value, own);
      if (!values.has(value)) return;
      const name = unique(wantedName(node, i, sources.get(value)), taken);
      taken.add(name);
      names.set(value, name);
    });
  }
  return names;
}

/** What an operand that is computed of weights should be called. */
function wantedName({ op, origin }: Node, operand: number, source: string | undefined): string {
  const own = (what: string): string => origin === "" ? what : `${origin}.${what}`;
  switch (op.op) {
    case "conv2d":
    case "matmul":
      return operand === 1 && source !== undefined ? source : own("bias");
    case "affine":
      return own(operand === 1 ? "scale" : "shift");
    default:
      return own("constant");
  }
}

/** The name, with a number behind it when it is taken. */
export function unique(name: string, taken: { readonly has: (name: string) => boolean }): string {
  if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`${name}.${count}`)) count++;
  return `${name}.${count}`;
}
