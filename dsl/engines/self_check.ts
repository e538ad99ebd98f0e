/**
 * An engine's examination: one convolution and its two gradients, as a graph,
 * against numbers computed in float64. Software between here and the device
 * has been seen to return zeros in silence; this is how it would show.
 */
import type { Graph } from "../graph/graph.ts";
import type { ConvolutionGeometry } from "../graph/op.ts";
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

const GEOMETRY: ConvolutionGeometry = {
  stride: [2, 2],
  padding: [0, 1, 0, 1],
  dilation: [1, 1],
  groups: 1,
};

const GRAPH: Graph = {
  name: "self-check",
  shapes: [
    [1, 4, 4, 1],
    [1, 2, 2, 2],
    [3, 3, 1, 2],
    [1, 2, 2, 2],
    [1, 4, 4, 1],
    [3, 3, 1, 2],
  ],
  inputs: [{ name: "x", value: 0 }, { name: "dy", value: 1 }],
  state: [{ name: "kernel", before: 2, after: 2 }],
  nodes: [
    {
      op: { op: "conv2d", activation: "none", ...GEOMETRY },
      inputs: [0, 2],
      results: [3],
      origin: "",
    },
    {
      op: { op: "conv2dInputGrad", inputShape: [1, 4, 4, 1], ...GEOMETRY },
      inputs: [1, 2],
      results: [4],
      origin: "",
    },
    {
      op: { op: "conv2dFilterGrad", kernelShape: [3, 3, 1, 2], ...GEOMETRY },
      inputs: [0, 1],
      results: [5],
      origin: "",
    },
  ],
  outputs: [
    { name: "conv2d", value: 3 },
    { name: "conv2dInputGrad", value: 4 },
    { name: "conv2dFilterGrad", value: 5 },
  ],
};

/** Small quarters of both signs, so that every sum is exact. */
function numbers(count: number, step: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => ((i * step) % 11 - 5) / 4,
  );
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
  graph: GRAPH,
  state: { kernel: numbers(18, 5) },
  inputs: { x: numbers(16, 7), dy: numbers(8, 3) },
};

/** Examines an engine; {@link selfCheckProblems} says what is wrong, if anything. */
export async function selfCheck(engine: Engine): Promise<readonly CheckLine[]> {
  const state = engine.upload(
    new Map(
      Object.entries(SELF_CHECK.state).map((
        [name, data],
      ) => [name, { shape: [3, 3, 1, 2], data }]),
    ),
  );
  const program = engine.load(GRAPH);
  try {
    const result = program.run(state, SELF_CHECK.inputs);
    try {
      return await Promise.all(
        Object.entries(result.outputs).map(async ([name, read]) => {
          const got = [...await read()];
          const wanted = WANTED[name] ?? [];
          const largest = Math.max(...wanted.map(Math.abs));
          const errors = wanted.map((value, i) => Math.abs((got[i] ?? NaN) - value) / largest);
          return {
            name,
            got,
            wanted,
            worstRelativeError: Math.max(...errors),
          };
        }),
      );
    } finally {
      engine.free(result.state);
    }
  } finally {
    program.dispose();
    engine.free(state);
  }
}

/** The lines of an examination that did not pass, as problems. */
export function selfCheckProblems(
  engine: Engine,
  lines: readonly CheckLine[],
): readonly Problem[] {
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
