/**
 * What one operation of the tensor program costs. The operations of a forward
 * pass cost what the layers' own rules say; those of gradients and updates are
 * counted in the same way: 2 for a multiply-accumulate, 1 for every other
 * operation on an element. What is done once per channel is left out.
 */
import { RESIZE_FLOPS } from "../../graph/op.ts";
import type { Op, TensorShape } from "../../graph/op.ts";
import type { Cost } from "../../plan/rule.ts";
import { sizeOf } from "../../net/shape.ts";

/** The cost of an operation on operands of these shapes with results of these shapes. */
export function operationCost(
  op: Op,
  operands: readonly TensorShape[],
  results: readonly TensorShape[],
): Cost {
  const size = (i: number) => sizeOf(operands[i] ?? []);
  const output = sizeOf(results[0] ?? []);
  switch (op.op) {
    case "conv2d":
      return products(
        output * taps(operands[1]),
        (operands.length > 2 ? output : 0) + rectified(op) * output,
      );
    case "conv2dInputGrad":
      return products(size(0) * taps(operands[1]));
    case "conv2dFilterGrad":
      return products(size(1) * taps(op.kernelShape));
    case "matmul": {
      const inner = operands[0]?.[op.transposeA ? 0 : 1] ?? 0;
      return products(output * inner, operands.length > 2 ? output : 0);
    }
    case "constant":
    case "concat":
    case "slice":
    case "pad":
    case "reshape":
    case "broadcast":
    case "transpose":
      return elementwise(0);
    case "add":
    case "subtract":
    case "multiply":
    case "divide":
    case "maximum":
    case "minimum":
    case "greater":
    case "exp":
    case "log":
    case "sqrt":
    case "abs":
    case "sign":
    case "tanh":
    case "erf":
    case "scale":
    case "relu":
    case "reluGrad":
    case "dropoutMask":
      return elementwise(output);
    case "attend":
      return elementwise(2 * output);
    case "blend":
    case "rsqrt":
    case "sigmoidGrad":
    case "l2Normalize":
      return elementwise(3 * output);
    case "sigmoid":
    case "softmaxGrad":
      return elementwise(4 * output);
    case "softmax":
    case "standardize":
      return elementwise(5 * output);
    case "affine":
      return elementwise((2 + rectified(op)) * output);
    case "batchNormTrain":
      // Mean 1, mean of squares 2, scale and shift 2.
      return elementwise((5 + rectified(op)) * output);
    case "batchNormGrad":
      // Sums of dy and of dy x 3, a dy + b x + c 4; a rectifier's sign needs the output again, 3.
      return elementwise((7 + 3 * rectified(op)) * output);
    case "maxPool":
    case "averagePool":
      return elementwise(output * sizeOf(op.window));
    case "maxPoolGrad":
    case "averagePoolGrad":
      return elementwise(size(0) * sizeOf(op.window));
    case "globalAverage":
    case "globalAverageGrad":
    case "sum":
    case "max":
      return elementwise(size(0));
    case "resizeBilinear":
      return elementwise(RESIZE_FLOPS * output);
    case "resizeBilinearGrad":
      return elementwise(8 * size(0));
    case "l2NormalizeGrad":
      // The sum of squares 2, of products 2; a dy - b x 3, and the division.
      return elementwise(8 * output);
    case "standardizeGrad":
      // The statistics 3, then as a batch norm's.
      return elementwise(10 * output);
    case "softmaxCrossEntropy":
      return elementwise(8 * size(0));
    case "softmaxCrossEntropyGrad":
      return elementwise(7 * output);
    case "accuracy":
      return elementwise(2 * size(0));
    case "sgd":
      return elementwise(
        output *
          (2 + (op.weightDecay > 0 ? 2 : 0) + (op.momentum > 0 ? 2 : 0) + (op.nesterov ? 2 : 0)),
      );
    case "adamw":
      // Moments 3 and 4, their corrections 2, root, sum and division 3, the step 2, decay 2.
      return elementwise(output * (14 + (op.weightDecay > 0 ? 2 : 0)));
  }
}

function products(macs: number, others = 0): Cost {
  return { macs, flops: 2 * macs + others };
}

function elementwise(flops: number): Cost {
  return { macs: 0, flops };
}

/** Multiply-accumulates for one element of a convolution with this kernel. */
function taps([height = 0, width = 0, inputs = 0]: TensorShape = []): number {
  return height * width * inputs;
}

function rectified({ activation }: { readonly activation: "none" | "relu" }): number {
  return activation === "relu" ? 1 : 0;
}
