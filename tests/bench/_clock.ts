/** A clock that knows how much of the time an engine has been at work. */
import type { Engine, Program } from "../../dsl/engines/engine.ts";

/** Seconds since the process began. */
export interface Times {
  /** All of them. */
  readonly all: number;
  /** Those in which the engine was at work. */
  readonly work: number;
}

/** An engine is at work from a run's start until all that is read of it has arrived. */
export class Clock {
  #spent = 0;
  #since = 0;
  #working = 0;

  /** The times until now. */
  now(): Times {
    const now = performance.now();
    const current = this.#working > 0 ? now - this.#since : 0;
    return { all: now / 1000, work: (this.#spent + current) / 1000 };
  }

  /** The same engine, watched. */
  watch(engine: Engine): Engine {
    return {
      description: engine.description,
      backend: engine.backend,
      load: (graph) => this.#watch(engine.load(graph)),
      upload: (tensors) => engine.upload(tensors),
      download: (state) => engine.download(state),
      free: (state) => engine.free(state),
      liveTensors: () => engine.liveTensors(),
      dispose: () => engine.dispose(),
    };
  }

  #watch(program: Program): Program {
    return {
      graph: program.graph,
      run: (state, inputs) => {
        this.#enter();
        const { state: next, outputs } = program.run(state, inputs);
        this.#leave();
        const watched = Object.entries(outputs).map(([name, read]) => {
          return [name, () => {
            this.#enter();
            return read().finally(() => this.#leave());
          }] as const;
        });
        return { state: next, outputs: Object.fromEntries(watched) };
      },
      trace: (state, inputs) => program.trace(state, inputs),
      dispose: () => program.dispose(),
    };
  }

  #enter(): void {
    if (this.#working++ === 0) this.#since = performance.now();
  }

  #leave(): void {
    if (--this.#working === 0) this.#spent += performance.now() - this.#since;
  }
}
