/** Reverse mode against finite differences in float64, operation by operation. */
import { shift, square } from "../../dsl/graph/arithmetic.ts";
import type { ConvolutionGeometry, OpName, PoolGeometry } from "../../dsl/graph/op.ts";
import { checkGradients, type Function, functional, ofOperation } from "./_differences.ts";
import { PLAIN, product } from "./_operations.ts";

type Convolution = readonly [string, Partial<ConvolutionGeometry>, number[], number[]];

const CONVOLUTIONS: readonly Convolution[] = [
  ["1x1", {}, [2, 3, 3, 2], [1, 1, 2, 3]],
  ["1x1 with stride 2", { stride: [2, 2] }, [2, 5, 4, 2], [1, 1, 2, 3]],
  ["3x3, same", { padding: [1, 1, 1, 1] }, [2, 4, 4, 2], [3, 3, 2, 2]],
  ["3x3, valid, rows that no window reaches", { stride: [2, 3] }, [1, 6, 7, 2], [3, 3, 2, 2]],
  [
    "3x3 with stride 2 and the odd pixel at the end",
    {
      stride: [2, 2],
      padding: [0, 1, 0, 1],
    },
    [1, 6, 6, 2],
    [3, 3, 2, 2],
  ],
  ["asymmetric kernel, stride and padding", { stride: [2, 1], padding: [2, 0, 1, 3] }, [
    1,
    5,
    4,
    2,
  ], [2, 3, 2, 2]],
  ["dilation", { dilation: [2, 3], padding: [1, 2, 0, 3] }, [1, 6, 6, 1], [3, 2, 1, 2]],
  ["groups", { groups: 2, padding: [1, 1, 1, 1] }, [1, 4, 3, 4], [3, 3, 2, 6]],
  ["depthwise with stride", { groups: 3, stride: [2, 2] }, [2, 5, 5, 3], [3, 3, 1, 3]],
  ["padding larger than the kernel", { padding: [3, 3, 3, 3] }, [1, 2, 2, 1], [2, 2, 1, 1]],
];

const convolutions = CONVOLUTIONS.map(([name, geometry, x, kernel]): Named => [
  name,
  ofOperation({ op: "conv2d", activation: "none", ...PLAIN, ...geometry }, [x, kernel]),
]);

const POOLS: readonly (readonly [string, PoolGeometry, readonly number[]])[] = [
  ["2x2", { window: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] }, [2, 4, 6, 2]],
  ["3x3 overlapping", { window: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] }, [1, 5, 6, 2]],
  ["ceil mode", { window: [3, 3], stride: [2, 2], padding: [0, 1, 0, 1] }, [1, 4, 4, 2]],
  ["oblong", { window: [3, 1], stride: [1, 2], padding: [2, 0, 0, 0] }, [1, 4, 5, 1]],
];

const pools = (op: "maxPool" | "averagePool") =>
  POOLS.map(([name, geometry, x]): Named => [name, ofOperation({ op, ...geometry }, [x])]);

const RESIZES = [
  [[3, 4], [5, 7]],
  [[5, 7], [3, 4]],
  [[1, 1], [3, 2]],
  [[4, 4], [1, 1]],
  [[2, 3], [2, 6]],
] as const;

/** A function of positive numbers: the operation on 1 + the square of what is drawn. */
function ofPositive(operands: readonly (readonly number[])[], build: Function["build"]): Function {
  return {
    operands,
    build: (graph, values) => {
      const positive = values.map((x) => shift(graph, square(graph, x), 1));
      return functional(graph, build(graph, positive));
    },
  };
}

type Named = readonly [string, Function];

function statistics(activation: "none" | "relu", shape: readonly number[]): Function {
  const channels = [shape.at(-1) ?? 0];
  return {
    operands: [shape, channels, channels],
    build: (graph, [x = NaN, gamma = NaN, beta = NaN]) => {
      const norm = { op: "batchNormTrain", epsilon: 1e-3, activation } as const;
      const [y] = graph.emit(norm, [x, gamma, beta]);
      return functional(graph, y);
    },
  };
}

function crossEntropy(smoothing: number): Function {
  return {
    operands: [[3, 4]],
    build: (graph, [logits = NaN]) => {
      // Any numbers will do for targets: the rule holds for rows that do not sum to one.
      const targets = graph.input("targets", [3, 4]);
      return graph.apply({ op: "softmaxCrossEntropy", smoothing }, [logits, targets]);
    },
  };
}

const MAP = [2, 3, 2, 2];
type BinaryName = "add" | "subtract" | "multiply" | "maximum" | "minimum";
const FULL_AND_CHANNELS = (op: BinaryName): readonly Named[] => [
  ["maps", ofOperation({ op }, [MAP, MAP])],
  ["map and channels", ofOperation({ op }, [MAP, [2]])],
  ["matrix and channels", ofOperation({ op }, [[3, 4], [4]])],
  ["vectors", ofOperation({ op }, [[4], [4]])],
  ["map and number", ofOperation({ op }, [MAP, []])],
  ["itself", {
    operands: [MAP],
    build: (graph, [x = NaN]) => functional(graph, graph.apply({ op }, [x, x])),
  }],
];

const CASES: Readonly<Partial<Record<OpName, readonly Named[]>>> = {
  conv2d: [
    ...convolutions,
    [
      "with bias",
      ofOperation({ op: "conv2d", activation: "none", ...PLAIN }, [[2, 3, 3, 2], [2, 2, 2, 3], [
        3,
      ]]),
    ],
  ],
  matmul: [
    ["a b", ofOperation(product(false, false), [[2, 3], [3, 4]])],
    ["a' b", ofOperation(product(true, false), [[3, 2], [3, 4]])],
    ["a b'", ofOperation(product(false, true), [[2, 3], [4, 3]])],
    ["a' b'", ofOperation(product(true, true), [[3, 2], [4, 3]])],
    ["with bias", ofOperation(product(false, false), [[2, 3], [3, 4], [4]])],
  ],
  add: FULL_AND_CHANNELS("add"),
  subtract: FULL_AND_CHANNELS("subtract"),
  multiply: FULL_AND_CHANNELS("multiply"),
  maximum: FULL_AND_CHANNELS("maximum").filter(([name]) => name !== "itself"),
  minimum: FULL_AND_CHANNELS("minimum").filter(([name]) => name !== "itself"),
  divide: [MAP, [2], []].map((shape): Named => [
    `a map by [${shape}]`,
    ofPositive([MAP, shape], (graph, [a = NaN, b = NaN]) => graph.apply({ op: "divide" }, [a, b])),
  ]),
  exp: [["map", ofOperation({ op: "exp" }, [MAP])]],
  log: [["map", ofPositive([MAP], (graph, [x = NaN]) => graph.apply({ op: "log" }, [x]))]],
  sqrt: [["map", ofPositive([MAP], (graph, [x = NaN]) => graph.apply({ op: "sqrt" }, [x]))]],
  rsqrt: [
    ["map", ofPositive([MAP], (graph, [x = NaN]) => graph.apply({ op: "rsqrt", epsilon: 1 }, [x]))],
  ],
  blend: [["maps", ofOperation({ op: "blend", rate: 0.3 }, [MAP, MAP])]],
  abs: [["map", ofOperation({ op: "abs" }, [MAP])]],
  tanh: [["map", ofOperation({ op: "tanh" }, [MAP])]],
  erf: [["map", ofOperation({ op: "erf" }, [MAP])]],
  // Second derivatives.
  gelu: [["map", ofOperation({ op: "gelu" }, [MAP])]],
  geluGrad: [["map", ofOperation({ op: "geluGrad" }, [MAP, MAP])]],
  sigmoidGrad: [["map", ofOperation({ op: "sigmoidGrad" }, [MAP, MAP])]],
  conv2dInputGrad: [
    [
      "3x3",
      ofOperation({ op: "conv2dInputGrad", inputShape: [1, 4, 4, 2], ...PLAIN }, [
        [1, 2, 2, 3],
        [3, 3, 2, 3],
      ]),
    ],
  ],
  conv2dFilterGrad: [
    [
      "3x3",
      ofOperation({ op: "conv2dFilterGrad", kernelShape: [3, 3, 2, 3], ...PLAIN }, [
        [1, 4, 4, 2],
        [1, 2, 2, 3],
      ]),
    ],
  ],
  averagePoolGrad: [
    [
      "2x2",
      ofOperation({
        op: "averagePoolGrad",
        inputShape: [1, 4, 4, 2],
        window: [2, 2],
        stride: [2, 2],
        padding: [0, 0, 0, 0],
      }, [[1, 2, 2, 2]]),
    ],
  ],
  globalAverageGrad: [
    ["map", ofOperation({ op: "globalAverageGrad", inputShape: MAP }, [[2, 2]])],
  ],
  resizeBilinearGrad: [
    ["map", ofOperation({ op: "resizeBilinearGrad", inputShape: MAP }, [[2, 5, 4, 2]])],
  ],
  scale: [["by -2.5", ofOperation({ op: "scale", by: -2.5 }, [MAP])]],
  relu: [["map", ofOperation({ op: "relu" }, [MAP])]],
  sigmoid: [["map", ofOperation({ op: "sigmoid" }, [MAP])]],
  attend: [["map", ofOperation({ op: "attend" }, [MAP, MAP])]],
  affine: [
    ["map", ofOperation({ op: "affine", activation: "none" }, [MAP, [2], [2]])],
    ["matrix", ofOperation({ op: "affine", activation: "none" }, [[3, 4], [4], [4]])],
  ],
  batchNormTrain: [
    ["map", statistics("none", [3, 2, 3, 2])],
    ["matrix", statistics("none", [5, 3])],
    ["map, rectified", statistics("relu", [3, 2, 3, 2])],
    ["matrix, rectified", statistics("relu", [5, 3])],
  ],
  maxPool: pools("maxPool"),
  averagePool: pools("averagePool"),
  globalAverage: [["map", ofOperation({ op: "globalAverage" }, [[2, 3, 4, 2]])]],
  resizeBilinear: RESIZES.map(([[h, w], size]): Named => [
    `${h}x${w} to ${size.join("x")}`,
    ofOperation({ op: "resizeBilinear", size }, [[2, h, w, 2]]),
  ]),
  l2Normalize: [
    ["map", ofOperation({ op: "l2Normalize", epsilon: 1e-2 }, [MAP])],
    ["matrix", ofOperation({ op: "l2Normalize", epsilon: 1e-6 }, [[3, 4]])],
  ],
  standardize: [
    ["map", ofOperation({ op: "standardize", epsilon: 1e-2 }, [[2, 3, 3, 2]])],
    ["single row", ofOperation({ op: "standardize", epsilon: 1e-5 }, [[1, 1, 4, 2]])],
  ],
  softmax: [
    ["map", ofOperation({ op: "softmax" }, [MAP])],
    ["matrix", ofOperation({ op: "softmax" }, [[3, 4]])],
  ],
  softmaxCrossEntropy: [["plain", crossEntropy(0)], ["smoothed", crossEntropy(0.1)]],
  concat: [
    ["maps", ofOperation({ op: "concat", axis: 3 }, [[2, 2, 2, 1], [2, 2, 2, 3], [2, 2, 2, 2]])],
    ["rows", ofOperation({ op: "concat", axis: 1 }, [[2, 2, 2, 1], [2, 1, 2, 1]])],
    ["one", ofOperation({ op: "concat", axis: 1 }, [[3, 2]])],
  ],
  slice: [
    ["middle", ofOperation({ op: "slice", axis: 3, start: 1, size: 2 }, [[2, 2, 2, 5]])],
    ["a row", ofOperation({ op: "slice", axis: 1, start: 1, size: 1 }, [[2, 3, 2, 2]])],
  ],
  pad: [
    ["both sides", ofOperation({ op: "pad", axis: 3, before: 1, after: 2 }, [[2, 2, 2, 2]])],
    ["rows", ofOperation({ op: "pad", axis: 1, before: 1, after: 0 }, [[2, 2, 2, 2]])],
  ],
  sum: [
    ["channels", ofOperation({ op: "sum", axes: [0, 1, 2] }, [MAP])],
    ["positions", ofOperation({ op: "sum", axes: [1, 2] }, [MAP])],
    ["everything", ofOperation({ op: "sum", axes: [0, 1] }, [[3, 4]])],
  ],
  max: [
    ["rows", ofOperation({ op: "max", axes: [1] }, [[3, 4]])],
    ["positions", ofOperation({ op: "max", axes: [1, 2] }, [MAP])],
  ],
  broadcast: [
    ["channels", ofOperation({ op: "broadcast", shape: MAP }, [[2, 1, 1, 2]])],
    ["columns", ofOperation({ op: "broadcast", shape: [3, 4] }, [[3, 1]])],
  ],
  transpose: [["three axes", ofOperation({ op: "transpose", axes: [2, 0, 1] }, [[2, 3, 4]])]],
  reshape: [["map to matrix", ofOperation({ op: "reshape", shape: [2, 12] }, [[2, 3, 2, 2]])]],
};

for (const [name, cases] of Object.entries(CASES)) {
  for (const [what, wanted] of cases ?? []) {
    Deno.test(`gradients of ${name} are those of finite differences (${what})`, () => {
      checkGradients(`${name} ${what}`, wanted);
    });
  }
}
