/**
 * Graphs of one operation each (or of one and what its operands must agree
 * with), over several geometries. The table is exhaustive: an operation
 * without cases does not compile.
 */
import type { Op, OpName, OpOf, TensorShape } from "../../dsl/graph/op.ts";
import {
  type Case,
  distributions,
  type Fill,
  positive,
  random,
  single,
  tied,
  withGradient,
} from "./_case.ts";
import { CONVOLUTION_CASES, POOL_CASES, RESIZE_CASES } from "./_geometries.ts";

const maps: readonly TensorShape[] = [[1, 1, 1, 1], [2, 3, 5, 4], [3, 4, 4, 7]];
const matrices: readonly TensorShape[] = [[1, 1], [5, 8], [3, 11]];
const anything = [...maps, ...matrices];

/** The operation on several shapes, with that shape for each of its operands. */
function alike(
  op: Op,
  arity: number,
  shapes: readonly TensorShape[] = anything,
): readonly Case[] {
  return shapes.map((shape) =>
    single(`[${shape}]`, op, Array.from({ length: arity }, () => shape))
  );
}

/** An operation with a second operand of every kind that is repeated. */
function repeated(op: Op, fill: Fill = random): readonly Case[] {
  const shapes: readonly (readonly [TensorShape, TensorShape])[] = [
    ...anything.map((shape) => [shape, shape] as const),
    ...anything.map((shape) => [shape, shape.slice(-1)] as const),
    [[2, 3, 5, 4], []],
    [[], []],
    [[3], [3]],
  ];
  return shapes.map((pair) =>
    single(
      pair.map((shape) => `[${shape}]`).join(" and "),
      op,
      pair.map((shape) => ({ shape, fill })),
    )
  );
}

/** The operation on numbers that are not negative. */
function ofPositive(op: Op): readonly Case[] {
  return [[7], [2, 3, 3, 4]].map((shape) => single(`[${shape}]`, op, [{ shape, fill: positive }]));
}

/** A reduction over every choice of axes. */
function reductions(op: "sum" | "max"): readonly Case[] {
  return ([[7], [5, 8], [2, 3, 4], [2, 3, 5, 4]] as const).flatMap((shape) =>
    Array.from({ length: 2 ** shape.length - 1 }, (_, chosen) => {
      const axes = [...shape.keys()].filter((axis) => (chosen + 1) >> axis & 1);
      return single(`[${axes}] of [${shape}]`, { op, axes }, [shape]);
    })
  );
}

const activations = ["none", "relu"] as const;
const epsilon = 1e-3;

function affineCases(): readonly Case[] {
  return activations.flatMap((activation) =>
    anything.map((shape) =>
      single(`${activation} [${shape}]`, { op: "affine", activation }, [
        shape,
        shape.slice(-1),
        shape.slice(-1),
      ])
    )
  );
}

const batches: readonly TensorShape[] = [
  [2, 3, 5, 4],
  [8, 1, 1, 3],
  [1, 7, 7, 33],
  [4, 16, 16, 8],
  [6, 5],
];

function batchNormCases(gradient: boolean): readonly Case[] {
  return activations.flatMap((activation) =>
    batches.map((shape) =>
      withGradient(
        `${activation} [${shape}]`,
        [shape, shape, shape.slice(-1), shape.slice(-1)],
        (builder, [x = 0, dy = 0, gamma = 0, beta = 0]) => {
          const attributes = { epsilon, activation };
          const forward = builder.emit(
            { op: "batchNormTrain", ...attributes },
            [x, gamma, beta],
          );
          return gradient
            ? builder.emit({ op: "batchNormGrad", ...attributes }, [
              dy,
              x,
              gamma,
              beta,
              forward[1],
              forward[2],
            ])
            : forward;
        },
        (count, key) => random(count, key).map((value) => 3 * value + 50),
      )
    )
  );
}

function lossCases(op: "softmaxCrossEntropy" | "softmaxCrossEntropyGrad"): readonly Case[] {
  return [0, 0.1].flatMap((smoothing) =>
    ([[1, 2], [5, 10], [4, 100]] as const).map((shape) => {
      const operands = [
        { shape, fill: (count: number, key: string) => random(count, key).map((x) => 4 * x) },
        { shape, fill: distributions(shape[1]) },
      ];
      return single(
        `smoothing ${smoothing} [${shape}]`,
        { op, smoothing },
        op === "softmaxCrossEntropy" ? operands : [[], ...operands],
      );
    })
  );
}

const sgdOps: readonly OpOf<"sgd">[] = [
  { op: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
  { op: "sgd", momentum: 0.9, nesterov: false, weightDecay: 0 },
  { op: "sgd", momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
];
const small = { shape: [], fill: () => Float32Array.of(0.05) };

function adamwCases(): readonly Case[] {
  return [1, 2, 1000].flatMap((step) =>
    [0, 0.05].flatMap((weightDecay) =>
      ([[3, 3, 2, 4], [7]] as const).map((shape) =>
        single(`step ${step}, decay ${weightDecay} [${shape}]`, {
          op: "adamw",
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay,
        }, [shape, shape, shape, { shape, fill: positive }, {
          shape: [],
          fill: () => Float32Array.of(step),
        }, small])
      )
    )
  );
}

/** What backends have kernels of their own for. */
const channelSums = [...anything, ...batches].map((shape) =>
  single(`all but the last of [${shape}]`, { op: "sum", axes: [...shape.keys()].slice(0, -1) }, [
    shape,
  ])
);

/** Cases of every operation. */
export const CASES: { readonly [K in OpName]: readonly Case[] } = {
  constant: [
    single("a map", { op: "constant", value: 0.1, shape: [2, 3, 3, 4] }, []),
    single("a number", { op: "constant", value: -2, shape: [] }, []),
  ],
  conv2d: CONVOLUTION_CASES.flatMap(({ name, x, kernel, geometry }) => [
    single(name, { op: "conv2d", activation: "none", ...geometry }, [x, kernel]),
    single(`${name}, bias, relu`, { op: "conv2d", activation: "relu", ...geometry }, [
      x,
      kernel,
      kernel.slice(-1),
    ]),
  ]).concat(
    CONVOLUTION_CASES.slice(0, 1).flatMap(({ x, kernel, geometry }) => [
      single("relu without bias", { op: "conv2d", activation: "relu", ...geometry }, [x, kernel]),
      single("bias without relu", { op: "conv2d", activation: "none", ...geometry }, [
        x,
        kernel,
        kernel.slice(-1),
      ]),
    ]),
  ),
  conv2dInputGrad: CONVOLUTION_CASES.map(({ name, x, y, kernel, geometry }) =>
    single(name, { op: "conv2dInputGrad", inputShape: x, ...geometry }, [y, kernel])
  ),
  conv2dFilterGrad: CONVOLUTION_CASES.map(({ name, x, y, kernel, geometry }) =>
    single(name, { op: "conv2dFilterGrad", kernelShape: kernel, ...geometry }, [x, y])
  ),
  matmul: [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) =>
      ([[1, 1, 1], [5, 7, 3], [8, 64, 10]] as const).flatMap(([m, k, n]) => {
        const op = { op: "matmul", transposeA, transposeB } as const;
        const a = transposeA ? [k, m] : [m, k];
        const b = transposeB ? [n, k] : [k, n];
        const name = `${m}x${k}x${n} ${transposeA ? "a'" : "a"} ${transposeB ? "b'" : "b"}`;
        return [single(name, op, [a, b]), single(`${name}, bias`, op, [a, b, [n]])];
      })
    )
  ),
  add: repeated({ op: "add" }),
  subtract: repeated({ op: "subtract" }),
  multiply: repeated({ op: "multiply" }),
  divide: repeated({ op: "divide" }),
  maximum: repeated({ op: "maximum" }, tied),
  minimum: repeated({ op: "minimum" }, tied),
  greater: repeated({ op: "greater" }, tied),
  exp: alike({ op: "exp" }, 1),
  log: ofPositive({ op: "log" }),
  sqrt: ofPositive({ op: "sqrt" }),
  abs: alike({ op: "abs" }, 1),
  sign: anything.map((shape) => single(`[${shape}]`, { op: "sign" }, [{ shape, fill: tied }])),
  tanh: alike({ op: "tanh" }, 1),
  erf: alike({ op: "erf" }, 1),
  scale: [...alike({ op: "scale", by: -0.3 }, 1), ...alike({ op: "scale", by: 0 }, 1)],
  blend: alike({ op: "blend", rate: 0.9 }, 2, [...anything, [5]]),
  rsqrt: ofPositive({ op: "rsqrt", epsilon }),
  relu: alike({ op: "relu" }, 1),
  reluGrad: anything.map((shape) =>
    single(`[${shape}]`, { op: "reluGrad" }, [shape, { shape, fill: tied }])
  ),
  sigmoid: alike({ op: "sigmoid" }, 1),
  sigmoidGrad: alike({ op: "sigmoidGrad" }, 2),
  gelu: alike({ op: "gelu" }, 1),
  geluGrad: alike({ op: "geluGrad" }, 2),
  attend: alike({ op: "attend" }, 2),
  affine: affineCases(),
  batchNormTrain: batchNormCases(false),
  batchNormGrad: batchNormCases(true),
  maxPool: POOL_CASES.map(({ name, x, geometry }) =>
    single(name, { op: "maxPool", ...geometry }, [x])
  ),
  maxPoolGrad: POOL_CASES.flatMap(({ name, x, y, geometry }) =>
    [random, tied].map((fill) =>
      withGradient(
        `${name}${fill === tied ? ", ties" : ""}`,
        [x, y],
        (builder, [image = 0, dy = 0]) => {
          const pooled = builder.apply({ op: "maxPool", ...geometry }, [image]);
          return [builder.apply({ op: "maxPoolGrad", ...geometry }, [dy, image, pooled])];
        },
        fill,
      )
    )
  ),
  averagePool: POOL_CASES.map(({ name, x, geometry }) =>
    single(name, { op: "averagePool", ...geometry }, [x])
  ),
  averagePoolGrad: POOL_CASES.map(({ name, x, y, geometry }) =>
    single(name, { op: "averagePoolGrad", inputShape: x, ...geometry }, [y])
  ),
  globalAverage: alike({ op: "globalAverage" }, 1, maps),
  globalAverageGrad: maps.map((shape) => {
    const [n = 1, , , c = 1] = shape;
    return single(`[${shape}]`, { op: "globalAverageGrad", inputShape: shape }, [[n, c]]);
  }),
  resizeBilinear: RESIZE_CASES.map(({ name, x, size }) =>
    single(name, { op: "resizeBilinear", size }, [x])
  ),
  resizeBilinearGrad: RESIZE_CASES.map(({ name, x, size }) => {
    const [n = 1, , , c = 1] = x;
    return single(name, { op: "resizeBilinearGrad", inputShape: x }, [[n, ...size, c]]);
  }),
  l2Normalize: alike({ op: "l2Normalize", epsilon }, 1),
  l2NormalizeGrad: alike({ op: "l2NormalizeGrad", epsilon }, 2),
  standardize: alike({ op: "standardize", epsilon }, 1, maps),
  standardizeGrad: alike({ op: "standardizeGrad", epsilon }, 2, maps),
  softmax: alike({ op: "softmax" }, 1),
  softmaxGrad: anything.map((shape) =>
    withGradient(`[${shape}]`, [shape, shape], (builder, [x = 0, dy = 0]) => {
      const y = builder.apply({ op: "softmax" }, [x]);
      return [builder.apply({ op: "softmaxGrad" }, [dy, y])];
    })
  ),
  softmaxCrossEntropy: lossCases("softmaxCrossEntropy"),
  softmaxCrossEntropyGrad: lossCases("softmaxCrossEntropyGrad"),
  accuracy: ([[1, 2], [64, 3], [33, 100]] as const).map((shape) =>
    single(`[${shape}]`, { op: "accuracy" }, [shape, shape])
  ),
  concat: [
    single("one", { op: "concat", axis: 3 }, [[2, 3, 3, 4]]),
    single("two", { op: "concat", axis: 3 }, [[2, 3, 5, 4], [2, 3, 5, 1]]),
    single("three matrices", { op: "concat", axis: 1 }, [[5, 2], [5, 3], [5, 4]]),
    single("batches", { op: "concat", axis: 0 }, [[2, 3, 5, 4], [1, 3, 5, 4]]),
    single("rows", { op: "concat", axis: 1 }, [[2, 3, 5, 4], [2, 1, 5, 4]]),
    single("columns", { op: "concat", axis: 2 }, [[2, 3, 5, 4], [2, 3, 1, 4]]),
    single("vectors", { op: "concat", axis: 0 }, [[2], [3]]),
  ],
  slice: [
    single("the middle", { op: "slice", axis: 3, start: 1, size: 2 }, [[2, 3, 5, 4]]),
    ...[0, 1, 2].map((axis) =>
      single(`axis ${axis}`, { op: "slice", axis, start: 1, size: 1 }, [[2, 3, 5, 4]])
    ),
    single("all", { op: "slice", axis: 1, start: 0, size: 6 }, [[5, 6]]),
  ],
  pad: [
    single("before", { op: "pad", axis: 3, before: 3, after: 0 }, [[2, 3, 5, 4]]),
    ...[0, 1, 2].map((axis) =>
      single(`axis ${axis}`, { op: "pad", axis, before: 1, after: 2 }, [[2, 3, 5, 4]])
    ),
    single("both", { op: "pad", axis: 1, before: 1, after: 2 }, [[5, 6]]),
    single("nothing", { op: "pad", axis: 3, before: 0, after: 0 }, [[2, 2, 2, 2]]),
  ],
  reshape: [
    single("to a matrix", { op: "reshape", shape: [2, 60] }, [[2, 3, 5, 4]]),
    single("to maps", { op: "reshape", shape: [2, 1, 1, 6] }, [[2, 6]]),
  ],
  sum: [...reductions("sum"), ...channelSums],
  max: reductions("max"),
  broadcast: [
    single("columns", { op: "broadcast", shape: [5, 6] }, [[5, 1]]),
    single("maps", { op: "broadcast", shape: [2, 3, 5, 4] }, [[2, 1, 1, 4]]),
    single("spatial", { op: "broadcast", shape: [2, 3, 5, 4] }, [[2, 3, 5, 1]]),
    single("a batch", { op: "broadcast", shape: [3, 2, 2, 2] }, [[1, 2, 2, 2]]),
    single("nothing", { op: "broadcast", shape: [2, 3] }, [[2, 3]]),
    single("a number", { op: "broadcast", shape: [] }, [[]]),
  ],
  transpose: [
    single("a matrix", { op: "transpose", axes: [1, 0] }, [[5, 6]]),
    single("maps", { op: "transpose", axes: [0, 3, 1, 2] }, [[2, 3, 5, 4]]),
    single("three axes", { op: "transpose", axes: [2, 0, 1] }, [[2, 3, 4]]),
    single("nothing", { op: "transpose", axes: [0, 1] }, [[2, 3]]),
  ],
  dropoutMask: [0, 0.5, 0.9].map((rate) =>
    single(`rate ${rate}`, { op: "dropoutMask", rate, salt: 7, shape: [3, 4, 5, 2] }, [{
      shape: [],
      fill: () => Float32Array.of(42),
    }])
  ),
  sgd: sgdOps.flatMap((op) =>
    ([[3, 3, 2, 4], [7]] as const).map((shape) =>
      single(
        `momentum ${op.momentum}, nesterov ${op.nesterov}, decay ${op.weightDecay} [${shape}]`,
        op,
        [shape, shape, shape, small],
      )
    )
  ),
  adamw: adamwCases(),
};
