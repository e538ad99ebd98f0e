/** Central finite differences in float64 beside what reverse mode gives. */
import { assertAlmostEquals } from "@std/assert";
import { GraphBuilder, type SingleOp } from "../../dsl/graph/builder.ts";
import type { Graph, ValueId } from "../../dsl/graph/graph.ts";
import type { TensorShape } from "../../dsl/graph/op.ts";
import { gradients } from "../../dsl/graph/reverse.ts";
import { normals, seedKey, split } from "../../dsl/programs/random.ts";
import { runReference } from "../_reference.ts";
import { size } from "../_reference_value.ts";

/** Float64 numbers by name. */
export type Numbers = Readonly<Record<string, Float64Array>>;

/** Normal draws, the same for the same label. */
export function draws(label: string, count: number): Float64Array {
  return Float64Array.from(normals(split(seedKey(1), label), count));
}

/** A random linear functional of a value, as a scalar: what makes a loss of any result. */
export function functional(graph: GraphBuilder, value: ValueId): ValueId {
  const count = size(graph.shapeOf(value));
  const weights = graph.input(`functional${value}`, [count, 1]);
  const row = graph.apply({ op: "reshape", shape: [1, count] }, [value]);
  const product = graph.apply({ op: "matmul", transposeA: false, transposeB: false }, [
    row,
    weights,
  ]);
  return graph.apply({ op: "reshape", shape: [] }, [product]);
}

/** A scalar function of named inputs, as operations. */
export interface Function {
  /** The shapes of what it is differentiated by. */
  readonly operands: readonly TensorShape[];
  /** Its operations; gives a scalar. */
  readonly build: (graph: GraphBuilder, operands: readonly ValueId[]) => ValueId;
}

/** The function of one operation under a random functional. */
export function ofOperation(op: SingleOp, operands: readonly TensorShape[]): Function {
  return {
    operands,
    build: (graph, values) => functional(graph, graph.add(op, values)[0] ?? NaN),
  };
}

/** The program of a function with its gradients by every operand. */
function program({ operands, build }: Function): Graph {
  const graph = new GraphBuilder();
  const values = operands.map((shape, i) => graph.input(`operand${i}`, shape));
  const loss = build(graph, values);
  const slopes = gradients(graph, loss, values);
  return graph.finish("function", [
    { name: "loss", value: loss },
    ...values.map((value, i) => ({ name: `gradient${i}`, value: slopes.get(value) ?? NaN })),
  ]);
}

const STEP = 1e-5;

/** Compares each entry of each gradient with its central difference. */
export function checkGradients(label: string, wanted: Function): void {
  const graph = program(wanted);
  const inputs: Record<string, Float64Array> = {};
  for (const { name, value } of graph.inputs) {
    inputs[name] = draws(`${label} ${name}`, size(graph.shapes[value] ?? []));
  }
  const lossAt = (name: string, at: Float64Array): number =>
    runReference(graph, {}, { ...inputs, [name]: at }).outputs["loss"]?.[0] ?? NaN;
  const { outputs } = runReference(graph, {}, inputs);
  wanted.operands.forEach((_, k) => {
    const name = `operand${k}`;
    const point = inputs[name] ?? new Float64Array();
    const gradient = outputs[`gradient${k}`] ?? new Float64Array();
    point.forEach((x, i) => {
      const [below, above] = [x - STEP, x + STEP].map((moved) =>
        lossAt(name, point.with(i, moved))
      );
      const slope = ((above ?? NaN) - (below ?? NaN)) / (2 * STEP);
      const tolerance = 1e-6 * Math.max(1, Math.abs(slope));
      assertAlmostEquals(
        gradient[i] ?? NaN,
        slope,
        tolerance,
        `${label}: operand ${k}, entry ${i}`,
      );
    });
  });
}
