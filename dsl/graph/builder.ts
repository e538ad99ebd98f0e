/**
 * Builds a tensor program operation by operation. An operation that was asked
 * for before, with the same attributes on the same operands, is not added
 * again: its earlier results are given back.
 */
import { SIZES } from "./attributes.ts";
import {
  type Graph,
  judgedGraph,
  type Node,
  type Port,
  type StateSlot,
  type ValueId,
} from "./graph.ts";
import { sameShape } from "../net/shape.ts";
import { inferShapes } from "./infer.ts";
import type { Op, OpName, OpOf, TensorShape } from "./op.ts";
import type { Operands, Results } from "./signature.ts";
import {
  expectAll,
  expected,
  fieldsOf,
  listOf,
  misfit,
  OPTIONS,
  TEXT,
  type Wanted,
} from "../problem/expect.ts";
import { show } from "../problem/show.ts";

/** The names of operations with a single result. */
export type SingleName = {
  [K in OpName]: Results<K, 0> extends readonly [0] ? K : never;
}[OpName];

/** Operations with a single result. */
export type SingleOp = OpOf<SingleName>;

const BUILDER: Wanted = {
  fits: (value) => value instanceof GraphBuilder,
  wanted: "the builder of a tensor program",
  hint: "make one: new GraphBuilder()",
};

const OPERATION: Wanted =
  /* @__PURE__ */ (() => ({ ...OPTIONS, wanted: 'an operation, such as { op: "add" }' }))();
const OPERANDS: Wanted = {
  fits: (value) => Array.isArray(value),
  wanted: "a list of values of the program",
};
const PORTS = /* @__PURE__ */ listOf(
  /* @__PURE__ */ fieldsOf(["name", "value"], "an output: { name, value }"),
);

/**
 * A builder, for what adds to it.
 *
 * @throws {ProblemError} When it is none.
 */
export function judgedBuilder(graph: GraphBuilder): GraphBuilder {
  return expected(graph, BUILDER);
}

/** Collects operations; {@link GraphBuilder.finish} makes the Graph. */
export class GraphBuilder {
  readonly #shapes: TensorShape[] = [];
  readonly #nodes: Node[] = [];
  readonly #inputs: Port[] = [];
  readonly #state = new Map<string, StateSlot>();
  readonly #known = new Map<string, readonly ValueId[]>();
  #origin = "";

  /** A builder that goes on where a program ended; the program itself does not change. */
  static continue(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder();
    builder.#shapes.push(...judgedGraph(graph).shapes);
    builder.#nodes.push(...graph.nodes);
    builder.#inputs.push(...graph.inputs);
    for (const slot of graph.state) builder.#state.set(slot.name, slot);
    for (const { op, inputs, results } of graph.nodes) {
      builder.#known.set(keyOf(op, inputs), results);
    }
    return builder;
  }

  /** Everything added from now on comes from the layer at this path. */
  at(path: string): void {
    this.#origin = expected(path, TEXT, "path");
  }

  /** The operations so far, in order. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /**
   * The shape of a value.
   *
   * @throws {ProblemError} When there is no such value.
   */
  shapeOf(value: ValueId): TensorShape {
    const shape = typeof value === "number" ? this.#shapes[value] : undefined;
    if (shape !== undefined) return shape;
    throw misfit("a value must be one of the program's", show(value), "what an operation gave");
  }

  /** Whether there is such a value. */
  has(value: ValueId): boolean {
    return typeof value === "number" && this.#shapes[value] !== undefined;
  }

  /**
   * What a run is fed under `name`; asked for twice, the same value.
   *
   * @throws {ProblemError} When it was of another shape before.
   */
  input(name: string, shape: TensorShape): ValueId {
    const known = this.#inputs.find((port) => port.name === name)?.value;
    this.#judgePort("an input", name, shape, known);
    if (known !== undefined) return known;
    const value = this.#define(shape);
    this.#inputs.push({ name, value });
    return value;
  }

  /**
   * The tensor of the state under `name`; asked for twice, the same value.
   *
   * @throws {ProblemError} When it was of another shape before.
   */
  state(name: string, shape: TensorShape): ValueId {
    const known = this.#state.get(name)?.before;
    this.#judgePort("state", name, shape, known);
    if (known !== undefined) return known;
    const before = this.#define(shape);
    this.#state.set(name, { name, before, after: before });
    return before;
  }

  /** Gives a tensor of the state its value for the next run. */
  update(name: string, after: ValueId): void {
    const slot = this.#state.get(name);
    if (slot === undefined) {
      throw misfit("only what is state is updated", show(name), [...this.#state.keys()].join(", "));
    }
    const [was, is] = [this.shapeOf(slot.before), this.shapeOf(after)];
    if (!sameShape(was, is)) {
      const got = `${show(name)} of [${is.join(", ")}]`;
      throw misfit("state must keep its shape", got, `[${was.join(", ")}]`);
    }
    this.#state.set(name, { ...slot, after });
  }

  /** A tensor of one number. */
  constant(value: number, shape: TensorShape): ValueId {
    return this.apply({ op: "constant", value, shape }, []);
  }

  /**
   * Adds an operation and gives its only result.
   *
   * @throws {ProblemError} On operands whose number or shapes do not fit.
   */
  apply<K extends SingleName>(
    op: OpOf<K> & { readonly op: K },
    inputs: Operands<K, ValueId>,
  ): ValueId {
    return this.add(op, inputs)[0] ?? NaN;
  }

  /** Adds an operation and gives all its results. */
  emit<K extends OpName>(
    op: OpOf<K> & { readonly op: K },
    inputs: Operands<K, ValueId>,
  ): Results<K, ValueId> {
    // inferShapes gives each operation as many results as its signature says.
    return this.add(op, inputs) as unknown as Results<K, ValueId>;
  }

  /** Adds an operation that was put together elsewhere; its operands are counted here alone. */
  add(op: Op, operands: readonly (ValueId | undefined)[]): readonly ValueId[] {
    expectAll({ op: [op, OPERATION], operands: [operands, OPERANDS] });
    const inputs = operands.filter((value) => value !== undefined);
    const given = inputs.map((value) => this.shapeOf(value));
    const shapes = inferShapes(op, given);
    const key = keyOf(op, inputs);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const results = shapes.map((shape) => this.#define(shape));
    this.#nodes.push({ op, inputs, results, origin: this.#origin });
    this.#known.set(key, results);
    return results;
  }

  #define(shape: TensorShape): ValueId {
    this.#shapes.push(shape);
    return this.#shapes.length - 1;
  }

  /** Makes sure of a name and a shape, and that the value known by that name has it. */
  #judgePort(what: string, name: string, shape: TensorShape, known: ValueId | undefined): void {
    expectAll({ name: [name, TEXT], shape: [shape, SIZES] });
    const was = known === undefined ? shape : this.shapeOf(known);
    if (sameShape(was, shape)) return;
    const [got, wanted] = [shape, was].map((each) => `${show(name)} of [${each.join(", ")}]`);
    throw misfit(`${what} has one shape`, got ?? "", wanted ?? "", "give it another name");
  }

  /**
   * The program so far, with these outputs.
   *
   * @throws {ProblemError} When an output is no value of the program, or two have one name.
   */
  finish(name: string, outputs: readonly Port[]): Graph {
    expectAll({ name: [name, TEXT], outputs: [outputs, PORTS] });
    const names = new Set<string>();
    for (const { name, value } of outputs) {
      this.shapeOf(value);
      if (names.has(expected(name, TEXT, "outputs"))) {
        throw misfit("outputs have names of their own", `${show(name)} twice`, "one output a name");
      }
      names.add(name);
    }
    return {
      name,
      shapes: [...this.#shapes],
      inputs: [...this.#inputs],
      state: [...this.#state.values()],
      nodes: [...this.#nodes],
      outputs,
    };
  }
}

function keyOf(op: Op, inputs: readonly ValueId[]): string {
  // JSON writes -0 as 0, of which the reciprocals differ.
  const sign = Object.values(op).some((value) => Object.is(value, -0)) ? "-" : "";
  return `${inputs.join()}:${sign}${JSON.stringify(op)}`;
}
