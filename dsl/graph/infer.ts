/**
 * The shapes of an operation's results, from its operands'. The plan has
 * checked the network already, so a shape that does not fit here is a fault of
 * a lowering or of a gradient rule, and is thrown.
 */
import { misfit } from "../problem/expect.ts";
import { sameShape, sizeOf } from "../net/shape.ts";
import {
  every,
  type Op,
  type OpName,
  type OpOf,
  type PoolGeometry,
  type TensorShape,
} from "./op.ts";
import { checkOperands, type Operands, type Results } from "./signature.ts";

/** The results' shapes; undefined where the operands' do not fit. */
type Inference<K extends OpName> = (
  op: OpOf<K>,
  operands: Operands<K, TensorShape>,
) => Results<K, TensorShape> | undefined;

/**
 * The shapes of the results of `op` on operands of these shapes.
 *
 * @throws {ProblemError} On operands that do not fit.
 */
export function inferShapes(op: Op, operands: readonly TensorShape[]): readonly TensorShape[] {
  checkOperands(op.op, operands.length);
  // The table pairs each name with the rule of that very operation, whose operands were counted.
  const infer = INFERENCE[op.op] as (
    op: Op,
    operands: readonly TensorShape[],
  ) => readonly TensorShape[] | undefined;
  const shapes = infer(op, operands);
  if (shapes !== undefined) return shapes;
  const given = operands.map((shape) => `[${shape.join(", ")}]`).join(" and ");
  throw misfit(`${op.op} must take its operands`, given, "operands whose shapes fit");
}

const same = (_: unknown, [x]: readonly [TensorShape]): readonly [TensorShape] => [x];

const alike = (_: unknown, [a, b]: readonly [TensorShape, TensorShape]) =>
  sameShape(a, b) ? [a] as const : undefined;

/** The second operand may be repeated along the last axis, or everywhere. */
const repeated = (_: unknown, [a, b]: readonly [TensorShape, TensorShape]) => {
  const perChannel = b.length === 1 && b[0] === a.at(-1);
  return b.length === 0 || perChannel || sameShape(a, b) ? [a] as const : undefined;
};

const given = ({ shape }: { readonly shape: TensorShape }) => [shape] as const;
const ofInput = (op: { readonly inputShape: TensorShape }) => [op.inputShape] as const;

const scalarOfRows = (_: unknown, [a, b]: readonly [TensorShape, TensorShape]) =>
  sameShape(a, b) ? [[]] as const : undefined;

const pooled = (
  { window, stride, padding: [top, bottom, left, right] }: PoolGeometry,
  [[n = 0, h = 0, w = 0, c = 0]]: readonly [TensorShape],
) =>
  [[
    n,
    Math.floor((h + top + bottom - window[0]) / stride[0]) + 1,
    Math.floor((w + left + right - window[1]) / stride[1]) + 1,
    c,
  ]] as const;

/** Whether these are axes of a shape, each named once. */
function areAxes(axes: readonly number[], shape: TensorShape): boolean {
  return new Set(axes).size === axes.length && axes.every((axis) => shape[axis] !== undefined);
}

const reduced = ({ axes }: { readonly axes: readonly number[] }, [x]: readonly [TensorShape]) =>
  areAxes(axes, x) ? [x.filter((_, axis) => !axes.includes(axis))] as const : undefined;

const INFERENCE: { readonly [K in OpName]: Inference<K> } = {
  ...every(["add", "subtract", "multiply", "divide", "maximum", "minimum", "greater"], repeated),
  ...every(["scale", "exp", "log", "sqrt", "rsqrt", "abs", "sign", "tanh", "erf"], same),
  ...every(["relu", "sigmoid", "l2Normalize", "standardize", "softmax"], same),
  ...every(["blend", "reluGrad", "sigmoidGrad", "attend"], alike),
  ...every(["l2NormalizeGrad", "standardizeGrad", "softmaxGrad"], alike),
  ...every(["conv2dInputGrad", "averagePoolGrad"], ofInput),
  ...every(["globalAverageGrad", "resizeBilinearGrad"], ofInput),
  ...every(["constant", "dropoutMask"], given),
  ...every(["maxPool", "averagePool"], pooled),
  ...every(["softmaxCrossEntropy", "accuracy"], scalarOfRows),
  ...every(["sum", "max"], reduced),
  conv2d: (op, [[n = 0, h = 0, w = 0, c = 0], [kh = 0, kw = 0, inputs = 0, outputs = 0]]) => {
    if (c !== inputs * op.groups) return undefined;
    const [top, bottom, left, right] = op.padding;
    const rows = h + top + bottom - ((kh - 1) * op.dilation[0] + 1);
    const columns = w + left + right - ((kw - 1) * op.dilation[1] + 1);
    return [[
      n,
      Math.floor(rows / op.stride[0]) + 1,
      Math.floor(columns / op.stride[1]) + 1,
      outputs,
    ]];
  },
  conv2dFilterGrad: ({ kernelShape }) => [kernelShape],
  matmul: ({ transposeA, transposeB }, [[ar = 0, ac = 0], [br = 0, bc = 0]]) => {
    const [rows, inner] = transposeA ? [ac, ar] : [ar, ac];
    const [other, columns] = transposeB ? [bc, br] : [br, bc];
    return inner === other ? [[rows, columns]] : undefined;
  },
  affine: (_, [x]) => [x],
  batchNormTrain: (_, [x, gamma, beta]) => sameShape(gamma, beta) ? [x, gamma, gamma] : undefined,
  batchNormGrad: (_, [dy, x, gamma, ...others]) =>
    sameShape(dy, x) && others.every((other) => sameShape(other, gamma))
      ? [x, gamma, gamma]
      : undefined,
  maxPoolGrad: (_, [dy, x, y]) => sameShape(dy, y) ? [x] : undefined,
  globalAverage: (_, [[n = 0, , , c = 0]]) => [[n, c]],
  resizeBilinear: ({ size }, [[n = 0, , , c = 0]]) => [[n, ...size, c]],
  softmaxCrossEntropyGrad: (_, [, logits, targets]) =>
    sameShape(logits, targets) ? [logits] : undefined,
  broadcast: ({ shape }, [x]) =>
    shape.length === x.length && x.every((size, i) => size === 1 || size === shape[i])
      ? [shape]
      : undefined,
  transpose: ({ axes }, [x]) =>
    axes.length === x.length && areAxes(axes, x) ? [axes.map((axis) => x[axis] ?? 1)] : undefined,
  concat: ({ axis }, [first, ...others]) => {
    if (!areAxes([axis], first)) return undefined;
    const fits = others.every((other) => sameShape(other.with(axis, first[axis] ?? 1), first));
    const size = [first, ...others].reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
    return fits ? [first.with(axis, size)] : undefined;
  },
  slice: ({ axis, start, size }, [x]) =>
    start >= 0 && size > 0 && start + size <= (x[axis] ?? 0) ? [x.with(axis, size)] : undefined,
  pad: ({ axis, before, after }, [x]) =>
    areAxes([axis], x) ? [x.with(axis, before + (x[axis] ?? 0) + after)] : undefined,
  reshape: ({ shape }, [x]) => sizeOf(shape) === sizeOf(x) ? [shape] : undefined,
  sgd: (_, [w, g, v]) => sameShape(w, g) && sameShape(w, v) ? [w, w] : undefined,
  adamw: (_, [w, ...others]) =>
    others.slice(0, 3).every((other) => sameShape(w, other)) ? [w, w, w] : undefined,
};
