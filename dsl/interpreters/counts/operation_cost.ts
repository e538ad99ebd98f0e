/**
 * What one operation of the tensor program costs. The operations of a forward
 * pass cost what the layers' own rules say; those of gradients and updates are
 * counted in the same way: 2 for a multiply-accumulate, 1 for every other
 * operation on an element. What is done once per channel is left out.
 */
import {
  type Activation,
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

const COSTS: { readonly [K in OpName]: Rule<K> } = {
  constant: 0,
  conv2d: (op, [, kernel, bias], output) =>
    products(output * taps(kernel), ((bias === undefined ? 0 : 1) + rectified(op)) * output),
  conv2dInputGrad: (_, [dy, kernel]) => products(sizeOf(dy) * taps(kernel)),
  conv2dFilterGrad: ({ kernelShape }, [, dy]) => products(sizeOf(dy) * taps(kernelShape)),
  matmul: ({ transposeA }, [a, , bias], output) =>
    products(output * (a[transposeA ? 0 : 1] ?? 0), bias === undefined ? 0 : output),
  add: 1,
  subtract: 1,
  multiply: 1,
  divide: 1,
  maximum: 1,
  minimum: 1,
  greater: 1,
  scale: 1,
  blend: 3,
  exp: 1,
  log: 1,
  sqrt: 1,
  rsqrt: 3,
  abs: 1,
  sign: 1,
  tanh: 1,
  erf: 1,
  relu: 1,
  reluGrad: 1,
  sigmoid: 4,
  sigmoidGrad: 3,
  attend: 2,
  affine: (op, _, output) => (2 + rectified(op)) * output,
  // Mean 1, mean of squares 2, scale and shift 2.
  batchNormTrain: (op, _, output) => (5 + rectified(op)) * output,
  // Sums of dy and of dy x 3, a dy + b x + c 4; a rectifier's sign needs the output again, 3.
  batchNormGrad: (op, _, output) => (7 + 3 * rectified(op)) * output,
  maxPool: ({ window }, _, output) => output * sizeOf(window),
  maxPoolGrad: ({ window }, [dy]) => sizeOf(dy) * sizeOf(window),
  averagePool: ({ window }, _, output) => output * sizeOf(window),
  averagePoolGrad: ({ window }, [dy]) => sizeOf(dy) * sizeOf(window),
  globalAverage: perInput(1),
  globalAverageGrad: perInput(1),
  resizeBilinear: RESIZE_FLOPS,
  resizeBilinearGrad: perInput(8),
  l2Normalize: 3,
  // The sum of squares 2, of products 2; a dy - b x 3, and the division.
  l2NormalizeGrad: 8,
  standardize: 5,
  // The statistics 3, then as a batch norm's.
  standardizeGrad: 10,
  softmax: 5,
  softmaxGrad: 4,
  softmaxCrossEntropy: perInput(8),
  softmaxCrossEntropyGrad: 7,
  accuracy: perInput(2),
  sum: perInput(1),
  max: perInput(1),
  broadcast: 0,
  transpose: 0,
  concat: 0,
  slice: 0,
  pad: 0,
  reshape: 0,
  dropoutMask: 1,
  sgd: ({ momentum, nesterov, weightDecay }, _, output) =>
    output * (2 + (weightDecay > 0 ? 2 : 0) + (momentum > 0 ? 2 : 0) + (nesterov ? 2 : 0)),
  // Moments 3 and 4, their corrections 2, root, sum and division 3, the step 2, decay 2.
  adamw: ({ weightDecay }, _, output) => output * (14 + (weightDecay > 0 ? 2 : 0)),
};
