/**
 * Operations on maps as an engine has them within a network: behind a
 * convolution, whose result may be in any layout of the engine's, and with
 * gradients that flow back into one.
 */
import { assertEquals } from "@std/assert";
import { add, axesOf, multiply, spread, square, sum } from "../../dsl/graph/arithmetic.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { clamp, gelu, logSumExp, reciprocal, silu, variance } from "../../dsl/graph/compose.ts";
import type { ValueId } from "../../dsl/graph/graph.ts";
import { gradients } from "../../dsl/graph/reverse.ts";
import { testBackends } from "./_backends.ts";
import { type Case, random } from "./_case.ts";
import { faults } from "./_compare.ts";
import { POOL_CASES, type PoolCase } from "./_geometries.ts";

type Function = (graph: GraphBuilder, x: ValueId) => ValueId;

const SHAPE = [2, 2, 3, 32];
const AXES = [0, 1, 2, 3];

/** Every set of axes but none. */
const CHOICES = Array.from(
  { length: 15 },
  (_, chosen) => AXES.filter((axis) => (chosen + 1) >> axis & 1),
);

/** Scaled by the largest entry of the slice that it is in, as squeezing and exciting does. */
const excited = (axes: readonly number[]): Function => (graph, x) => {
  const largest = graph.apply({ op: "max", axes }, [x]);
  return multiply(graph, x, spread(graph, largest, { axes, shape: graph.shapeOf(x) }));
};

const FUNCTIONS: Readonly<Record<string, Function>> = {
  gelu,
  silu,
  reciprocal: (graph, x) => reciprocal(graph, graph.apply({ op: "exp" }, [x])),
  "log-sum-exp": (graph, x) => logSumExp(graph, x, [3]),
  "log-sum-exp of maps": (graph, x) => logSumExp(graph, x, [1, 2]),
  clamp: (graph, x) => clamp(graph, x, { least: -0.5, most: 0.7 }),
  "tanh and abs": (graph, x) => graph.apply({ op: "tanh" }, [graph.apply({ op: "abs" }, [x])]),
  "sign times itself": (graph, x) => multiply(graph, graph.apply({ op: "sign" }, [x]), x),
  "maximum of halves": (graph, x) => {
    const half = (start: number) => graph.apply({ op: "slice", axis: 3, start, size: 16 }, [x]);
    return graph.apply({ op: "maximum" }, [half(0), half(16)]);
  },
  "a plain map and one of the engine's": (graph, x) => {
    const plain = graph.apply({ op: "reshape", shape: SHAPE }, [
      graph.apply({ op: "reshape", shape: [384] }, [x]),
    ]);
    return add(graph, graph.apply({ op: "exp" }, [plain]), x);
  },
  ...Object.fromEntries(CHOICES.flatMap((axes): [string, Function][] => [
    [`sum over [${axes}]`, (graph, x) => sum(graph, square(graph, x), axes)],
    [`variance over [${axes}]`, (graph, x) => variance(graph, x, axes)],
    [`excited over [${axes}]`, excited(axes)],
  ])),
  ...Object.fromEntries(AXES.flatMap((axis): [string, Function][] => [
    [
      `slice of axis ${axis}`,
      (graph, x) => graph.apply({ op: "slice", axis, start: 1, size: 1 }, [x]),
    ],
    [
      `padded axis ${axis}`,
      (graph, x) => graph.apply({ op: "pad", axis, before: 1, after: 2 }, [x]),
    ],
    [`joined along ${axis}`, (graph, x) => graph.apply({ op: "concat", axis }, [x, x])],
  ])),
  ...Object.fromEntries(
    [[0, 3, 1, 2], [3, 2, 1, 0], [1, 0, 2, 3], [0, 2, 1, 3]].map((axes): [string, Function] => [
      `transposed to [${axes}]`,
      (graph, x) => graph.apply({ op: "transpose", axes }, [x]),
    ]),
  ),
};

/** The function behind a convolution of 16 channels to 32, and the gradients of image and kernel. */
function behindConvolution(name: string, build: Function): Case {
  const graph = new GraphBuilder();
  const image = graph.input("image", [2, 2, 3, 16]);
  const kernel = graph.input("kernel", [3, 3, 16, 32]);
  const geometry = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 } as const;
  const x = graph.apply({ op: "conv2d", activation: "none", ...geometry }, [image, kernel]);
  const y = build(graph, x);
  const total = sum(graph, square(graph, y), axesOf(graph, y));
  const slopes = gradients(graph, total, [image, kernel]);
  const outputs = { y, total, image: slopes.get(image), kernel: slopes.get(kernel) };
  return {
    name,
    graph: graph.finish(
      name,
      Object.entries(outputs).map(([name, value = NaN]) => ({ name, value })),
    ),
    inputs: {
      image: random(192, `${name} image`),
      kernel: random(3 * 3 * 16 * 32, `${name} kernel`).map((weight) => weight / 12),
    },
  };
}

testBackends("operations behind a convolution, and their gradients, are right", async (engine) => {
  const found: string[] = [];
  for (const [name, build] of Object.entries(FUNCTIONS)) {
    found.push(...await faults(engine, behindConvolution(name, build)));
  }
  assertEquals(found, []);
});

/** Two convolutions, one behind the other, and the gradients of all that they are made of. */
function convolutions(size: readonly [number, number], channels: readonly number[]): Case {
  const name = `convolutions ${size.join("x")}, channels ${channels.join(", ")}`;
  const graph = new GraphBuilder();
  const [first = 1, second = 1, third = 1] = channels;
  const image = graph.input("image", [2, ...size, first]);
  const kernels = [[first, second], [second, third]].map((io, i) => {
    return graph.input(`kernel${i}`, [3, 3, ...io]);
  });
  const geometry = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 } as const;
  const y = kernels.reduce((x, kernel) => {
    return graph.apply({ op: "conv2d", activation: "none", ...geometry }, [x, kernel]);
  }, image);
  const total = sum(graph, square(graph, y), axesOf(graph, y));
  const slopes = gradients(graph, total, [image, ...kernels]);
  const [a = NaN, b = NaN] = kernels.map((kernel) => slopes.get(kernel));
  const outputs = { y, image: slopes.get(image) ?? NaN, a, b };
  return {
    name,
    graph: graph.finish(name, Object.entries(outputs).map(([name, value]) => ({ name, value }))),
    inputs: Object.fromEntries(
      Object.entries({ image, kernel0: a, kernel1: b }).map(([input, value]) => {
        const entries = random(graph.shapeOf(value).reduce((x, y) => x * y, 1), `${name} ${input}`);
        return [input, input === "image" ? entries : entries.map((weight) => weight / 12)];
      }),
    ),
  };
}

/** A pool behind a convolution of many equal entries, and the gradient that comes back through it. */
function poolBehind({ name, x: [n = 1, height = 1, width = 1], geometry }: PoolCase): Case {
  const graph = new GraphBuilder();
  const image = graph.input("image", [n, height, width, 16]);
  const kernel = graph.input("kernel", [1, 1, 16, 16]);
  const same = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
  const x = graph.apply({ op: "conv2d", activation: "none", ...same }, [image, kernel]);
  const y = graph.apply({ op: "maxPool", ...geometry }, [x]);
  const total = sum(graph, square(graph, y), axesOf(graph, y));
  const outputs = { y, image: gradients(graph, total, [image]).get(image) ?? NaN };
  return {
    name,
    graph: graph.finish(name, Object.entries(outputs).map(([name, value]) => ({ name, value }))),
    inputs: {
      // Few numbers, so that maxima are shared, and half of them below zero.
      image: random(n * height * width * 16, name).map((entry) => Math.round(2 * entry) / 2 - 0.5),
      kernel: Float32Array.from({ length: 256 }, (_, i) => i % 17 === 0 ? 1 : 0),
    },
  };
}

testBackends("pools behind a convolution give gradients to the first maximum", async (engine) => {
  const found: string[] = [];
  for (const pool of POOL_CASES) found.push(...await faults(engine, poolBehind(pool)));
  assertEquals(found, []);
});

testBackends(
  "convolutions of wide and narrow maps, and their gradients, are right",
  async (engine) => {
    const found: string[] = [];
    for (const size of [[3, 2], [9, 8]] as const) {
      for (const channels of [[16, 32, 48], [24, 32, 16], [3, 24, 32], [32, 24, 16]]) {
        found.push(...await faults(engine, convolutions(size, channels)));
      }
    }
    assertEquals(found, []);
  },
);
