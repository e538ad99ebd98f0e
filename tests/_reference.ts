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
import { array, at, pointwise, size, type Value } from "./_reference_value.ts";

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
    case "divide":
      return [pointwise([x(0), x(1)], (a, b) => a / b)];
    case "maximum":
      return [pointwise([x(0), x(1)], Math.max)];
    case "minimum":
      return [pointwise([x(0), x(1)], Math.min)];
    case "greater":
      return [pointwise([x(0), x(1)], (a, b) => a > b ? 1 : 0)];
    case "exp":
    case "log":
    case "sqrt":
    case "abs":
    case "sign":
    case "tanh":
      return [pointwise([x(0)], Math[op.op])];
    case "erf":
      return [pointwise([x(0)], erf)];
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
    case "gelu":
      return [pointwise([x(0)], (a) => a * below(a))];
    case "geluGrad":
      return [pointwise([x(0), x(1)], (dy, a) => dy * (below(a) + a * density(a)))];
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
      return [join(op.axis, operands)];
    case "slice":
      return [
        moved(
          x(0),
          x(0).shape.with(op.axis, op.size),
          (place) => place.with(op.axis, at(place, op.axis) + op.start),
        ),
      ];
    case "pad": {
      const size = at(x(0).shape, op.axis);
      return [moved(x(0), x(0).shape.with(op.axis, op.before + size + op.after), (place) => {
        const i = at(place, op.axis) - op.before;
        return i < 0 || i >= size ? undefined : place.with(op.axis, i);
      })];
    }
    case "broadcast":
      return [moved(x(0), op.shape, (place) => place.map((i, axis) => i % at(x(0).shape, axis)))];
    case "transpose":
      return [
        moved(
          x(0),
          op.axes.map((axis) => at(x(0).shape, axis)),
          (place) => op.axes.map((_, axis) => at(place, op.axes.indexOf(axis))),
        ),
      ];
    case "sum":
      return [reduced(x(0), op.axes, { start: 0, join: (a, b) => a + b })];
    case "max":
      return [reduced(x(0), op.axes, { start: -Infinity, join: Math.max })];
    case "reshape":
      return [{ shape: op.shape, data: x(0).data }];
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

/** The place of entry `i` along each axis. */
function placeOf(i: number, shape: TensorShape): readonly number[] {
  return shape.map((length, axis) => Math.floor(i / size(shape.slice(axis + 1))) % length);
}

/** The number of the entry at a place. */
function indexOf(place: readonly number[], shape: TensorShape): number {
  return place.reduce((index, i, axis) => index * at(shape, axis) + i, 0);
}

/** Entries from other places; zero where there is none. */
function moved(
  x: Value,
  shape: TensorShape,
  from: (place: readonly number[]) => readonly number[] | undefined,
): Value {
  return array(shape, (i) => {
    const place = from(placeOf(i, shape));
    return place === undefined ? 0 : at(x.data, indexOf(place, x.shape));
  });
}

function reduced(
  x: Value,
  axes: readonly number[],
  { start, join }: { readonly start: number; readonly join: (a: number, b: number) => number },
): Value {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const shape = kept.map((axis) => at(x.shape, axis));
  const data = new Float64Array(size(shape)).fill(start);
  x.data.forEach((entry, i) => {
    const place = placeOf(i, x.shape);
    const to = indexOf(kept.map((axis) => at(place, axis)), shape);
    data[to] = join(at(data, to), entry);
  });
  return { shape, data };
}

/** The error function by the series whose terms all have one sign, so that none takes another's digits. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

/** The share of a normal distribution below a number, and its density there. */
const below = (x: number): number => 0.5 * (1 + erf(x * Math.SQRT1_2));
const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

function join(axis: number, parts: readonly Value[]): Value {
  const widths = parts.map(({ shape }) => at(shape, axis));
  const shape = (parts[0]?.shape ?? []).with(axis, widths.reduce((a, b) => a + b, 0));
  return array(shape, (i) => {
    const place = placeOf(i, shape);
    let along = at(place, axis);
    for (const [p, part] of parts.entries()) {
      const width = at(widths, p);
      if (along < width) return at(part.data, indexOf(place.with(axis, along), part.shape));
      along -= width;
    }
    throw new Error("unreachable");
  });
}
