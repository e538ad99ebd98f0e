/** A program with its state on an engine, for as long as it is needed. */
import {
  expectAll,
  expected,
  fieldsOf,
  FUNCTION,
  TENSORS,
  type Wanted,
} from "../problem/expect.ts";
import { GRAPH, type Graph } from "../graph/graph.ts";
import type { Tensors } from "../graph/tensors.ts";
import type { DeviceState, Engine, Program } from "./engine.ts";

/** An engine, of which a value that came from anywhere has what is used here. */
export const ENGINE: Wanted = fieldsOf(
  ["load", "upload", "free", "backend", "description"],
  "an engine",
  "open one: openEngine({}, { onNote })",
);
const LOADED = fieldsOf(["engine", "program", "state"], "a program with its state on an engine");

const RUN = fieldsOf(
  ["outputs", "state"],
  "what a run gives: { outputs, state }",
  "mend `run` of the engine's program",
);

/** A program with its state on the device. */
export interface Loaded {
  /** The engine. */
  readonly engine: Engine;
  /** The program. */
  readonly program: Program;
  /** Its parameters. */
  readonly state: DeviceState;
}

/** Works with a graph and its tensors on an engine, and gives back what they hold on the device. */
export async function withLoaded<A>(
  engine: Engine,
  graph: Graph,
  tensors: Tensors,
  work: (loaded: Loaded) => Promise<A>,
): Promise<A> {
  expectAll({
    engine: [engine, ENGINE],
    graph: [graph, GRAPH],
    tensors: [tensors, TENSORS],
    work: [work, FUNCTION],
  });
  const program = engine.load(graph);
  const state = engine.upload(tensors);
  try {
    return await work({ engine, program, state });
  } finally {
    engine.free(state);
    program.dispose();
  }
}

/** What a program gives for inputs, each output by its name. */
export async function outputsOf(
  loaded: Loaded,
  inputs: Readonly<Record<string, Float32Array>>,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { engine, program, state } = expected(loaded, LOADED, "loaded");
  const { outputs, state: after } = expected(program.run(state, inputs), RUN, "run");
  engine.free(after);
  const read = Object.entries(outputs).map(async ([name, numbers]) =>
    [name, await numbers()] as const
  );
  return new Map(await Promise.all(read));
}
