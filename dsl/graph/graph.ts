/**
 * The tensor program: a flat list of operations in static single assignment.
 * Every value is defined once, by an input, by the state or by a node, and is
 * known by its index into `shapes`. **State** is what one run hands to the
 * next: weights, momentum, running statistics.
 */
import { expected, fieldsOf, type Wanted } from "../problem/expect.ts";
import type { Op, TensorShape } from "./op.ts";

/** A value of the program: an index into {@link Graph.shapes}. */
export type ValueId = number;

/** A named value. */
export interface Port {
  /** The name under which it is fed or read. */
  readonly name: string;
  /** The value. */
  readonly value: ValueId;
}

/** One tensor of the state: `before` when a run starts, `after` when it ends (equal when it is only read). */
export interface StateSlot {
  /** The tensor's path, its key in weight files. */
  readonly name: string;
  /** The value at the start of a run. */
  readonly before: ValueId;
  /** The value at the end of a run. */
  readonly after: ValueId;
}

/** One operation applied to values. */
export interface Node {
  /** What it computes. */
  readonly op: Op;
  /** Its operands. */
  readonly inputs: readonly ValueId[];
  /** The values it defines. */
  readonly results: readonly ValueId[];
  /** The path of the layer that it comes from. */
  readonly origin: string;
}

/** A whole tensor program. Nodes stand in an order in which they can run. */
export interface Graph {
  /** What the program is, for people. */
  readonly name: string;
  /** The shape of every value, batch first; all float32. */
  readonly shapes: readonly TensorShape[];
  /** What a run is fed. */
  readonly inputs: readonly Port[];
  /** What is kept from run to run. */
  readonly state: readonly StateSlot[];
  /** The operations. */
  readonly nodes: readonly Node[];
  /** What a run returns. */
  readonly outputs: readonly Port[];
}

/** A tensor program. */
export const GRAPH: Wanted = /* @__PURE__ */ fieldsOf(
  ["nodes", "shapes", "inputs", "state", "outputs"],
  "a tensor program",
  "make one of a plan, such as inference(plan, 1)",
);

/**
 * A tensor program, for what reads it.
 *
 * @throws {ProblemError} When it is none.
 */
export function judgedGraph(graph: Graph): Graph {
  return expected(graph, GRAPH);
}
