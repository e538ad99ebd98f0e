/**
 * An engine's examination: one convolution and its two gradients, as a graph,
 * against numbers computed in float64. Software between here and the device
 * has been seen to return zeros in silence; this is how it would show.
 */
import { expectAll, fieldsOf, listOf } from "../problem/expect.ts";
import type { Graph } from "../graph/graph.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { gradients } from "../graph/reverse.ts";
import { ENGINE, outputsOf, withLoaded } from "./loaded.ts";
import type { Problem } from "../problem/problem.ts";
import type { Engine } from "./engine.ts";

/** One result of the examination. */
export interface CheckLine {
  /** The operation. */
  readonly name: string;
  /** The engine's numbers. */
  readonly got: readonly number[];
  /** The right numbers. */
  readonly wanted: readonly number[];
  /** The largest difference over the largest right number; NaN when a number is. */
  readonly worstRelativeError: number;
}

/** The largest relative error that passes. */
export const TOLERANCE = 1e-5;

const GEOMETRY = { stride: [2, 2], padding: [0, 1, 0, 1], dilation: [1, 1], groups: 1 } as const;

const [INPUT, KERNEL, OUTPUT] = [[1, 4, 4, 1], [3, 3, 1, 2], [1, 2, 2, 2]] as const;

function examination(): Graph {
  const graph = new GraphBuilder();
  const [x, dy] = [graph.input("x", INPUT), graph.input("dy", OUTPUT)];
  const kernel = graph.state("kernel", KERNEL);
  const y = graph.apply({ op: "conv2d", activation: "none", ...GEOMETRY }, [x, kernel]);
  const slopes = gradients(graph, y, [x, kernel], dy);
  return graph.finish("self-check", [
    { name: "conv2d", value: y },
    { name: "conv2dInputGrad", value: slopes.get(x) ?? NaN },
    { name: "conv2dFilterGrad", value: slopes.get(kernel) ?? NaN },
  ]);
}

/** Small quarters of both signs, so that every sum is exact. */
function numbers(count: number, step: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * step) % 11 - 5) / 4);
}

/** The right results, computed in float64 by `tests/_reference.ts`. */
const WANTED: Readonly<Record<string, readonly number[]>> = {
  conv2d: [1.6875, -1.25, 3.25, -2.625, 2.375, -1.5, -0.1875, -0.875],
  conv2dInputGrad: [
    1.5625,
    -1.4375,
    -1.3125,
    0.0625,
    -0.5625,
    -0.125,
    -0.25,
    -0.875,
    0.625,
    -1.375,
    0,
    1.25,
    -0.5625,
    -0.25,
    -0.5,
    -1,
  ],
  conv2dFilterGrad: [
    2.3125,
    0.0625,
    -1.6875,
    -0.75,
    0.875,
    0.3125,
    0.0625,
    2.3125,
    1.5625,
    0.8125,
    -2.5,
    -0.8125,
    1.1875,
    0.25,
    -1.25,
    -1.625,
    0.3125,
    0.125,
  ],
};

/** The graph of the examination, and what it is fed. */
export const SELF_CHECK: {
  readonly graph: Graph;
  readonly state: Readonly<Record<string, Float32Array>>;
  readonly inputs: Readonly<Record<string, Float32Array>>;
} = {
  graph: examination(),
  state: { kernel: numbers(18, 5) },
  inputs: { x: numbers(16, 7), dy: numbers(8, 3) },
};

/** Examines an engine; {@link selfCheckProblems} says what is wrong, if anything. */
export async function selfCheck(engine: Engine): Promise<readonly CheckLine[]> {
  const tensors = new Map([["kernel", { shape: KERNEL, data: numbers(18, 5) }]]);
  return await withLoaded(engine, SELF_CHECK.graph, tensors, async (loaded) => {
    const outputs = await outputsOf(loaded, SELF_CHECK.inputs);
    return [...outputs].map(([name, numbers]) => {
      const got = [...numbers];
      const wanted = WANTED[name] ?? [];
      const largest = Math.max(...wanted.map(Math.abs));
      const errors = wanted.map((value, i) => Math.abs((got[i] ?? NaN) - value) / largest);
      return { name, got, wanted, worstRelativeError: Math.max(...errors) };
    });
  });
}

const LINES = listOf(
  fieldsOf(["name", "got", "wanted", "worstRelativeError"], "a line of an examination"),
);

/** The lines of an examination that did not pass, as problems. */
export function selfCheckProblems(engine: Engine, lines: readonly CheckLine[]): readonly Problem[] {
  expectAll({ engine: [engine, ENGINE], lines: [lines, LINES] });
  return lines.filter(({ worstRelativeError }) => !(worstRelativeError <= TOLERANCE)).map((
    { name, got, wanted, worstRelativeError },
  ) => ({
    path: engine.backend,
    layer: "backend",
    code: "wrong-numbers",
    rule: `${name} must compute the right numbers`,
    got: `${got.slice(0, 4).join(", ")}, ... (relative error ${worstRelativeError.toPrecision(2)})`,
    wanted: `${wanted.slice(0, 4).join(", ")}, ...`,
    hint:
      `${engine.description} cannot be trusted on this machine; update its driver or use another backend`,
  }));
}
