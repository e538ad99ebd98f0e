/**
 * The ONNX Runtime engine itself. It is apart from `engine.ts` so that
 * importing that file loads nothing of it.
 */
import type { Graph } from "../../graph/graph.ts";
import type { HostTensor } from "../../graph/tensors.ts";
import { toNetfoldOrder, toOnnxOrder } from "../../interpreters/onnx/layout.ts";
import { left, type Result, right } from "../../problem/result.ts";
import { attempt } from "../../problem/throw.ts";
import type { Engine } from "../engine.ts";
import { selfCheck, selfCheckProblems } from "../self_check.ts";
import { StatefulEngine } from "../stateful.ts";
import { ONNX_MEMORY } from "./memory.ts";
import { type Host, OnnxProgram } from "./program.ts";
import type { Runtime } from "./runtime.ts";
import { Block, type BlockTensor, Pool } from "./tensors.ts";

/** An engine on ONNX Runtime. */
export class OnnxEngine extends StatefulEngine<BlockTensor, OnnxProgram> {
  readonly backend = "onnx";
  readonly memory = ONNX_MEMORY;
  readonly description: string;
  readonly #pool = new Pool();
  readonly #host: Host;
  #queue: Promise<unknown> = Promise.resolve();

  /** Block: the channels of a block, 0 for none. */
  constructor(runtime: Runtime, threads: number, block: number) {
    super();
    const version = runtime.env.versions.node ?? runtime.env.versions.common;
    const plural = threads === 1 ? "" : "s";
    this.description = `onnx ONNX Runtime ${version} (cpu, ${threads} thread${plural})`;
    const queue: Host["queue"] = (work) => this.#enqueue(work);
    this.#host = { runtime, threads, block, states: this.states, pool: this.#pool, queue };
  }

  protected loaded(graph: Graph): OnnxProgram {
    return new OnnxProgram(graph, this.#host);
  }

  protected put({ shape, data }: HostTensor): BlockTensor {
    const block = new Block(toOnnxOrder(shape, data), Promise.resolve(), () => {});
    return block.tensor([...shape], 0);
  }

  protected async read({ shape, block, numbers }: BlockTensor): Promise<Float32Array> {
    await block.ready;
    return toNetfoldOrder(shape, numbers);
  }

  liveTensors(): number {
    const held = [...this.programs].map((program) => program.liveTensors());
    return held.reduce((a, b) => a + b, this.states.count());
  }

  protected end(): void {
    this.#pool.clear();
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
