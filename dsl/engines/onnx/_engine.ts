/**
 * The ONNX Runtime engine itself. It is apart from `engine.ts` so that
 * importing that file loads nothing of it.
 */
import type { Graph } from "../../graph/graph.ts";
import { attempt } from "../../problem/throw.ts";
import { left, type Result, right } from "../../problem/result.ts";
import type { DeviceState, Engine } from "../engine.ts";
import type { HostTensor, Tensors } from "../../graph/tensors.ts";
import { checkTensors } from "../fit.ts";
import { selfCheck, selfCheckProblems } from "../self_check.ts";
import { Shared, StateStore } from "../state.ts";
import { type Host, OnnxProgram } from "./program.ts";
import type { Runtime } from "./runtime.ts";
import { Block, type BlockTensor, Pool } from "./tensors.ts";
import { toNetfoldOrder, toOnnxOrder } from "../../interpreters/onnx/layout.ts";

/** An engine on ONNX Runtime. */
export class OnnxEngine implements Engine {
  readonly backend = "onnx";
  readonly description: string;
  readonly #states = new StateStore<BlockTensor>();
  readonly #programs = new Set<OnnxProgram>();
  readonly #pool = new Pool();
  readonly #host: Host;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** Threads: 0 leaves their number to the runtime. Block: the channels of a block, 0 for none. */
  constructor(runtime: Runtime, threads: number, block: number) {
    const version = runtime.env.versions.node ?? runtime.env.versions.common;
    const count = threads === 0 ? navigator.hardwareConcurrency : threads;
    this.description = `onnx ONNX Runtime ${version} (cpu, ${count} thread${
      count === 1 ? "" : "s"
    })`;
    this.#host = {
      runtime,
      threads,
      block,
      states: this.#states,
      pool: this.#pool,
      queue: (work) => this.#enqueue(work),
    };
  }

  load(graph: Graph): OnnxProgram {
    this.#check();
    const program = new OnnxProgram(graph, this.#host);
    this.#programs.add(program);
    return program;
  }

  upload(tensors: Tensors): DeviceState {
    checkTensors(tensors);
    this.#check();
    return this.#states.create(
      new Map([...tensors].map(([name, { shape, data }]) => {
        const block = new Block(toOnnxOrder(shape, data), Promise.resolve(), () => {});
        return [name, new Shared(block.tensor([...shape], 0))];
      })),
    );
  }

  async download(state: DeviceState): Promise<Tensors> {
    const held = [...this.#states.tensors(state)].map((
      [name, shared],
    ): [string, Shared<BlockTensor>] => [name, shared.share()]);
    try {
      const read = held.map(async ([name, { tensor }]): Promise<[string, HostTensor]> => {
        await tensor.block.ready;
        return [name, { shape: tensor.shape, data: toNetfoldOrder(tensor.shape, tensor.numbers) }];
      });
      return new Map(await Promise.all(read));
    } finally {
      for (const [, shared] of held) shared.release();
    }
  }

  free(state: DeviceState): void {
    this.#states.free(state);
  }

  liveTensors(): number {
    const held = [...this.#programs].map((program) => program.liveTensors());
    return held.reduce((a, b) => a + b, this.#states.count());
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const program of this.#programs) program.dispose();
    this.#states.clear();
    this.#pool.clear();
  }

  #check(): void {
    if (this.#disposed) throw new TypeError("Cannot use an engine that was disposed of");
  }

  /** One thing after the other: a run may write what an earlier one still reads. */
  #enqueue<A>(work: () => Promise<A>): Promise<A> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }
}

/** Gives an engine back when it computes and the numbers are right; else it is disposed of. */
export async function examined(engine: Engine): Promise<Result<Engine>> {
  const checked = await attempt(() => selfCheck(engine));
  const problems = checked._tag === "Left"
    ? checked.left
    : selfCheckProblems(engine, checked.right);
  if (problems.length === 0) return right(engine);
  engine.dispose();
  return left(problems);
}
