/** How a test case is made: a small graph, and numbers to feed it. */
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Graph, ValueId } from "../../dsl/graph/graph.ts";
import type { Op, TensorShape } from "../../dsl/graph/op.ts";
import { normals, seedKey, split } from "../../dsl/programs/random.ts";

/** A graph and what it is fed; its values all have float32 numbers. */
export interface Case {
  /** What is special about it. */
  readonly name: string;
  /** The graph. */
  readonly graph: Graph;
  /** Its inputs. */
  readonly inputs: Readonly<Record<string, Float32Array>>;
}

/** Makes the numbers of an input; the key tells inputs apart. */
export type Fill = (count: number, key: string) => Float32Array;

/** Normal draws, the same for the same key. */
export const random: Fill = (count, key) => normals(split(seedKey(1), key), count);

/** Half of the entries zero and the others few different values, so that maxima tie. */
export const tied: Fill = (count, key) => random(count, key).map((x) => Math.max(0, Math.round(x)));

/** Draws that are not negative. */
export const positive: Fill = (count, key) => random(count, key).map((x) => x * x);

/** Rows that sum to one; with one row of a single one. */
export const distributions = (classes: number): Fill => (count, key) => {
  const draws = positive(count, key);
  return draws.map((x, i) => {
    const row = Math.floor(i / classes) * classes;
    if (row === 0) return i === 1 ? 1 : 0;
    const sum = draws.subarray(row, row + classes).reduce((a, b) => a + b, 0);
    return x / sum;
  });
};

/** One input per shape; filled with random numbers unless told otherwise. */
export function single(
  name: string,
  op: Op,
  operands: readonly (TensorShape | { shape: TensorShape; fill: Fill })[],
): Case {
  const builder = new GraphBuilder();
  const inputs: Record<string, Float32Array> = {};
  const values = operands.map((operand, i) => {
    const { shape, fill } = "shape" in operand ? operand : { shape: operand, fill: random };
    const label = `operand${i}`;
    inputs[label] = fill(shape.reduce((a, b) => a * b, 1), `${name} ${label}`);
    return builder.input(label, shape);
  });
  return finish(name, { builder, inputs }, apply(builder, op, values));
}

/** Adds an operation whatever its number of results. */
export function apply(
  builder: GraphBuilder,
  op: Op,
  inputs: readonly ValueId[],
): readonly ValueId[] {
  return builder.add(op, inputs);
}

function finish(
  name: string,
  { builder, inputs }: {
    readonly builder: GraphBuilder;
    readonly inputs: Readonly<Record<string, Float32Array>>;
  },
  results: readonly ValueId[],
): Case {
  const outputs = results.map((value, i) => ({ name: `result${i}`, value }));
  return { name, graph: builder.finish(name, outputs), inputs };
}

/** The operation followed by its gradient, fed with the operation's own results. */
export function withGradient(
  name: string,
  shapes: readonly TensorShape[],
  build: (
    builder: GraphBuilder,
    operands: readonly ValueId[],
  ) => readonly ValueId[],
  fill: Fill = random,
): Case {
  const builder = new GraphBuilder();
  const inputs: Record<string, Float32Array> = {};
  const operands = shapes.map((shape, i) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const label = `operand${i}`;
    inputs[label] = (i === 0 ? fill : random)(count, `${name} ${label}`);
    return builder.input(label, shape);
  });
  return finish(name, { builder, inputs }, build(builder, operands));
}
