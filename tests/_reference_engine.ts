/**
 * The oracle as an engine, for whole runs in float64: numbers are rounded to float32 only where
 * they cross the border. Whoever asks sees every run's outputs before that.
 */
import type { DeviceState, Engine, Graph } from "../mod.ts";
import type { TensorShape } from "../dsl/graph/op.ts";
import { type ReferenceResult, runReference } from "./_reference.ts";

type State = ReadonlyMap<string, { readonly shape: TensorShape; readonly data: Float64Array }>;

/** Opens it; `onRun` gets every run of a graph. */
export function referenceEngine(onRun?: (graph: Graph, result: ReferenceResult) => void): Engine {
  const live = new Map<DeviceState, State>();
  const hold = (tensors: State): DeviceState => {
    const state = { names: [...tensors.keys()] };
    live.set(state, tensors);
    return state;
  };
  const held = (state: DeviceState): State => live.get(state) ?? new Map();
  return {
    description: "the reference in float64",
    backend: "reference",
    load: (graph) => ({
      graph,
      run: (state, inputs) => {
        const before = held(state);
        const numbers = Object.fromEntries([...before].map(([name, { data }]) => [name, data]));
        const result = runReference(graph, numbers, inputs);
        onRun?.(graph, result);
        const after = graph.state.map(({ name, before }) =>
          [name, {
            shape: graph.shapes[before] ?? [],
            data: result.state[name] ?? new Float64Array(),
          }] as const
        );
        return {
          outputs: Object.fromEntries(
            Object.entries(result.outputs).map(([name, numbers]) =>
              [name, () => Promise.resolve(Float32Array.from(numbers))] as const
            ),
          ),
          state: hold(new Map([...before, ...after])),
        };
      },
      trace: () => Promise.resolve(undefined),
      dispose: () => {},
    }),
    upload: (tensors) =>
      hold(
        new Map(
          [...tensors].map(([name, { shape, data }]) =>
            [name, { shape, data: Float64Array.from(data) }] as const
          ),
        ),
      ),
    download: (state) =>
      Promise.resolve(
        new Map(
          [...held(state)].map(([name, { shape, data }]) =>
            [name, { shape, data: Float32Array.from(data) }] as const
          ),
        ),
      ),
    free: (state) => void live.delete(state),
    liveTensors: () => [...live.values()].reduce((sum, tensors) => sum + tensors.size, 0),
    dispose: () => live.clear(),
  };
}
