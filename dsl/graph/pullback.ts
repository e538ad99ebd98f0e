/**
 * The gradient of every operation, in terms of operations: for each operand, how
 * its gradient comes from that of the result. The table is typed by operation;
 * one whose gradient is not defined says so.
 */
import { misfit } from "../problem/expect.ts";
import {
  divide,
  exp,
  greater,
  multiply,
  reshape,
  scale,
  shift,
  sign,
  spread,
  square,
  subtract,
  sum,
} from "./arithmetic.ts";
import type { GraphBuilder } from "./builder.ts";
import type { Node, ValueId } from "./graph.ts";
import type { ConvolutionGeometry, OpName, OpOf, PoolGeometry } from "./op.ts";
import type { Operands, Results } from "./signature.ts";

/** What a rule may use. */
interface Site<K extends OpName> {
  /** Where the gradient is added. */
  readonly graph: GraphBuilder;
  readonly op: OpOf<K>;
  readonly inputs: Operands<K, ValueId>;
  readonly results: Results<K, ValueId>;
  /** The gradient of its first result. */
  readonly dy: ValueId;
}

/** For each operand what adds its gradient; without that it has none. */
type Pulls = readonly ((() => ValueId) | undefined)[];

/**
 * A rule; undefined from one that does not hold for these attributes. `flat`
 * is an operation whose slope is zero wherever it has one.
 */
type Rule<K extends OpName> = ((site: Site<K>) => Pulls | undefined) | "flat" | "not defined";

/**
 * Adds the gradients of a node's operands, from those of its results. `wanted`
 * tells which operands need one, so that none is computed in vain.
 *
 * @throws {ProblemError} When one that is wanted is not defined.
 */
export function pullBack(
  graph: GraphBuilder,
  node: Node,
  [dy, ...others]: readonly (ValueId | undefined)[],
  wanted: (i: number) => boolean,
): readonly (ValueId | undefined)[] {
  const { op, inputs, results } = node;
  // The table pairs each name with the rule of that very operation, whose operands were counted.
  const rule = RULES[op.op] as Rule<never>;
  if (rule === "flat") return [];
  const missing = () =>
    misfit(
      `${op.op} has no gradient rule for what is asked`,
      op.op,
      "an operation with a gradient",
    );
  // Statistics of a batch only feed running averages, which no loss depends on.
  if (rule === "not defined" || dy === undefined || others.some((other) => other !== undefined)) {
    throw missing();
  }
  const pulls = rule({ graph, op, inputs, results, dy } as unknown as Site<never>);
  return inputs.map((_, i) => {
    if (!wanted(i)) return undefined;
    const pull = pulls?.[i];
    if (pull === undefined) throw missing();
    return pull();
  });
}

/** The gradient of an operand, which may have been repeated over the result. */
function folded(graph: GraphBuilder, gradient: ValueId, operand: ValueId): ValueId {
  const rank = graph.shapeOf(gradient).length - graph.shapeOf(operand).length;
  if (rank === 0) return gradient;
  const axes = [...graph.shapeOf(gradient).keys()];
  return sum(graph, gradient, graph.shapeOf(operand).length === 0 ? axes : axes.slice(0, -1));
}

/** The sum over every axis but the last: the gradient of a bias. */
function overChannels(graph: GraphBuilder, dy: ValueId): ValueId {
  return graph.apply({ op: "sum", axes: [...graph.shapeOf(dy).keys()].slice(0, -1) }, [dy]);
}

/** The larger or smaller: b's gradient flows where b was chosen, a's everywhere else. */
const chosen = (bWins: (graph: GraphBuilder, a: ValueId, y: ValueId) => ValueId) =>
(
  { graph, inputs: [a, b], results: [y], dy }: {
    readonly graph: GraphBuilder;
    readonly inputs: readonly [ValueId, ValueId];
    readonly results: readonly [ValueId];
    readonly dy: ValueId;
  },
): Pulls => {
  const toB = () => multiply(graph, dy, bWins(graph, a, y));
  return [() => subtract(graph, dy, toB()), () => folded(graph, toB(), b)];
};

const convolution = ({ stride, padding, dilation, groups }: ConvolutionGeometry) => ({
  stride,
  padding,
  dilation,
  groups,
});

const window = ({ window, stride, padding }: PoolGeometry) => ({ window, stride, padding });

const RULES: { readonly [K in OpName]: Rule<K> } = /* @__PURE__ */ (() => ({
  constant: "flat",
  conv2d: ({ graph, op, inputs: [x, kernel], dy }) => {
    if (op.activation !== "none") return undefined;
    const geometry = convolution(op);
    const inputShape = graph.shapeOf(x);
    const kernelShape = graph.shapeOf(kernel);
    return [
      () => graph.apply({ op: "conv2dInputGrad", inputShape, ...geometry }, [dy, kernel]),
      () => graph.apply({ op: "conv2dFilterGrad", kernelShape, ...geometry }, [x, dy]),
      () => overChannels(graph, dy),
    ];
  },
  conv2dInputGrad: ({ graph, op, inputs: [given, kernel], dy }) => {
    const geometry = convolution(op);
    const kernelShape = graph.shapeOf(kernel);
    return [
      () => graph.apply({ op: "conv2d", activation: "none", ...geometry }, [dy, kernel]),
      () => graph.apply({ op: "conv2dFilterGrad", kernelShape, ...geometry }, [dy, given]),
    ];
  },
  conv2dFilterGrad: ({ graph, op, inputs: [x, given], dy }) => {
    const geometry = convolution(op);
    const inputShape = graph.shapeOf(x);
    return [
      () => graph.apply({ op: "conv2dInputGrad", inputShape, ...geometry }, [given, dy]),
      () => graph.apply({ op: "conv2d", activation: "none", ...geometry }, [x, dy]),
    ];
  },
  matmul: ({ graph, op: { transposeA: ta, transposeB: tb }, inputs: [a, b], dy }) => {
    const product = (
      [left, transposeA]: readonly [ValueId, boolean],
      [right, transposeB]: readonly [ValueId, boolean],
    ) => graph.apply({ op: "matmul", transposeA, transposeB }, [left, right]);
    return [
      () => ta ? product([b, tb], [dy, true]) : product([dy, false], [b, !tb]),
      () => tb ? product([dy, true], [a, ta]) : product([a, !ta], [dy, false]),
      () => overChannels(graph, dy),
    ];
  },
  add: ({ graph, inputs: [, b], dy }) => [() => dy, () => folded(graph, dy, b)],
  subtract: (
    { graph, inputs: [, b], dy },
  ) => [() => dy, () => folded(graph, scale(graph, dy, -1), b)],
  multiply: ({ graph, inputs: [a, b], dy }) => [
    () => multiply(graph, dy, b),
    () => folded(graph, multiply(graph, dy, a), b),
  ],
  divide: ({ graph, inputs: [, b], results: [y], dy }) => [
    () => divide(graph, dy, b),
    () => folded(graph, scale(graph, multiply(graph, divide(graph, dy, b), y), -1), b),
  ],
  maximum: chosen((graph, a, y) => greater(graph, y, a)),
  minimum: chosen((graph, a, y) => greater(graph, a, y)),
  greater: "flat",
  scale: ({ graph, op, dy }) => [() => graph.apply({ op: "scale", by: op.by }, [dy])],
  blend: ({ graph, op: { rate }, dy }) => [
    () => scale(graph, dy, rate),
    () => scale(graph, dy, 1 - rate),
  ],
  exp: ({ graph, results: [y], dy }) => [() => multiply(graph, dy, y)],
  log: ({ graph, inputs: [x], dy }) => [() => divide(graph, dy, x)],
  sqrt: ({ graph, results: [y], dy }) => [() => divide(graph, scale(graph, dy, 0.5), y)],
  rsqrt: ({ graph, results: [y], dy }) => [
    () => scale(graph, multiply(graph, dy, multiply(graph, y, square(graph, y))), -0.5),
  ],
  abs: ({ graph, inputs: [x], dy }) => [() => multiply(graph, dy, sign(graph, x))],
  sign: "flat",
  tanh: ({ graph, results: [y], dy }) => [
    () => subtract(graph, dy, multiply(graph, dy, square(graph, y))),
  ],
  erf: ({ graph, inputs: [x], dy }) => [
    () => {
      const bell = exp(graph, scale(graph, square(graph, x), -1));
      return scale(graph, multiply(graph, dy, bell), 2 / Math.sqrt(Math.PI));
    },
  ],
  relu: ({ graph, results: [y], dy }) => [() => graph.apply({ op: "reluGrad" }, [dy, y])],
  // Which side of the rectifier y lies on does not change with y, but on a set of measure zero.
  reluGrad: ({ graph, inputs: [, y], dy }) => [
    () => graph.apply({ op: "reluGrad" }, [dy, y]),
    () => graph.constant(0, graph.shapeOf(y)),
  ],
  sigmoid: ({ graph, results: [y], dy }) => [() => graph.apply({ op: "sigmoidGrad" }, [dy, y])],
  sigmoidGrad: ({ graph, inputs: [given, y], dy }) => [
    () => graph.apply({ op: "sigmoidGrad" }, [dy, y]),
    () => multiply(graph, multiply(graph, dy, given), shift(graph, scale(graph, y, -2), 1)),
  ],
  gelu: ({ graph, inputs: [x], dy }) => [() => graph.apply({ op: "geluGrad" }, [dy, x])],
  geluGrad: ({ graph, inputs: [given, x], dy }) => [
    () => graph.apply({ op: "geluGrad" }, [dy, x]),
    () => {
      // The normal distribution's density n has the slope -x n, so that of (Phi + x n) is (2 - x^2) n.
      const squared = square(graph, x);
      const density = scale(
        graph,
        exp(graph, scale(graph, squared, -0.5)),
        1 / Math.sqrt(2 * Math.PI),
      );
      const slope = multiply(graph, shift(graph, scale(graph, squared, -1), 2), density);
      return multiply(graph, multiply(graph, dy, given), slope);
    },
  ],
  attend: ({ graph, inputs: [trunk, mask], dy }) => [
    // d/dT (1 + M) T = 1 + M, and d/dM (1 + M) T = T.
    () => graph.apply({ op: "attend" }, [dy, mask]),
    () => multiply(graph, dy, trunk),
  ],
  // A frozen batch norm; a rectifier is never fused into one before gradients are taken.
  affine: ({ graph, op, inputs: [x, factor, summand], dy }) =>
    op.activation === "none"
      ? [
        () => multiply(graph, dy, factor),
        () => folded(graph, multiply(graph, dy, x), factor),
        () => folded(graph, dy, summand),
      ]
      : undefined,
  batchNormTrain: ({ graph, op: { epsilon, activation }, inputs, results, dy }) => {
    const [, mean, variance] = results;
    const all = () =>
      graph.emit({ op: "batchNormGrad", epsilon, activation }, [dy, ...inputs, mean, variance]);
    return [() => all()[0], () => all()[1], () => all()[2]];
  },
  batchNormGrad: "not defined",
  maxPool: ({ graph, op, inputs: [x], results: [y], dy }) => [
    () => graph.apply({ op: "maxPoolGrad", ...window(op) }, [dy, x, y]),
  ],
  maxPoolGrad: "not defined",
  averagePool: ({ graph, op, inputs: [x], dy }) => {
    const inputShape = graph.shapeOf(x);
    return [() => graph.apply({ op: "averagePoolGrad", inputShape, ...window(op) }, [dy])];
  },
  averagePoolGrad: ({ graph, op, dy }) => [
    () => graph.apply({ op: "averagePool", ...window(op) }, [dy]),
  ],
  globalAverage: ({ graph, inputs: [x], dy }) => [
    () => graph.apply({ op: "globalAverageGrad", inputShape: graph.shapeOf(x) }, [dy]),
  ],
  globalAverageGrad: ({ graph, dy }) => [() => graph.apply({ op: "globalAverage" }, [dy])],
  resizeBilinear: ({ graph, inputs: [x], dy }) => [
    () => graph.apply({ op: "resizeBilinearGrad", inputShape: graph.shapeOf(x) }, [dy]),
  ],
  resizeBilinearGrad: ({ graph, inputs: [given], dy }) => {
    const [, height = 1, width = 1] = graph.shapeOf(given);
    return [() => graph.apply({ op: "resizeBilinear", size: [height, width] }, [dy])];
  },
  l2Normalize: ({ graph, op: { epsilon }, inputs: [x], dy }) => [
    () => graph.apply({ op: "l2NormalizeGrad", epsilon }, [dy, x]),
  ],
  l2NormalizeGrad: "not defined",
  standardize: ({ graph, op: { epsilon }, inputs: [x], dy }) => [
    () => graph.apply({ op: "standardizeGrad", epsilon }, [dy, x]),
  ],
  standardizeGrad: "not defined",
  softmax: ({ graph, results: [y], dy }) => [() => graph.apply({ op: "softmaxGrad" }, [dy, y])],
  softmaxGrad: "not defined",
  softmaxCrossEntropy: ({ graph, op: { smoothing }, inputs: [logits, targets], dy }) => [
    () => graph.apply({ op: "softmaxCrossEntropyGrad", smoothing }, [dy, logits, targets]),
    undefined,
  ],
  softmaxCrossEntropyGrad: "not defined",
  accuracy: "not defined",
  sum: ({ graph, op: { axes }, inputs: [x], dy }) => [
    () => spread(graph, dy, { axes, shape: graph.shapeOf(x) }),
  ],
  max: ({ graph, op: { axes }, inputs: [x], results: [y], dy }) => [
    () => {
      const over = { axes, shape: graph.shapeOf(x) };
      // 1 where an entry is the largest; entries that tie share the gradient.
      const below = greater(graph, spread(graph, y, over), x);
      const largest = shift(graph, scale(graph, below, -1), 1);
      const shares = divide(graph, dy, sum(graph, largest, axes));
      return multiply(graph, largest, spread(graph, shares, over));
    },
  ],
  broadcast: ({ graph, inputs: [x], dy }) => [
    () => {
      const [small, large] = [graph.shapeOf(x), graph.shapeOf(dy)];
      const repeated = [...small.keys()].filter((axis) => small[axis] !== large[axis]);
      return reshape(graph, sum(graph, dy, repeated), small);
    },
  ],
  transpose: ({ graph, op: { axes }, dy }) => [
    () => graph.apply({ op: "transpose", axes: axes.map((_, axis) => axes.indexOf(axis)) }, [dy]),
  ],
  concat: ({ graph, op: { axis }, inputs, dy }) => {
    let start = 0;
    return inputs.map((input) => {
      const size = graph.shapeOf(input)[axis] ?? 0;
      const from = start;
      start += size;
      return () => graph.apply({ op: "slice", axis, start: from, size }, [dy]);
    });
  },
  slice: ({ graph, op: { axis, start, size }, inputs: [x], dy }) => {
    const after = (graph.shapeOf(x)[axis] ?? 0) - start - size;
    return [() => graph.apply({ op: "pad", axis, before: start, after }, [dy])];
  },
  pad: ({ graph, op: { axis, before }, inputs: [x], dy }) => {
    const size = graph.shapeOf(x)[axis] ?? 0;
    return [() => graph.apply({ op: "slice", axis, start: before, size }, [dy])];
  },
  reshape: ({ graph, inputs: [x], dy }) => [() => reshape(graph, dy, graph.shapeOf(x))],
  dropoutMask: "flat",
  sgd: "not defined",
  adamw: "not defined",
}))();
