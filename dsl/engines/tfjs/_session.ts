/**
 * The TensorFlow.js engine itself. It is apart from `engine.ts` so that
 * importing that file loads nothing of the library.
 */
import { engine, memory, type Tensor } from "@tensorflow/tfjs-core";
import type { Graph } from "../../graph/graph.ts";
import type { DeviceState, Engine } from "../engine.ts";
import type { HostTensor, Tensors } from "../../graph/tensors.ts";
import { activate, type ReadyBackend } from "./backends.ts";
import type { Expansions } from "./expansion.ts";
import { expansionsFor } from "./expansions.ts";
import { checkTensors } from "../fit.ts";
import { type Host, TfjsProgram } from "./program.ts";
import { Shared, StateStore } from "../state.ts";

/** How many engines use each backend; the last one gives it back. */
const users = new Map<ReadyBackend, number>();

class TfjsEngine implements Engine {
  readonly #backend: ReadyBackend;
  readonly #states = new StateStore<Tensor>();
  readonly #programs = new Set<TfjsProgram>();
  readonly #host: Host;
  #disposed = false;

  constructor(backend: ReadyBackend, expansions: Expansions) {
    this.#backend = backend;
    users.set(backend, (users.get(backend) ?? 0) + 1);
    this.#host = {
      states: this.#states,
      expansions,
      activate: () => this.#activate(),
      check: backend.check,
    };
  }

  get description(): string {
    return this.#backend.description;
  }

  get backend(): string {
    return this.#backend.name;
  }

  load(graph: Graph): TfjsProgram {
    this.#activate();
    const program = new TfjsProgram(graph, this.#host);
    this.#programs.add(program);
    return program;
  }

  upload(tensors: Tensors): DeviceState {
    checkTensors(tensors);
    this.#activate();
    return this.#states.create(
      new Map([...tensors].map(([name, { shape, data }]) => [
        name,
        // Backends may keep the array itself, and the caller may write to it later.
        new Shared(engine().makeTensor(data.slice(), [...shape], "float32")),
      ])),
    );
  }

  async download(state: DeviceState): Promise<Tensors> {
    const tensors = this.#states.tensors(state);
    const shares = [...tensors].map(([name, shared]): [string, Shared<Tensor>] => [
      name,
      shared.share(),
    ]);
    try {
      const read = shares.map(
        async ([name, { tensor }]): Promise<[string, HostTensor]> => {
          const data = (await tensor.data<"float32">()).slice();
          return [name, { shape: [...tensor.shape], data }];
        },
      );
      const result = new Map(await Promise.all(read));
      this.#backend.check();
      return result;
    } finally {
      for (const [, shared] of shares) shared.release();
    }
  }

  free(state: DeviceState): void {
    this.#states.free(state);
  }

  liveTensors(): number {
    return memory().numTensors;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const program of this.#programs) program.dispose();
    this.#states.clear();
    const left = (users.get(this.#backend) ?? 1) - 1;
    users.set(this.#backend, left);
    if (left > 0) return;
    users.delete(this.#backend);
    this.#backend.release();
  }

  #activate(): void {
    if (this.#disposed) {
      throw new TypeError("Cannot use an engine that was disposed of");
    }
    activate(this.#backend.name);
  }
}

/** An engine on a backend that is ready, with that backend's expansions unless told otherwise. */
export function engineOn(
  backend: ReadyBackend,
  expansions: Expansions = expansionsFor(backend.name),
): Engine {
  return new TfjsEngine(backend, expansions);
}
