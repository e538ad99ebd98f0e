/** What every engine checks before it works: whether what it is given fits the graph. */
import { type Graph, judgedGraph } from "../graph/graph.ts";
import { expected, misfit, OPTIONS, type ProblemError, type Wanted } from "../problem/expect.ts";
import { show } from "../problem/show.ts";
import type { TensorShape } from "../graph/op.ts";
import { sameShape, sizeOf } from "../net/shape.ts";
import type { Held, StateTensors } from "./state.ts";

const STATE: Wanted = {
  fits: (value) => value instanceof Map,
  wanted: "the tensors of a state by name",
};

/** Text in quotes. */
export const quoted = (text: string): string => JSON.stringify(text);
/** A shape as it is written. */
export const shown = (shape: TensorShape): string => `[${shape.join(", ")}]`;

/**
 * Makes sure that a state and inputs are what a graph runs on.
 *
 * @throws {ProblemError} That names the tensor or input, what was got and wanted.
 */
export function checkFit<T extends Held>(
  graph: Graph,
  state: StateTensors<T>,
  inputs: Readonly<Record<string, Float32Array>>,
): void {
  judgedGraph(graph);
  expected(state, STATE, "state");
  expected(inputs, OPTIONS, "inputs");
  checkState(graph, state);
  checkInputs(graph, inputs);
}

function checkState<T extends Held>(graph: Graph, state: StateTensors<T>): void {
  for (const { name, before } of graph.state) {
    const got = state.get(name)?.tensor.shape;
    const wanted = graph.shapes[before] ?? [];
    if (got !== undefined && sameShape(got, wanted)) continue;
    const what = got === undefined ? "is missing" : `has shape ${shown(got)}`;
    throw misfit(
      `Cannot run ${quoted(graph.name)}: state ${quoted(name)} ${what}, wanted ${shown(wanted)}`,
      got === undefined ? "nothing" : shown(got),
      shown(wanted),
    );
  }
}

function checkInputs(graph: Graph, inputs: Readonly<Record<string, Float32Array>>): void {
  const known = new Set(graph.inputs.map(({ name }) => name));
  for (const name of Object.keys(inputs)) {
    if (known.has(name)) continue;
    const names = [...known].map(quoted).join(", ");
    throw misfit(
      `Cannot run ${quoted(graph.name)}: it has no input ${quoted(name)}, its inputs are ${names}`,
      quoted(name),
      names,
    );
  }
  for (const { name, value } of graph.inputs) {
    const given: unknown = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    const wanted = graph.shapes[value] ?? [];
    if (given instanceof Float32Array && given.length === sizeOf(wanted)) continue;
    const what = given === undefined
      ? "is missing"
      : given instanceof Float32Array
      ? `has ${given.length} numbers`
      : `is ${kindOf(given)}, not a Float32Array`;
    const needed = `${sizeOf(wanted)} of shape ${shown(wanted)}`;
    throw misfit(
      `Cannot run ${quoted(graph.name)}: input ${quoted(name)} ${what}, wanted ${needed}`,
      what,
      needed,
    );
  }
}

/** What an input is that holds no numbers of float32. */
function kindOf(value: unknown): string {
  return ArrayBuffer.isView(value) ? `a ${value.constructor.name}` : show(value);
}

/** The exception of a run after the program's end. */
export function disposedProgram(): ProblemError {
  const hint = "load the graph again: engine.load(graph)";
  return misfit("Cannot run a program that was disposed of", "its end", "a loaded program", hint);
}
