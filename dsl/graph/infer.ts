/**
 * The shapes of an operation's results, from its operands'. The plan has
 * checked the network already, so a shape that does not fit here is a fault of
 * a lowering or of a gradient rule, and is thrown.
 */
import type { Op, OpName, PoolGeometry, TensorShape } from "./op.ts";

/** How many results an operation has, as a tuple type. */
export type Results<K extends OpName, V> = K extends "batchNormTrain" | "batchNormGrad" | "adamw"
  ? readonly [V, V, V]
  : K extends "sgd" ? readonly [V, V]
  : readonly [V];

/** The shapes of the results of `op` on operands of these shapes. */
export function inferShapes(
  op: Op,
  operands: readonly TensorShape[],
): readonly TensorShape[] {
  const operand = (i: number): TensorShape => {
    const shape = operands[i];
    if (shape === undefined) {
      throw new TypeError(`Operation ${op.op} lacks operand ${i}`);
    }
    return shape;
  };
  const alike = (...indices: readonly number[]): TensorShape => {
    const [first = 0, ...others] = indices;
    for (const i of others) {
      if (operand(i).join() !== operand(first).join()) {
        throw mismatch(op, operands);
      }
    }
    return operand(first);
  };
  switch (op.op) {
    case "constant":
    case "dropoutMask":
    case "reshape":
      return [op.shape];
    case "conv2d": {
      const [n = 0, h = 0, w = 0, c = 0] = operand(0);
      const [kh = 0, kw = 0, inputs = 0, outputs = 0] = operand(1);
      if (c !== inputs * op.groups) throw mismatch(op, operands);
      const [top, bottom, left, right] = op.padding;
      const rows = h + top + bottom - ((kh - 1) * op.dilation[0] + 1);
      const columns = w + left + right - ((kw - 1) * op.dilation[1] + 1);
      return [[
        n,
        Math.floor(rows / op.stride[0]) + 1,
        Math.floor(columns / op.stride[1]) + 1,
        outputs,
      ]];
    }
    case "conv2dInputGrad":
    case "averagePoolGrad":
    case "globalAverageGrad":
    case "resizeBilinearGrad":
      return [op.inputShape];
    case "conv2dFilterGrad":
      return [op.kernelShape];
    case "matmul": {
      const [ar = 0, ac = 0] = operand(0);
      const [br = 0, bc = 0] = operand(1);
      const [rows, inner] = op.transposeA ? [ac, ar] : [ar, ac];
      const [other, columns] = op.transposeB ? [bc, br] : [br, bc];
      if (inner !== other) throw mismatch(op, operands);
      return [[rows, columns]];
    }
    case "add":
    case "subtract":
    case "multiply": {
      const [a, b] = [operand(0), operand(1)];
      const channels = b.length === 1 && b[0] === a.at(-1);
      if (b.length > 0 && !channels) alike(0, 1);
      return [a];
    }
    case "scale":
    case "rsqrt":
    case "relu":
    case "sigmoid":
    case "affine":
    case "l2Normalize":
    case "standardize":
    case "softmax":
      return [operand(0)];
    case "blend":
    case "reluGrad":
    case "sigmoidGrad":
    case "attend":
    case "l2NormalizeGrad":
    case "standardizeGrad":
    case "softmaxGrad":
      return [alike(0, 1)];
    case "batchNormTrain":
      return [operand(0), alike(1, 2), operand(1)];
    case "batchNormGrad":
      return [alike(0, 1), alike(2, 3, 4, 5), operand(2)];
    case "maxPool":
    case "averagePool":
      return [pooled(op, operand(0))];
    case "maxPoolGrad":
      alike(0, 2);
      return [operand(1)];
    case "globalAverage": {
      const [n = 0, , , c = 0] = operand(0);
      return [[n, c]];
    }
    case "resizeBilinear": {
      const [n = 0, , , c = 0] = operand(0);
      return [[n, ...op.size, c]];
    }
    case "softmaxCrossEntropy":
    case "accuracy":
      alike(0, 1);
      return [[]];
    case "softmaxCrossEntropyGrad":
      return [alike(1, 2)];
    case "concat": {
      const last = operands.reduce(
        (sum, shape) => sum + (shape.at(-1) ?? 0),
        0,
      );
      return [[...operand(0).slice(0, -1), last]];
    }
    case "slice":
      return [[...operand(0).slice(0, -1), op.size]];
    case "pad":
      return [[
        ...operand(0).slice(0, -1),
        op.before + (operand(0).at(-1) ?? 0) + op.after,
      ]];
    case "channelSum":
      return [operand(0).slice(-1)];
    case "sgd":
      return [alike(0, 1, 2), operand(0)];
    case "adamw":
      return [alike(0, 1, 2, 3), operand(0), operand(0)];
  }
}

function pooled(
  op: PoolGeometry,
  [n = 0, h = 0, w = 0, c = 0]: TensorShape,
): TensorShape {
  const [top, bottom, left, right] = op.padding;
  return [
    n,
    Math.floor((h + top + bottom - op.window[0]) / op.stride[0]) + 1,
    Math.floor((w + left + right - op.window[1]) / op.stride[1]) + 1,
    c,
  ];
}

function mismatch(op: Op, operands: readonly TensorShape[]): TypeError {
  const shapes = operands.map((shape) => `[${shape.join(", ")}]`).join(" and ");
  return new TypeError(`Operation ${op.op} cannot take operands of ${shapes}`);
}
