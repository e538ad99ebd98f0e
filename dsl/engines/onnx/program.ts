/**
 * A graph loaded into ONNX Runtime. A graph that changes its state becomes one
 * model whose state goes in and comes out; one that only reads its state
 * becomes a model with the weights as constants, which the runtime folds and
 * lays out as it likes best, and which is made anew for other weights.
 */
import type { Graph } from "../../graph/graph.ts";
import { type Schedule, schedule } from "../../graph/schedule.ts";
import { sizeOf } from "../../net/shape.ts";
import type { DeviceState, NonFinite, Program, RunResult } from "../engine.ts";
import { checkFit, disposedProgram } from "../fit.ts";
import { Kept, Shared, type StateStore, type StateTensors } from "../state.ts";
import { drawMask } from "../dropout_mask.ts";
import { emit, type Emitted } from "../../interpreters/onnx/emit.ts";
import { Outputs } from "../output.ts";
import { type Numbers, Session, type SessionHost } from "./session.ts";
import type { StatePort } from "../../interpreters/onnx/state_ports.ts";
import { Block, type BlockTensor, type Pool } from "./tensors.ts";
import { traceGraph } from "./trace.ts";

/** What a program needs of its engine. */
export interface Host extends SessionHost {
  /** Channels of a block in the runtime's fastest order of axes; 0 when it has none. */
  readonly block: number;
  readonly states: StateStore<BlockTensor>;
  /** Arrays to write into. */
  readonly pool: Pool;
  /** Does work after all that was asked for before. */
  readonly queue: <A>(work: () => Promise<A>) => Promise<A>;
}

type Inputs = Readonly<Record<string, Float32Array>>;
type Tensors = StateTensors<BlockTensor>;

/** A model and its session, which opens in the queue. */
interface Loaded {
  readonly emitted: Emitted;
  readonly session: Promise<Session>;
}

/** A graph loaded into ONNX Runtime. */
export class OnnxProgram implements Program {
  readonly graph: Graph;
  readonly #host: Host;
  readonly #schedule: Schedule;
  readonly #readsOnly: boolean;
  #loaded: Loaded | undefined;
  readonly #baked = new Kept<BlockTensor, Loaded>((loaded) => this.#close(loaded));
  readonly #outputs = new Outputs<Float32Array>();
  #disposed = false;

  /** Loads a graph. */
  constructor(graph: Graph, host: Host) {
    this.graph = graph;
    this.#host = host;
    this.#schedule = schedule(graph);
    this.#readsOnly = graph.state.every(({ before, after }) => before === after);
  }

  run(state: DeviceState, inputs: Inputs): RunResult {
    const tensors = this.#prepare(state, inputs);
    const { emitted, session } = this.#readsOnly ? this.#withWeights(tensors) : this.#plain();
    const feeds = this.#feeds(emitted, inputs);
    const fetches = this.#fetches(emitted);
    const sources = emitted.state.map((port) => sourcesOf(port, tensors));
    const held = sources.flat().map((shared) => shared.share());
    const work = this.#host.queue(async () => {
      try {
        for (const { tensor } of held) await tensor.block.ready;
        emitted.state.forEach(({ before, shape }, i) => {
          feeds[before] = { shape, data: together(sources[i] ?? [], sizeOf(shape)) };
        });
        await (await session).run(feeds, fetches);
      } finally {
        for (const shared of held) shared.release();
      }
    });
    // Whoever reads a result meets a failure there; nobody need read one.
    work.catch(() => {});
    return this.#result(emitted, tensors, fetches, work);
  }

  async trace(state: DeviceState, inputs: Inputs): Promise<NonFinite | undefined> {
    const tensors = this.#prepare(state, inputs);
    const held = [...tensors.values()].map((shared) => shared.share());
    try {
      return await this.#host.queue(() => traceGraph(this.graph, this.#host, tensors, inputs));
    } finally {
      for (const shared of held) shared.release();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#outputs.abandon();
    this.#baked.forget();
    this.#close(this.#loaded);
    this.#loaded = undefined;
  }

  /** What it holds besides states: outputs that wait, and values made of weights. */
  liveTensors(): number {
    const kept = this.#baked.value === undefined ? 0 : this.#schedule.steadyResults.length;
    return kept + this.#outputs.waiting;
  }

  #prepare(state: DeviceState, inputs: Inputs): Tensors {
    if (this.#disposed) throw disposedProgram();
    const tensors = this.#host.states.tensors(state);
    checkFit(this.graph, tensors, inputs);
    this.#outputs.abandon();
    return tensors;
  }

  #plain(): Loaded {
    this.#loaded ??= this.#load(emit(this.graph, { own: true, block: this.#host.block }));
    return this.#loaded;
  }

  #load(emitted: Emitted): Loaded {
    const session = this.#host.queue(() => Session.open(this.#host, emitted));
    // Met by the runs that wait for it.
    session.catch(() => {});
    return { emitted, session };
  }

  #withWeights(tensors: Tensors): Loaded {
    const source = this.graph.state.map(({ name }) => tensors.get(name) as Shared<BlockTensor>);
    return this.#baked.of(source, () => this.#bake(source));
  }

  /** A model with these weights in it. */
  #bake(source: readonly Shared<BlockTensor>[]): Loaded {
    const weights = new Map(
      this.graph.state.map(({ name }, i) => [name, (source[i] as Shared<BlockTensor>).tensor]),
    );
    const emitted = emit(this.graph, {
      own: false,
      weights: new Map([...weights].map(([name, { numbers }]) => [name, numbers])),
    });
    const held = source.map((shared) => shared.share());
    const session = this.#host.queue(async () => {
      try {
        for (const { tensor } of held) await tensor.block.ready;
        return await Session.open(this.#host, emitted);
      } finally {
        for (const shared of held) shared.release();
      }
    });
    session.catch(() => {});
    return { emitted, session };
  }

  #close(loaded: Loaded | undefined): void {
    if (loaded === undefined) return;
    const closing = this.#host.queue(async () => await (await loaded.session).close());
    // A session that never opened has nothing to close.
    closing.catch(() => {});
  }

  /** Copies of the inputs, which the caller may write to later, and dropout's masks. */
  #feeds({ masks }: Emitted, inputs: Inputs): Record<string, Numbers> {
    const fed = new Map(this.graph.inputs.map(({ name, value }) => [value, name]));
    const feeds: Record<string, Numbers> = {};
    for (const { name, value } of this.graph.inputs) {
      const shape = this.graph.shapes[value] ?? [];
      feeds[name] = { shape, data: (inputs[name] as Float32Array).slice() };
    }
    for (const { name, op, seed } of masks) {
      feeds[name] = { shape: op.shape, data: drawMask(op, inputs[fed.get(seed) ?? ""]) };
    }
    return feeds;
  }

  #fetches({ outputs: names, state }: Emitted): Record<string, Numbers> {
    const outputs = this.graph.outputs.map(({ name, value }): [string, Numbers] => {
      const shape = this.graph.shapes[value] ?? [];
      return [names.get(name) ?? name, { shape, data: new Float32Array(sizeOf(shape)) }];
    });
    const after = state.flatMap(({ after, shape }): [string, Numbers][] =>
      after === undefined ? [] : [[after, { shape, data: this.#host.pool.take(sizeOf(shape)) }]]
    );
    return Object.fromEntries([...outputs, ...after]);
  }

  #result(
    emitted: Emitted,
    before: Tensors,
    fetches: Readonly<Record<string, Numbers>>,
    work: Promise<void>,
  ): RunResult {
    const after = new Map<string, Shared<BlockTensor>>();
    for (const { name } of this.graph.state) {
      after.set(name, before.get(name) as Shared<BlockTensor>);
    }
    for (const port of emitted.state) {
      if (port.after === undefined) continue;
      const numbers = (fetches[port.after] as Numbers).data;
      const block = new Block(numbers, work, (array) => this.#host.pool.give(array));
      let offset = 0;
      for (const { name, shape } of port.slots) {
        after.set(name, new Shared(block.tensor(shape, offset)));
        offset += sizeOf(shape);
      }
    }
    for (const [name, shared] of after) if (before.get(name) === shared) shared.share();
    const written = new Map(this.graph.outputs.map(({ name }) => [
      name,
      (fetches[emitted.outputs.get(name) ?? name] as Numbers).data,
    ]));
    const outputs = this.#outputs.replace(written, {
      read: (numbers) => work.then(() => numbers),
      drop: () => {},
    });
    return { outputs, state: this.#host.states.create(after) };
  }
}

function sourcesOf({ slots }: StatePort, tensors: Tensors): readonly Shared<BlockTensor>[] {
  return slots.map(({ name }) => tensors.get(name) as Shared<BlockTensor>);
}

/** The numbers of tensors end to end: where they lie so already, that very array. */
function together(shares: readonly Shared<BlockTensor>[], length: number): Float32Array {
  const [first] = shares.map(({ tensor }) => tensor);
  let end = first?.offset ?? 0;
  const adjoining = shares.every(({ tensor }) => {
    const follows = tensor.block === first?.block && tensor.offset === end;
    end += sizeOf(tensor.shape);
    return follows;
  });
  if (adjoining && first !== undefined) {
    return first.block.numbers.subarray(first.offset, first.offset + length);
  }
  const joined = new Float32Array(length);
  let offset = 0;
  for (const { tensor } of shares) {
    joined.set(tensor.numbers, offset);
    offset += sizeOf(tensor.shape);
  }
  return joined;
}
