/** What every engine checks before it works: whether what it is given fits the graph. */
import type { Graph } from "../graph/graph.ts";
import type { TensorShape } from "../graph/op.ts";
import { sameShape, sizeOf } from "../net/shape.ts";
import type { Tensors } from "../graph/tensors.ts";
import type { Held, StateTensors } from "./state.ts";

/** Text in quotes. */
export const quoted = (text: string): string => JSON.stringify(text);
/** A shape as it is written. */
export const shown = (shape: TensorShape): string => `[${shape.join(", ")}]`;

/**
 * Makes sure that a state and inputs are what a graph runs on.
 *
 * @throws {TypeError} That names the tensor or input, what was got and wanted.
 */
export function checkFit<T extends Held>(
  graph: Graph,
  state: StateTensors<T>,
  inputs: Readonly<Record<string, Float32Array>>,
): void {
  checkState(graph, state);
  checkInputs(graph, inputs);
}

function checkState<T extends Held>(graph: Graph, state: StateTensors<T>): void {
  for (const { name, before } of graph.state) {
    const got = state.get(name)?.tensor.shape;
    const wanted = graph.shapes[before] ?? [];
    if (got !== undefined && sameShape(got, wanted)) continue;
    throw new TypeError(
      got === undefined
        ? `Cannot run ${quoted(graph.name)}: state ${quoted(name)} is missing`
        : `Cannot run ${quoted(graph.name)}: state ${quoted(name)} has shape ${
          shown(got)
        }, wanted ${shown(wanted)}`,
    );
  }
}

function checkInputs(graph: Graph, inputs: Readonly<Record<string, Float32Array>>): void {
  const known = new Set(graph.inputs.map(({ name }) => name));
  for (const name of Object.keys(inputs)) {
    if (known.has(name)) continue;
    throw new TypeError(
      `Cannot run ${quoted(graph.name)}: it has no input ${quoted(name)}, its inputs are ${
        [...known].map(quoted).join(", ")
      }`,
    );
  }
  for (const { name, value } of graph.inputs) {
    const got = inputs[name]?.length;
    const wanted = graph.shapes[value] ?? [];
    if (got === sizeOf(wanted)) continue;
    throw new TypeError(
      `Cannot run ${quoted(graph.name)}: input ${quoted(name)} ${
        got === undefined ? "is missing" : `has ${got} numbers`
      }, wanted ${sizeOf(wanted)} of shape ${shown(wanted)}`,
    );
  }
}

/**
 * Makes sure that tensors hold as many numbers as their shapes say.
 *
 * @throws {TypeError} That names the tensor.
 */
export function checkTensors(tensors: Tensors): void {
  for (const [name, { shape, data }] of tensors) {
    if (data.length === sizeOf(shape)) continue;
    throw new TypeError(
      `Cannot upload ${quoted(name)}: it has ${data.length} numbers, wanted ${
        sizeOf(shape)
      } of shape ${shown(shape)}`,
    );
  }
}
