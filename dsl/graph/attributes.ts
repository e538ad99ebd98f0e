/**
 * What the attributes of every operation may hold. A value that an engine would round, skip or
 * never come back from (half a pixel, a stride of 0, an infinite factor) is refused where an
 * operation is added.
 */
import {
  AXES,
  BOOLEAN,
  COUNT,
  expected,
  listOf,
  misfit,
  oneOf,
  type Wanted,
  WHOLE,
} from "../problem/expect.ts";
import { show } from "../problem/show.ts";
import { closest } from "../problem/suggest.ts";
import { every, type Op, type OpName, type OpOf } from "./op.ts";

/** What each attribute of an operation may hold. */
type Attributes<K extends OpName> = {
  readonly [A in Exclude<keyof OpOf<K>, "op">]-?: Wanted;
};

/** A number that float32 holds, from `least` on. */
const float = /* @__NO_SIDE_EFFECTS__ */ (least = -Infinity): Wanted => ({
  fits: (value) =>
    typeof value === "number" && value >= least && Number.isFinite(Math.fround(value)),
  wanted: least === -Infinity ? "a finite number" : `a finite number of at least ${least}`,
  hint: "float32 holds numbers up to 3.4e38; leave a bound out that bounds nothing",
});

/** A list of a given length, of such ones. */
const several = /* @__NO_SIDE_EFFECTS__ */ (count: number, each: Wanted): Wanted => ({
  fits: (value) => Array.isArray(value) && value.length === count && listOf(each).fits(value),
  wanted: `a list of ${count}, each ${each.wanted}`,
});

/** A tensor's shape. */
export const SIZES: Wanted = /* @__PURE__ */ listOf(
  COUNT,
  "a shape: a list of whole numbers of at least 1",
);

const share: Wanted = {
  fits: (value) => typeof value === "number" && value >= 0 && value < 1,
  wanted: "a number from 0 to below 1",
};
const anyFloat = float();
const positive = float(0);
const pair = several(2, COUNT);
const border = several(4, WHOLE);
const activation = /* @__PURE__ */ oneOf(["none", "relu"]);
const convolution = { stride: pair, padding: border, dilation: pair, groups: COUNT };
const window = { window: pair, stride: pair, padding: border };
const axes = { axes: AXES };

const ATTRIBUTES: { readonly [K in OpName]: Attributes<K> } = /* @__PURE__ */ (() => ({
  ...every(["add", "subtract", "multiply", "divide", "maximum", "minimum", "greater"], {}),
  ...every(["exp", "log", "sqrt", "abs", "sign", "tanh", "erf", "attend"], {}),
  ...every(["gelu", "geluGrad"], {}),
  ...every(["relu", "reluGrad", "sigmoid", "sigmoidGrad", "softmax", "softmaxGrad"], {}),
  ...every(["globalAverage", "accuracy"], {}),
  ...every(["rsqrt", "l2Normalize", "l2NormalizeGrad"], { epsilon: positive }),
  ...every(["standardize", "standardizeGrad"], { epsilon: positive }),
  ...every(["batchNormTrain", "batchNormGrad"], { epsilon: positive, activation }),
  ...every(["softmaxCrossEntropy", "softmaxCrossEntropyGrad"], { smoothing: share }),
  ...every(["globalAverageGrad", "resizeBilinearGrad"], { inputShape: SIZES }),
  ...every(["maxPool", "maxPoolGrad", "averagePool"], window),
  ...every(["sum", "max", "transpose"], axes),
  ...every(["broadcast", "reshape"], { shape: SIZES }),
  averagePoolGrad: { inputShape: SIZES, ...window },
  constant: { value: anyFloat, shape: SIZES },
  conv2d: { activation, ...convolution },
  conv2dInputGrad: { inputShape: SIZES, ...convolution },
  conv2dFilterGrad: { kernelShape: SIZES, ...convolution },
  matmul: { transposeA: BOOLEAN, transposeB: BOOLEAN },
  scale: { by: anyFloat },
  blend: { rate: anyFloat },
  affine: { activation },
  resizeBilinear: { size: pair },
  concat: { axis: WHOLE },
  slice: { axis: WHOLE, start: WHOLE, size: COUNT },
  pad: { axis: WHOLE, before: WHOLE, after: WHOLE },
  dropoutMask: { rate: share, salt: WHOLE, shape: SIZES },
  sgd: { momentum: anyFloat, nesterov: BOOLEAN, weightDecay: anyFloat },
  adamw: { beta1: anyFloat, beta2: anyFloat, epsilon: positive, weightDecay: anyFloat },
}))();

/**
 * Makes sure that an operation has its attributes, and no others.
 *
 * @throws {ProblemError} That names the operation and the attribute.
 */
export function checkAttributes(op: Op): void {
  const wanted = new Map<string, Wanted>(Object.entries(ATTRIBUTES[op.op]));
  const given = new Map<string, unknown>(Object.entries(op));
  for (const [name, one] of wanted) expected(given.get(name), one, `${op.op}.${name}`);
  if (given.size === wanted.size + 1) return;
  const names = [...wanted.keys()];
  for (const name of given.keys()) {
    if (name === "op" || wanted.has(name)) continue;
    const hint = closest(name, names, "leave it out");
    throw misfit(`${op.op} has no such attribute`, show(name), names.join(", ") || "none", hint);
  }
}
