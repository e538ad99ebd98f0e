/**
 * What one operation of the tensor program costs. The operations of a forward
 * pass cost what the layers' own rules say; those of gradients and updates are
 * counted in the same way: 2 for a multiply-accumulate, 1 for every other
 * operation on an element. What is done once per channel is left out.
 */
import {
  type Activation,
  every,
  type Op,
  type OpName,
  type OpOf,
  RESIZE_FLOPS,
  type TensorShape,
} from "../../graph/op.ts";
import type { Operands } from "../../graph/signature.ts";
import type { Cost } from "../../plan/rule.ts";
import { sizeOf } from "../../net/shape.ts";

/** The flops per element of the first result, or what gives them, or the cost, for all. */
type Rule<K extends OpName> =
  | number
  | ((op: OpOf<K>, operands: Operands<K, TensorShape>, output: number) => number | Cost);

/** The cost of an operation on operands of these shapes with results of these shapes. */
export function operationCost(
  op: Op,
  operands: readonly TensorShape[],
  [result = []]: readonly TensorShape[],
): Cost {
  // The table pairs each name with the rule of that very operation, whose operands were counted.
  const rule = COSTS[op.op] as Rule<never>;
  const output = sizeOf(result);
  if (typeof rule === "number") return { macs: 0, flops: rule * output };
  const cost = rule(op as never, operands as never, output);
  return typeof cost === "number" ? { macs: 0, flops: cost } : cost;
}

function products(macs: number, others = 0): Cost {
  return { macs, flops: 2 * macs + others };
}

/** Multiply-accumulates for one element of a convolution with this kernel. */
function taps([height = 0, width = 0, inputs = 0]: TensorShape): number {
  return height * width * inputs;
}

function rectified({ activation }: { readonly activation: Activation }): number {
  return activation === "relu" ? 1 : 0;
}

/** So many flops for each element of the first operand. */
const perInput = (flops: number) => (_: unknown, [x]: readonly [TensorShape, ...unknown[]]) =>
  flops * sizeOf(x);

const COSTS: { readonly [K in OpName]: Rule<K> } = /* @__PURE__ */ (() => ({
  ...every(["add", "subtract", "multiply", "divide", "maximum", "minimum", "greater"], 1),
  ...every(["scale", "exp", "log", "sqrt", "abs", "sign", "tanh", "erf", "relu", "reluGrad"], 1),
  ...every(["constant", "broadcast", "transpose", "concat", "slice", "pad", "reshape"], 0),
  ...every(["blend", "rsqrt", "sigmoidGrad", "l2Normalize"], 3),
  ...every(["sigmoid", "softmaxGrad"], 4),
  ...every(["softmax", "standardize", "gelu"], 5),
  ...every(["globalAverage", "globalAverageGrad", "sum", "max"], perInput(1)),
  conv2d: (op, [, kernel, bias], output) =>
    products(output * taps(kernel), ((bias === undefined ? 0 : 1) + rectified(op)) * output),
  conv2dInputGrad: (_, [dy, kernel]) => products(sizeOf(dy) * taps(kernel)),
  conv2dFilterGrad: ({ kernelShape }, [, dy]) => products(sizeOf(dy) * taps(kernelShape)),
  matmul: ({ transposeA }, [a, , bias], output) =>
    products(output * (a[transposeA ? 0 : 1] ?? 0), bias === undefined ? 0 : output),
  attend: 2,
  // The share below x 4, the density 4, and x times it, their sum, times dy 3.
  geluGrad: 11,
  affine: (op, _, output) => (2 + rectified(op)) * output,
  // Mean 1, mean of squares 2, scale and shift 2.
  batchNormTrain: (op, _, output) => (5 + rectified(op)) * output,
  // Sums of dy and of dy x 3, a dy + b x + c 4; a rectifier's sign needs the output again, 3.
  batchNormGrad: (op, _, output) => (7 + 3 * rectified(op)) * output,
  maxPool: ({ window }, _, output) => output * sizeOf(window),
  maxPoolGrad: ({ window }, [dy]) => sizeOf(dy) * sizeOf(window),
  averagePool: ({ window }, _, output) => output * sizeOf(window),
  averagePoolGrad: ({ window }, [dy]) => sizeOf(dy) * sizeOf(window),
  resizeBilinear: RESIZE_FLOPS,
  resizeBilinearGrad: perInput(8),
  // The sum of squares 2, of products 2; a dy - b x 3, and the division.
  l2NormalizeGrad: 8,
  // The statistics 3, then as a batch norm's.
  standardizeGrad: 10,
  softmaxCrossEntropy: perInput(8),
  softmaxCrossEntropyGrad: 7,
  accuracy: perInput(2),
  dropoutMask: 1,
  sgd: ({ momentum, nesterov, weightDecay }, _, output) =>
    output * (2 + (weightDecay > 0 ? 2 : 0) + (momentum > 0 ? 2 : 0) + (nesterov ? 2 : 0)),
  // Moments 3 and 4, their corrections 2, root, sum and division 3, the step 2, decay 2.
  adamw: ({ weightDecay }, _, output) => output * (14 + (weightDecay > 0 ? 2 : 0)),
}))();
