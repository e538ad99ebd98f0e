/**
 * The oracle of the engine tests: every operation in float64, written as
 * plain loops from the definitions in `dsl/graph/op.ts`. Slow on purpose.
 */
import type { Graph } from "../dsl/graph/graph.ts";
import type { Op, TensorShape } from "../dsl/graph/op.ts";
import { seedKey, split, uniforms } from "../dsl/programs/random.ts";
import {
  convolution,
  convolutionFilterGrad,
  convolutionInputGrad,
  matrixProduct,
} from "./_reference_convolution.ts";
import {
  batchNormGrad,
  batchNormTrain,
  l2Normalize,
  l2NormalizeGrad,
  standardize,
  standardizeGrad,
} from "./_reference_normalization.ts";
import {
  accuracy,
  crossEntropy,
  crossEntropyGrad,
  softmax,
  softmaxGrad,
} from "./_reference_loss.ts";
import {
  averagePool,
  averagePoolGrad,
  maxPool,
  maxPoolGrad,
  resizeBilinear,
  resizeBilinearGrad,
} from "./_reference_pooling.ts";
import { adamw, sgd } from "./_reference_training.ts";
import { array, at, channels, pointwise, size, type Value } from "./_reference_value.ts";

/** Numbers for a state tensor or an input. */
export type Numbers = readonly number[] | Float64Array | Float32Array;

/** What a reference run gives back. */
export interface ReferenceResult {
  /** The graph's outputs by name. */
  readonly outputs: Readonly<Record<string, Float64Array>>;
  /** The state after the run by name. */
  readonly state: Readonly<Record<string, Float64Array>>;
}

/** Runs a whole graph in float64. */
export function runReference(
  graph: Graph,
  state: Readonly<Record<string, Numbers>>,
  inputs: Readonly<Record<string, Numbers>>,
): ReferenceResult {
  const values: (Value | undefined)[] = graph.shapes.map(() => undefined);
  const define = (id: number, numbers: Numbers | undefined): void => {
    const shape = graph.shapes[id] ?? [];
    if (numbers?.length !== size(shape)) {
      throw new TypeError(
        `value ${id} has ${numbers?.length} numbers, wanted shape ${shape}`,
      );
    }
    values[id] = { shape, data: Float64Array.from(numbers) };
  };
  const read = (id: number): Value => {
    const value = values[id];
    if (value === undefined) throw new Error(`value ${id} is not defined`);
    return value;
  };
  for (const { name, before } of graph.state) define(before, state[name]);
  for (const { name, value } of graph.inputs) define(value, inputs[name]);
  for (const { op, inputs: operands, results } of graph.nodes) {
    const made = evaluate(op, operands.map(read));
    results.forEach((id, i) => define(id, made[i]?.data));
  }
  return {
    outputs: Object.fromEntries(
      graph.outputs.map(({ name, value }) => [name, read(value).data]),
    ),
    state: Object.fromEntries(
      graph.state.map(({ name, after }) => [name, read(after).data]),
    ),
  };
}

const relu = (x: number): number => Math.max(x, 0);
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The results of one operation. */
export function evaluate(op: Op, operands: readonly Value[]): readonly Value[] {
  const x = (i: number): Value => {
    const value = operands[i];
    if (value === undefined) throw new TypeError(`operand ${i} is missing`);
    return value;
  };
  switch (op.op) {
    case "constant":
      return [array(op.shape, () => op.value)];
    case "conv2d":
      return [convolution(op, { x: x(0), kernel: x(1), bias: operands[2] })];
    case "conv2dInputGrad":
      return [convolutionInputGrad(op, x(0), x(1))];
    case "conv2dFilterGrad":
      return [convolutionFilterGrad(op, x(0), x(1))];
    case "matmul":
      return [matrixProduct(op, { a: x(0), b: x(1), bias: operands[2] })];
    case "add":
      return [pointwise([x(0), x(1)], (a, b) => a + b)];
    case "subtract":
      return [pointwise([x(0), x(1)], (a, b) => a - b)];
    case "multiply":
      return [pointwise([x(0), x(1)], (a, b) => a * b)];
    case "scale":
      return [pointwise([x(0)], (a) => op.by * a)];
    case "blend":
      return [
        pointwise([x(0), x(1)], (a, b) => op.rate * a + (1 - op.rate) * b),
      ];
    case "rsqrt":
      return [pointwise([x(0)], (a) => 1 / Math.sqrt(a + op.epsilon))];
    case "relu":
      return [pointwise([x(0)], relu)];
    case "reluGrad":
      return [pointwise([x(0), x(1)], (dy, y) => y > 0 ? dy : 0)];
    case "sigmoid":
      return [pointwise([x(0)], logistic)];
    case "sigmoidGrad":
      return [pointwise([x(0), x(1)], (dy, y) => dy * y * (1 - y))];
    case "attend":
      return [pointwise([x(0), x(1)], (trunk, mask) => (1 + mask) * trunk)];
    case "affine":
      return [
        pointwise([x(0), x(1), x(2)], (a, scale, shift) => {
          const y = scale * a + shift;
          return op.activation === "relu" ? relu(y) : y;
        }),
      ];
    case "batchNormTrain":
      return batchNormTrain(op, x(0), [x(1), x(2)]);
    case "batchNormGrad":
      return batchNormGrad(op, {
        dy: x(0),
        x: x(1),
        gamma: x(2),
        beta: x(3),
        mean: x(4),
        variance: x(5),
      });
    case "maxPool":
      return [maxPool(op, x(0))];
    case "maxPoolGrad":
      return [maxPoolGrad(op, x(0), x(1))];
    case "averagePool":
      return [averagePool(op, x(0))];
    case "averagePoolGrad":
      return [averagePoolGrad(op, x(0))];
    case "globalAverage":
      return [globalAverage(x(0))];
    case "globalAverageGrad":
      return [globalAverageGrad(op.inputShape, x(0))];
    case "resizeBilinear":
      return [resizeBilinear(op.size, x(0))];
    case "resizeBilinearGrad":
      return [resizeBilinearGrad(op.inputShape, x(0))];
    case "l2Normalize":
      return [l2Normalize(op.epsilon, x(0))];
    case "l2NormalizeGrad":
      return [l2NormalizeGrad(op.epsilon, x(0), x(1))];
    case "standardize":
      return [standardize(op.epsilon, x(0))];
    case "standardizeGrad":
      return [standardizeGrad(op.epsilon, x(0), x(1))];
    case "softmax":
      return [softmax(x(0))];
    case "softmaxGrad":
      return [softmaxGrad(x(0), x(1))];
    case "softmaxCrossEntropy":
      return [crossEntropy(op.smoothing, x(0), x(1))];
    case "softmaxCrossEntropyGrad":
      return [crossEntropyGrad(op.smoothing, x(0), [x(1), x(2)])];
    case "accuracy":
      return [accuracy(x(0), x(1))];
    case "concat":
      return [join(operands)];
    case "slice": {
      const outer = x(0).shape.slice(0, -1);
      return [array([...outer, op.size], (i) => {
        const [row, c] = [Math.floor(i / op.size), i % op.size];
        return at(x(0).data, row * channels(x(0)) + op.start + c);
      })];
    }
    case "pad": {
      const inner = channels(x(0));
      const last = op.before + inner + op.after;
      return [array([...x(0).shape.slice(0, -1), last], (i) => {
        const [row, c] = [Math.floor(i / last), i % last - op.before];
        return c < 0 || c >= inner ? 0 : at(x(0).data, row * inner + c);
      })];
    }
    case "reshape":
      return [{ shape: op.shape, data: x(0).data }];
    case "channelSum": {
      const c = channels(x(0));
      const sums = new Float64Array(c);
      x(0).data.forEach((value, i) => sums[i % c] = at(sums, i % c) + value);
      return [{ shape: [c], data: sums }];
    }
    case "dropoutMask": {
      const key = split(seedKey(at(x(0).data, 0)), op.salt);
      const draws = uniforms(key, size(op.shape));
      return [
        array(
          op.shape,
          (i) => at(draws, i) < op.rate ? 0 : 1 / (1 - op.rate),
        ),
      ];
    }
    case "sgd":
      return sgd(op, operands.slice(0, 3), at(x(3).data, 0));
    case "adamw":
      return adamw(op, operands.slice(0, 4), {
        step: at(x(4).data, 0),
        lr: at(x(5).data, 0),
      });
  }
}

function globalAverage(x: Value): Value {
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  return array([n, c], (i) => {
    let sum = 0;
    for (let p = 0; p < h * w; p++) {
      sum += at(x.data, (Math.floor(i / c) * h * w + p) * c + i % c);
    }
    return sum / (h * w);
  });
}

function globalAverageGrad(shape: TensorShape, dy: Value): Value {
  const [, h = 1, w = 1, c = 1] = shape;
  return array(
    shape,
    (i) => at(dy.data, Math.floor(i / (h * w * c)) * c + i % c) / (h * w),
  );
}

function join(parts: readonly Value[]): Value {
  const outer = parts[0]?.shape.slice(0, -1) ?? [];
  const widths = parts.map(channels);
  const last = widths.reduce((a, b) => a + b, 0);
  return array([...outer, last], (i) => {
    const row = Math.floor(i / last);
    let c = i % last;
    for (const [p, part] of parts.entries()) {
      const width = at(widths, p);
      if (c < width) return at(part.data, row * width + c);
      c -= width;
    }
    throw new Error("unreachable");
  });
}
