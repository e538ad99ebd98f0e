/**
 * The TensorFlow.js engine itself. It is apart from `engine.ts` so that
 * importing that file loads nothing of the library.
 */
import { engine, memory, type Tensor } from "@tensorflow/tfjs-core";
import type { Graph } from "../../graph/graph.ts";
import type { HostTensor, Tensors } from "../../graph/tensors.ts";
import type { DeviceState, Engine, EngineMemory } from "../engine.ts";
import { StatefulEngine } from "../stateful.ts";
import { activate, type ReadyBackend } from "./backends.ts";
import type { Expansions } from "./expansion.ts";
import { expansionsFor } from "./expansions.ts";
import { memoryOf } from "./memory.ts";
import { type Host, TfjsProgram } from "./program.ts";

/** How many engines use each backend; the last one gives it back. */
const users = new Map<ReadyBackend, number>();

class TfjsEngine extends StatefulEngine<Tensor, TfjsProgram> {
  readonly description: string;
  readonly backend: string;
  readonly memory: EngineMemory;
  readonly #backend: ReadyBackend;
  readonly #threads: number;
  readonly #host: Host;

  constructor(backend: ReadyBackend, { threads, expansions }: Required<Use>) {
    super();
    this.#threads = threads;
    this.description = backend.description(threads);
    this.backend = backend.name;
    this.memory = memoryOf(backend);
    this.#backend = backend;
    users.set(backend, (users.get(backend) ?? 0) + 1);
    this.#host = {
      states: this.states,
      expansions,
      activate: () => this.ensureOpen(),
      check: backend.check,
    };
  }

  protected loaded(graph: Graph): TfjsProgram {
    return new TfjsProgram(graph, this.#host);
  }

  protected put({ shape, data }: HostTensor): Tensor {
    // Backends may keep the array itself, and the caller may write to it later.
    return engine().makeTensor(data.slice(), [...shape], "float32");
  }

  protected async read(tensor: Tensor): Promise<Float32Array> {
    return (await tensor.data<"float32">()).slice();
  }

  override async download(state: DeviceState): Promise<Tensors> {
    const tensors = await super.download(state);
    this.#backend.check();
    return tensors;
  }

  liveTensors(): number {
    return memory().numTensors;
  }

  protected end(): void {
    const left = (users.get(this.#backend) ?? 1) - 1;
    users.set(this.#backend, left);
    if (left > 0) return;
    users.delete(this.#backend);
    this.#backend.release();
  }

  protected override ensureOpen(): void {
    super.ensureOpen();
    activate(this.#backend.name);
    this.#backend.employ?.(this.#threads);
  }
}

/** How an engine uses its backend. */
export interface Use {
  /** Threads; one, or as many as a backend that can have several is asked for. */
  readonly threads?: number;
  /** What operations become; the backend's own expansions unless told otherwise. */
  readonly expansions?: Expansions;
}

/** An engine on a backend that is ready. */
export function engineOn(
  backend: ReadyBackend,
  { threads = 1, expansions = expansionsFor(backend.name) }: Use = {},
): Engine {
  return new TfjsEngine(backend, { threads, expansions });
}
