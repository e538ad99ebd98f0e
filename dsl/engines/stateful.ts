/**
 * What engines have in common that hold state as named tensors: states with
 * several owners, the programs that run on them, and the end of all.
 */
import { misfit } from "../problem/expect.ts";
import type { Graph } from "../graph/graph.ts";
import { checkTensors, type HostTensor, type Tensors } from "../graph/tensors.ts";
import type { DeviceState, Engine, EngineMemory, Program } from "./engine.ts";
import { type Held, Shared, StateStore } from "./state.ts";

/** An engine that says how it loads a graph, and how a tensor gets to its device and back. */
export abstract class StatefulEngine<T extends Held, P extends Program> implements Engine {
  abstract readonly description: string;
  abstract readonly backend: string;
  abstract readonly memory: EngineMemory;
  protected readonly states: StateStore<T> = new StateStore<T>();
  protected readonly programs: Set<P> = new Set();
  #disposed = false;

  protected abstract loaded(graph: Graph): P;
  /** A tensor on the device; the caller may write to the numbers later. */
  protected abstract put(tensor: HostTensor): T;
  /** The numbers of a tensor in netfold's order of axes, a copy. */
  protected abstract read(tensor: T): Promise<Float32Array>;
  /** Gives back the device. */
  protected abstract end(): void;
  abstract liveTensors(): number;

  load(graph: Graph): P {
    this.ensureOpen();
    const program = this.loaded(graph);
    this.programs.add(program);
    return program;
  }

  upload(tensors: Tensors): DeviceState {
    checkTensors(tensors);
    this.ensureOpen();
    const held = [...tensors].map(([name, tensor]) =>
      [name, new Shared(this.put(tensor))] as const
    );
    return this.states.create(new Map(held));
  }

  async download(state: DeviceState): Promise<Tensors> {
    const held = [...this.states.tensors(state)].map(([name, shared]) =>
      [name, shared.share()] as const
    );
    try {
      const read = held.map(async ([name, { tensor }]): Promise<[string, HostTensor]> => {
        return [name, { shape: [...tensor.shape], data: await this.read(tensor) }];
      });
      return new Map(await Promise.all(read));
    } finally {
      for (const [, shared] of held) shared.release();
    }
  }

  free(state: DeviceState): void {
    this.states.free(state);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const program of this.programs) program.dispose();
    this.states.clear();
    this.end();
  }

  protected ensureOpen(): void {
    if (this.#disposed) {
      throw misfit("Cannot use an engine that was disposed of", this.description, "an open engine");
    }
  }
}
