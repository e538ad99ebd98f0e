/**
 * The engine interface: whoever runs a Graph. An engine keeps tensors on its
 * device; what crosses the border are named `Float32Array`s.
 */
import type { Graph } from "../graph/graph.ts";
import type { Tensors } from "../graph/tensors.ts";
import type { TensorShape } from "../graph/op.ts";

/**
 * State on the device: named tensors that a program reads and replaces. It is
 * immutable; whoever holds one frees it with {@link Engine.free}.
 */
export interface DeviceState {
  /** The names of its tensors. */
  readonly names: readonly string[];
}

/** What a run gives back. */
export interface RunResult {
  /**
   * The graph's outputs by name; each reads its numbers from the device when
   * asked. One that was not asked for before the program's next run (or its
   * disposal) is gone and rejects; a read that has begun is finished.
   */
  readonly outputs: Readonly<Record<string, () => Promise<Float32Array>>>;
  /** The state after the run; the one before stays valid until it is freed. */
  readonly state: DeviceState;
}

/** The first operation whose result is not finite. */
export interface NonFinite {
  /** The operation's name. */
  readonly op: string;
  /** The path of the layer it belongs to. */
  readonly origin: string;
  /** The result's shape. */
  readonly shape: TensorShape;
}

/** A graph loaded into an engine. */
export interface Program {
  /** The graph. */
  readonly graph: Graph;
  /**
   * Runs the graph once. Inputs are given by name in the graph's shapes.
   * Values that depend only on state which the graph leaves as it is are
   * computed once and kept while those tensors live, until the program runs on
   * others or is disposed of.
   *
   * @throws {ProblemError} On a missing, unknown or wrongly sized input, a missing
   * or wrongly shaped state tensor, or a state that was freed.
   */
  run(state: DeviceState, inputs: Readonly<Record<string, Float32Array>>): RunResult;
  /** Runs the graph operation by operation and names the first result that is not finite, if any. */
  trace(
    state: DeviceState,
    inputs: Readonly<Record<string, Float32Array>>,
  ): Promise<NonFinite | undefined>;
  /** Gives back what the program holds on the device. */
  dispose(): void;
}

/** The memory in which an engine works. */
export interface EngineMemory {
  /** Whether it is the machine's memory, and not a graphics card's. */
  readonly ofMachine: boolean;
  /** About how many bytes it takes to run graphs in turn, over and over, with all that the engine keeps. */
  readonly needed: (graphs: readonly Graph[]) => number;
  /** The most bytes that the engine can have, where it has a limit of its own. */
  readonly most?: number;
  /** The most bytes of one tensor, where the engine limits them. */
  readonly largest?: number;
}

/** Something that runs graphs. */
export interface Engine {
  /** For people: engine, backend and adapter, such as `tfjs wasm (SIMD, 1 thread)`. */
  readonly description: string;
  /** The backend: `webgpu`, `wasm` or `cpu` of TensorFlow.js, or `onnx`. */
  readonly backend: string;
  /** What training holds against the machine before it starts; the graph's values alone when left out. */
  readonly memory?: EngineMemory;
  /** Loads a graph. */
  load(graph: Graph): Program;
  /** Puts tensors on the device. */
  upload(tensors: Tensors): DeviceState;
  /** Reads every tensor of a state back. */
  download(state: DeviceState): Promise<Tensors>;
  /**
   * Frees a state; tensors that it shares with other states stay for them.
   *
   * @throws {ProblemError} When it was freed before.
   */
  free(state: DeviceState): void;
  /** The number of tensors that live on the device, those of all programs and states together. */
  liveTensors(): number;
  /** Gives back the device. */
  dispose(): void;
}
