/**
 * A graph loaded into TensorFlow.js: runs the nodes in order, each in a scope
 * of its own, and disposes of every value after its last reader.
 */
import { engine, keep, type Tensor } from "@tensorflow/tfjs-core";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { Op, TensorShape } from "../../graph/op.ts";
import type { DeviceState, NonFinite, Program, RunResult } from "../engine.ts";
import type { ExpansionContext, Expansions } from "./expansion.ts";
import { identity } from "./kernels.ts";
import { checkFit, disposedProgram, quoted, shown } from "../fit.ts";
import { Outputs } from "../output.ts";
import { type Schedule, schedule, type Step } from "../../graph/schedule.ts";
import { Kept, Shared, type StateStore, type StateTensors } from "../state.ts";
import { Values } from "./_values.ts";

/** What a program needs of its engine. */
export interface Host {
  readonly states: StateStore<Tensor>;
  readonly expansions: Expansions;
  /** Makes the engine's backend the current one. */
  readonly activate: () => void;
  /** Throws what the device has reported since it was last asked. */
  readonly check: () => void;
}

type Inputs = Readonly<Record<string, Float32Array>>;

/** A graph loaded into TensorFlow.js. */
export class TfjsProgram implements Program {
  readonly graph: Graph;
  readonly #host: Host;
  readonly #schedule: Schedule;
  readonly #fed: ReadonlyMap<ValueId, string>;
  readonly #constants = new Map<string, Tensor>();
  readonly #checked = new WeakSet<Node>();
  readonly #steady = new Kept<Tensor, Values>((values) => values.clear());
  readonly #outputs = new Outputs<Tensor>();
  #disposed = false;

  /** Loads a graph. */
  constructor(graph: Graph, host: Host) {
    this.graph = graph;
    this.#host = host;
    this.#schedule = schedule(graph);
    this.#fed = new Map(graph.inputs.map(({ name, value }) => [value, name]));
  }

  run(state: DeviceState, inputs: Inputs): RunResult {
    const tensors = this.#prepare(state, inputs);
    const values = this.#start(tensors, inputs);
    try {
      for (const step of this.#schedule.steps) {
        this.#apply(step, values, inputs);
      }
      return this.#finish(values, tensors);
    } finally {
      values.clear();
    }
  }

  async trace(state: DeviceState, inputs: Inputs): Promise<NonFinite | undefined> {
    const tensors = this.#prepare(state, inputs);
    const values = new Values();
    try {
      this.#feed(values, tensors, inputs);
      for (const { node, dying } of this.#schedule.all) {
        this.#host.activate();
        this.#compute(node, values, inputs);
        for (const result of node.results) {
          const numbers = await values.get(result).data<"float32">();
          this.#host.check();
          if (numbers.every(Number.isFinite)) continue;
          const shape = this.graph.shapes[result] ?? [];
          return { op: node.op.op, origin: node.origin, shape };
        }
        for (const value of dying) values.drop(value);
      }
      return undefined;
    } finally {
      values.clear();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#outputs.abandon();
    this.#steady.forget();
    for (const tensor of this.#constants.values()) tensor.dispose();
    this.#constants.clear();
  }

  #prepare(state: DeviceState, inputs: Inputs): StateTensors<Tensor> {
    if (this.#disposed) {
      throw disposedProgram();
    }
    const tensors = this.#host.states.tensors(state);
    checkFit(this.graph, tensors, inputs);
    this.#host.activate();
    this.#host.check();
    this.#outputs.abandon();
    return tensors;
  }

  #feed(values: Values, tensors: StateTensors<Tensor>, inputs: Inputs): void {
    for (const { name, before } of this.graph.state) {
      values.borrow(before, (tensors.get(name) as Shared<Tensor>).tensor);
    }
    for (const { name, value } of this.graph.inputs) {
      // Backends may keep the array itself, and the caller may write to it later.
      const numbers = (inputs[name] as Float32Array).slice();
      const shape = [...this.graph.shapes[value] ?? []];
      values.own(value, engine().makeTensor(numbers, shape, "float32"));
    }
  }

  #start(tensors: StateTensors<Tensor>, inputs: Inputs): Values {
    const steady = this.#steadyValues(tensors);
    const values = new Values();
    this.#feed(values, tensors, inputs);
    for (const value of this.#schedule.steadyResults) {
      values.borrow(value, steady.get(value));
    }
    return values;
  }

  /** The steady values of a state: those kept, if they were made of the same tensors. */
  #steadyValues(tensors: StateTensors<Tensor>): Values {
    const source = this.#schedule.steadyState.map((name) => tensors.get(name) as Shared<Tensor>);
    return this.#steady.of(source, () => {
      const values = new Values();
      for (const { name, before } of this.graph.state) {
        values.borrow(before, (tensors.get(name) as Shared<Tensor>).tensor);
      }
      try {
        for (const step of this.#schedule.steady) this.#apply(step, values, {});
      } catch (error) {
        values.clear();
        throw error;
      }
      return values;
    });
  }

  #apply({ node, dying }: Step, values: Values, inputs: Inputs): void {
    this.#compute(node, values, inputs);
    for (const value of dying) values.drop(value);
  }

  #compute(node: Node, values: Values, inputs: Inputs): void {
    const operands = node.inputs.map((value) => values.get(value));
    const context: ExpansionContext = {
      resultShapes: node.results.map((value) => this.graph.shapes[value] ?? []),
      onHost: (i) => inputs[this.#fed.get(node.inputs[i] ?? -1) ?? ""],
      constant: (key, shape, numbers) => this.#constant(key, shape, numbers),
    };
    const results = this.#expand(node.op, operands, context);
    node.results.forEach((value, i) => {
      const tensor = results[i];
      if (tensor !== undefined) values.own(value, tensor);
    });
    this.#checkResults(node, results);
  }

  #expand(op: Op, operands: readonly Tensor[], context: ExpansionContext): readonly Tensor[] {
    // The table pairs each name with the expansion of that very operation.
    const expand = this.#host.expansions[op.op] as unknown as (
      op: Op,
      operands: readonly Tensor[],
      context: ExpansionContext,
    ) => readonly Tensor[];
    engine().startScope();
    let results: readonly Tensor[] = [];
    try {
      results = expand(op, operands, context);
      return results;
    } finally {
      engine().endScope([...results]);
    }
  }

  /** Holds the first results of every node against the graph's shapes. */
  #checkResults(node: Node, results: readonly Tensor[]): void {
    if (this.#checked.has(node)) return;
    const got = results.map(({ shape }) => shown(shape)).join(", ");
    const wanted = node.results
      .map((value) => shown(this.graph.shapes[value] ?? [])).join(", ");
    if (got !== wanted) {
      throw new Error(
        `Operation ${node.op.op} of ${
          quoted(node.origin)
        } gave results of shape ${got}, the graph says ${wanted}`,
      );
    }
    this.#checked.add(node);
  }

  #constant(key: string, shape: TensorShape, numbers: () => Float32Array): Tensor {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const made = keep(engine().makeTensor(numbers(), [...shape], "float32"));
    this.#constants.set(key, made);
    return made;
  }

  #finish(values: Values, before: StateTensors<Tensor>): RunResult {
    const old = new Map(
      this.graph.state.map(({ name, before: value }) => [
        value,
        before.get(name) as Shared<Tensor>,
      ]),
    );
    const after = new Map<string, Shared<Tensor>>();
    const made = new Map<ValueId, Shared<Tensor>>();
    const held = new Map(
      this.graph.outputs.map(({ name, value }) => [name, identity(values.get(value))]),
    );
    for (const { name, after: value } of this.graph.state) {
      const known = old.get(value) ?? made.get(value);
      const shared = known?.share() ?? new Shared(values.take(value));
      if (known === undefined) made.set(value, shared);
      after.set(name, shared);
    }
    const outputs = this.#outputs.replace(held, {
      read: (tensor) => this.#read(tensor),
      drop: (tensor) => tensor.dispose(),
    });
    return { outputs, state: this.#host.states.create(after) };
  }

  async #read(tensor: Tensor): Promise<Float32Array> {
    try {
      const numbers = await tensor.data<"float32">();
      this.#host.check();
      return numbers.slice();
    } finally {
      tensor.dispose();
    }
  }
}
