/**
 * The shapes of an operation's results, from its operands'. The plan has
 * checked the network already, so a shape that does not fit here is a fault of
 * a lowering, of a gradient rule or of a program written by hand, and is
 * thrown. What is let through means the same to every engine.
 */
import { misfit } from "../problem/expect.ts";
import { sameShape, sizeOf } from "../net/shape.ts";
import { checkAttributes } from "./attributes.ts";
import {
  type ConvolutionGeometry,
  every,
  type Op,
  type OpName,
  type OpOf,
  type Pair,
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
 * @throws {ProblemError} On attributes or operands that do not fit.
 */
export function inferShapes(op: Op, operands: readonly TensorShape[]): readonly TensorShape[] {
  checkOperands(op.op, operands.length);
  checkAttributes(op);
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

/** Of at least one axis, the last of which the operation goes along. */
const alongLast = (_: unknown, [x]: readonly [TensorShape]) =>
  x.length > 0 ? [x] as const : undefined;

const alikeAlongLast = (_: unknown, [a, b]: readonly [TensorShape, TensorShape]) =>
  a.length > 0 && sameShape(a, b) ? [a] as const : undefined;

const scalarOfRows = (_: unknown, [a, b]: readonly [TensorShape, TensorShape]) =>
  a.length === 2 && sameShape(a, b) ? [[]] as const : undefined;

/** Whether a shape is `[n, h, w, c]`. */
function isMap(shape: TensorShape): boolean {
  return shape.length === 4;
}

/** Whether every shape is `[C]`, for the last axis of `x`. */
function perChannel(x: TensorShape, ...shapes: readonly (TensorShape | undefined)[]): boolean {
  return shapes.every((shape) =>
    shape === undefined || shape.length === 1 && shape[0] === x.at(-1)
  );
}

/** The map that windows of an extent give; undefined where none fits in. */
function slid(
  [, h = 0, w = 0]: TensorShape,
  { extent, stride, padding: [top, bottom, left, right] }:
    & Pick<PoolGeometry, "stride" | "padding">
    & { readonly extent: Pair },
): Pair | undefined {
  const rows = Math.floor((h + top + bottom - extent[0]) / stride[0]) + 1;
  const columns = Math.floor((w + left + right - extent[1]) / stride[1]) + 1;
  return rows >= 1 && columns >= 1 ? [rows, columns] : undefined;
}

function convolved(
  { stride, padding, dilation, groups }: ConvolutionGeometry,
  x: TensorShape,
  kernel: TensorShape,
): TensorShape | undefined {
  const [kh = 0, kw = 0, inputs = 0, outputs = 0] = kernel;
  const channels = x[3] === inputs * groups && outputs % groups === 0;
  if (!isMap(x) || kernel.length !== 4 || !channels) return undefined;
  const extent = [(kh - 1) * dilation[0] + 1, (kw - 1) * dilation[1] + 1] as const;
  const size = slid(x, { extent, stride, padding });
  return size && [x[0] ?? 0, ...size, outputs];
}

function pooled(
  { window, stride, padding }: PoolGeometry,
  x: TensorShape,
): TensorShape | undefined {
  const size = isMap(x) ? slid(x, { extent: window, stride, padding }) : undefined;
  return size && [x[0] ?? 0, ...size, x[3] ?? 0];
}

/** What a pooling gives for a map. */
const pool = (op: PoolGeometry, [x]: readonly [TensorShape]) => {
  const y = pooled(op, x);
  return y && [y] as const;
};

/** One shape where it is what another operation gives. */
function where(
  result: TensorShape,
  made: TensorShape | undefined,
  gradient: TensorShape,
): readonly [TensorShape] | undefined {
  return made !== undefined && sameShape(made, gradient) ? [result] : undefined;
}

/** Whether these are axes of a shape, each named once. */
function areAxes(axes: readonly number[], shape: TensorShape): boolean {
  return new Set(axes).size === axes.length && axes.every((axis) => shape[axis] !== undefined);
}

const reduced = ({ axes }: { readonly axes: readonly number[] }, [x]: readonly [TensorShape]) =>
  areAxes(axes, x) ? [x.filter((_, axis) => !axes.includes(axis))] as const : undefined;

const INFERENCE: { readonly [K in OpName]: Inference<K> } = /* @__PURE__ */ (() => ({
  ...every(["add", "subtract", "multiply", "divide", "maximum", "minimum", "greater"], repeated),
  ...every(["scale", "exp", "log", "sqrt", "rsqrt", "abs", "sign", "tanh", "erf", "gelu"], same),
  ...every(["relu", "sigmoid"], same),
  ...every(["l2Normalize", "softmax"], alongLast),
  ...every(["l2NormalizeGrad", "softmaxGrad"], alikeAlongLast),
  ...every(["blend", "reluGrad", "sigmoidGrad", "geluGrad", "attend"], alike),
  ...every(["maxPool", "averagePool"], pool),
  ...every(["softmaxCrossEntropy", "accuracy"], scalarOfRows),
  ...every(["sum", "max"], reduced),
  conv2d: (op, [x, kernel, bias]) => {
    const y = convolved(op, x, kernel);
    return y !== undefined && perChannel(y, bias) ? [y] : undefined;
  },
  conv2dInputGrad: (op, [dy, kernel]) =>
    where(op.inputShape, convolved(op, op.inputShape, kernel), dy),
  conv2dFilterGrad: (op, [x, dy]) => where(op.kernelShape, convolved(op, x, op.kernelShape), dy),
  matmul: ({ transposeA, transposeB }, [a, b, bias]) => {
    const [[ar = 0, ac = 0], [br = 0, bc = 0]] = [a, b];
    const [rows, inner] = transposeA ? [ac, ar] : [ar, ac];
    const [other, columns] = transposeB ? [bc, br] : [br, bc];
    const fits = a.length === 2 && b.length === 2 && inner === other;
    return fits && perChannel([columns], bias) ? [[rows, columns]] : undefined;
  },
  affine: (_, [x, scale, shift]) => perChannel(x, scale, shift) ? [x] : undefined,
  batchNormTrain: (_, [x, gamma, beta]) =>
    perChannel(x, gamma, beta) ? [x, gamma, gamma] : undefined,
  batchNormGrad: (_, [dy, x, gamma, ...others]) =>
    sameShape(dy, x) && perChannel(x, gamma, ...others) ? [x, gamma, gamma] : undefined,
  maxPoolGrad: (op, [dy, x, y]) => sameShape(dy, y) ? where(x, pooled(op, x), y) : undefined,
  averagePoolGrad: (op, [dy]) => where(op.inputShape, pooled(op, op.inputShape), dy),
  globalAverage: (_, [x]) => isMap(x) ? [averaged(x)] : undefined,
  globalAverageGrad: ({ inputShape }, [dy]) =>
    isMap(inputShape) ? where(inputShape, averaged(inputShape), dy) : undefined,
  resizeBilinear: ({ size }, [x]) => isMap(x) ? [resized(x, size)] : undefined,
  resizeBilinearGrad: ({ inputShape }, [dy]) => {
    const [, height = 0, width = 0] = dy;
    return isMap(inputShape)
      ? where(inputShape, resized(inputShape, [height, width]), dy)
      : undefined;
  },
  standardize: (_, [x]) => isMap(x) ? [x] : undefined,
  standardizeGrad: (_, [dy, x]) => isMap(x) && sameShape(dy, x) ? [x] : undefined,
  softmaxCrossEntropyGrad: (_, [dloss, logits, targets]) =>
    dloss.length === 0 && logits.length === 2 && sameShape(logits, targets) ? [logits] : undefined,
  broadcast: ({ shape }, [x]) =>
    shape.length === x.length && x.every((size, i) => size === 1 || size === shape[i])
      ? [shape]
      : undefined,
  transpose: ({ axes }, [x]) =>
    axes.length === x.length && areAxes(axes, x) ? [axes.map((axis) => x[axis] ?? 1)] : undefined,
  concat: ({ axis }, [first, ...others]) => {
    if (!areAxes([axis], first)) return undefined;
    const fits = others.every((other) =>
      other.length === first.length && sameShape(other.with(axis, first[axis] ?? 1), first)
    );
    const size = [first, ...others].reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
    return fits ? [first.with(axis, size)] : undefined;
  },
  slice: ({ axis, start, size }, [x]) =>
    areAxes([axis], x) && start + size <= (x[axis] ?? 0) ? [x.with(axis, size)] : undefined,
  pad: ({ axis, before, after }, [x]) =>
    areAxes([axis], x) ? [x.with(axis, before + (x[axis] ?? 0) + after)] : undefined,
  constant: ({ shape }) => [shape],
  reshape: ({ shape }, [x]) => sizeOf(shape) === sizeOf(x) ? [shape] : undefined,
  dropoutMask: ({ shape }, [seed]) => seed.length === 0 ? [shape] : undefined,
  sgd: (_, [w, g, v, lr]) =>
    sameShape(w, g) && sameShape(w, v) && lr.length === 0 ? [w, w] : undefined,
  adamw: (_, [w, g, m, v, ...scalars]) =>
    [g, m, v].every((other) => sameShape(w, other)) && scalars.every(({ length }) => length === 0)
      ? [w, w, w]
      : undefined,
}))();

function averaged([n = 0, , , c = 0]: TensorShape): TensorShape {
  return [n, c];
}

function resized([n = 0, , , c = 0]: TensorShape, size: Pair): TensorShape {
  return [n, ...size, c];
}
