/**
 * The memory that a run of a tensor program needs: which values live at the
 * same time when the operations run in their order and each value is given up
 * after its last reader, which is what an engine does. What an engine needs
 * within an operation, and what it keeps for later, is its own affair and not
 * counted.
 */
import { counted } from "../../plan/countable.ts";
import { type Graph, judgedGraph, type Node, type ValueId } from "../../graph/graph.ts";
import { schedule } from "../../graph/schedule.ts";
import type { OpName } from "../../graph/op.ts";
import { bytesOf } from "../../net/shape.ts";

/** What a run needs, in bytes. */
export interface MemoryUse {
  /** The state: parameters, running statistics, what an optimiser keeps. */
  readonly state: number;
  /** What the run is fed. */
  readonly inputs: number;
  /** The most that lives at the same time, state and inputs included. */
  readonly peak: number;
  /** The operation during which that is, and the path of its layer. */
  readonly at: { readonly op: OpName; readonly origin: string };
}

/**
 * The memory of a run, from the lives of its values.
 *
 * @example Inference needs no more than a few maps at a time
 * ```ts
 * import { assert } from "@std/assert";
 * import { inference, memoryUse, orThrow, plan, trainingStep } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention56(), [32, 32, 3]));
 * const answering = memoryUse(inference(planned, 64));
 * const training = memoryUse(trainingStep(planned, { batch: 64, optimizer: { kind: "sgd" } }));
 * assert(answering.peak < training.peak / 4);
 * ```
 */
export function memoryUse(graph: Graph): MemoryUse {
  judgedGraph(graph);
  const { steps, steadyResults } = schedule(graph);
  const buffers = new Buffers(graph);
  for (const { before } of graph.state) buffers.open(before);
  const state = buffers.live;
  for (const value of steadyResults) buffers.open(value);
  const others = buffers.live;
  for (const { value } of graph.inputs) buffers.open(value);
  const inputs = buffers.live - others;
  let peak = buffers.live;
  let at: MemoryUse["at"] = { op: "constant", origin: "" };
  for (const { node, dying } of steps) {
    buffers.define(node);
    if (buffers.live > peak) {
      peak = buffers.live;
      at = { op: node.op.op, origin: node.origin };
    }
    for (const value of dying) buffers.close(value);
  }
  return { state, inputs, peak: counted(peak, "bytes"), at };
}

/** The buffers that live; several values can be views of the same one. */
class Buffers {
  /** Bytes that live now. */
  live = 0;
  readonly #graph: Graph;
  readonly #viewed = new Map<ValueId, ValueId>();
  readonly #views = new Map<ValueId, number>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** A value with a buffer of its own. */
  open(value: ValueId): void {
    this.#viewed.set(value, value);
    this.#views.set(value, 1);
    this.live += this.#bytes(value);
  }

  /** The results of a node: a reshaped value is a view of the same numbers. */
  define({ op, inputs: [source = NaN], results }: Node): void {
    const buffer = op.op === "reshape" ? this.#viewed.get(source) : undefined;
    for (const result of results) {
      if (buffer === undefined) {
        this.open(result);
      } else {
        this.#viewed.set(result, buffer);
        this.#views.set(buffer, (this.#views.get(buffer) ?? 0) + 1);
      }
    }
  }

  /** Nobody reads the value any more. */
  close(value: ValueId): void {
    const buffer = this.#viewed.get(value);
    if (buffer === undefined) return;
    this.#viewed.delete(value);
    const left = (this.#views.get(buffer) ?? 1) - 1;
    this.#views.set(buffer, left);
    if (left === 0) this.live -= this.#bytes(buffer);
  }

  #bytes(value: ValueId): number {
    return bytesOf(this.#graph.shapes[value] ?? []);
  }
}
