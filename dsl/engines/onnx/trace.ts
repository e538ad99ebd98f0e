/**
 * Running a graph in short stretches of nodes, to find the first result that
 * is not finite.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import { sizeOf } from "../../net/shape.ts";
import { drawMask } from "../dropout_mask.ts";
import type { NonFinite } from "../engine.ts";
import type { StateTensors } from "../state.ts";
import { emit } from "../../interpreters/onnx/emit.ts";
import { type Numbers, Session, type SessionHost } from "./session.ts";
import type { BlockTensor } from "./tensors.ts";
import { toNetfoldOrder } from "../../interpreters/onnx/layout.ts";

/** Nodes in a stretch: all their results are held at once. */
const STRETCH = 16;

type Inputs = Readonly<Record<string, Float32Array>>;

/** The first result that is not finite, if any. */
export async function traceGraph(
  graph: Graph,
  host: SessionHost,
  state: StateTensors<BlockTensor>,
  inputs: Inputs,
): Promise<NonFinite | undefined> {
  const values = new Map<ValueId, Float32Array>();
  for (const { name, before } of graph.state) {
    const tensor = state.get(name)?.tensor;
    if (tensor === undefined) continue;
    await tensor.block.ready;
    values.set(before, toNetfoldOrder(tensor.shape, tensor.numbers));
  }
  for (const { name, value } of graph.inputs) values.set(value, inputs[name] as Float32Array);
  for (let start = 0; start < graph.nodes.length; start += STRETCH) {
    const stretch = graph.nodes.slice(start, start + STRETCH);
    await runStretch({ graph, host, inputs }, stretch, values);
    const bad = firstBad(graph, stretch, values);
    if (bad !== undefined) return bad;
    forget(graph.nodes.slice(start + STRETCH), values);
  }
  return undefined;
}

interface Run {
  readonly graph: Graph;
  readonly host: SessionHost;
  readonly inputs: Inputs;
}

/** Runs some nodes, and adds their results to the values. */
async function runStretch(
  { graph, host, inputs }: Run,
  nodes: readonly Node[],
  values: Map<ValueId, Float32Array>,
): Promise<void> {
  const port = (value: ValueId) => ({ name: `v${value}`, value });
  const made = nodes.flatMap(({ results }) => results);
  const read = [...new Set(nodes.flatMap((node) => node.inputs))].filter((v) => !made.includes(v));
  const part: Graph = {
    ...graph,
    inputs: read.map(port),
    state: [],
    nodes,
    outputs: made.map(port),
  };
  const numbersOf = (value: ValueId, data: Float32Array): [string, Numbers] => [
    port(value).name,
    { shape: graph.shapes[value] ?? [], data },
  ];
  const emitted = emit(part, { own: true });
  const feeds = Object.fromEntries(read.map((v) => numbersOf(v, values.get(v) as Float32Array)));
  for (const { name, op, seed } of emitted.masks) {
    const seedName = graph.inputs.find(({ value }) => value === seed)?.name ?? "";
    feeds[name] = { shape: op.shape, data: drawMask(op, inputs[seedName]) };
  }
  for (const v of made) values.set(v, new Float32Array(sizeOf(graph.shapes[v] ?? [])));
  const fetches = Object.fromEntries(made.map((v) => numbersOf(v, values.get(v) as Float32Array)));
  const session = await Session.open(host, emitted);
  try {
    await session.run(feeds, fetches);
  } finally {
    await session.close();
  }
}

function firstBad(
  graph: Graph,
  nodes: readonly Node[],
  values: ReadonlyMap<ValueId, Float32Array>,
): NonFinite | undefined {
  for (const { op, origin, results } of nodes) {
    const bad = results.find((value) => !values.get(value)?.every(Number.isFinite));
    if (bad !== undefined) return { op: op.op, origin, shape: graph.shapes[bad] ?? [] };
  }
  return undefined;
}

/** Drops what no later node reads. */
function forget(later: readonly Node[], values: Map<ValueId, Float32Array>): void {
  const needed = new Set(later.flatMap(({ inputs }) => inputs));
  for (const value of values.keys()) if (!needed.has(value)) values.delete(value);
}
