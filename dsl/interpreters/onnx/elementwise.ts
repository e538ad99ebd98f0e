/** Operations that work entry by entry, moves of whole channels, sums, the optimisers' steps. */
import { sameShape, sizeOf } from "../../net/shape.ts";
import { meanOfBlocks } from "./blocks.ts";
import type { Emitter, Expansions, Site } from "./emitter.ts";
import { axisAt, ordered, placeOf } from "./layout.ts";
import { float, type Value } from "./writer.ts";

/** The sum over all axes but that of the channels, as `[C]`; rows of a map are summed first, that is fastest. */
export function channelSum(e: Emitter, x: Value): Value {
  const [n = 1, channels = 1, ...size] = x.shape;
  if (x.order === "blocked") return e.mul(meanOfBlocks(e, x), n * sizeOf(size));
  if (x.order !== "map") {
    return e.reduce("ReduceSum", x, [...x.shape.keys().take(x.shape.length - 1)]);
  }
  const rows = e.reshape(x, [n, channels, sizeOf(size)]);
  return e.reduce("ReduceSum", e.reduce("ReduceSum", rows, [2]), [0]);
}

/** A reduction over axes of netfold's; those that are left stand in its order. */
function reduced(
  e: Emitter,
  type: "ReduceSum" | "ReduceMax",
  operand: Value,
  axes: readonly number[],
): Value {
  if (axes.length === 0) return operand;
  const x = operand.order === "blocked" ? e.map(operand) : operand;
  const places = axes.map((axis) => placeOf(axis, x.order)).toSorted((a, b) => a - b);
  const y = e.reduce(type, x, places);
  const left = [...x.shape.keys()].filter((place) => !places.includes(place))
    .map((place) => axisAt(place, x.order));
  const sorted = left.toSorted((a, b) => a - b);
  if (sameShape(left, sorted)) return y;
  return e.transpose(y, sorted.map((axis) => left.indexOf(axis)));
}

/** The slope of a step: whatever number is above zero ends at one. */
export const STEEP = 3e38;

/** One where an entry is above zero, else zero; exact for every number that is not subnormal. */
export function positive(e: Emitter, y: Value): Value {
  return e.unary("HardSigmoid", y, { alpha: float(STEEP), beta: float(0) });
}

/**
 * A vector that is not there before some gradient is. The runtime does what it
 * can do as soon as it can; a summand of zero times an entry of the gradient
 * keeps it from making in the forward pass what only the backward pass needs,
 * and from holding it until then.
 */
export function notBefore(e: Emitter, vector: Value, gradient: Value): Value {
  const row = e.reshape(gradient, [sizeOf(gradient.shape)]);
  const entry = e.node("Slice", [row, e.whole([0]), e.whole([1])], [1]);
  return e.add(vector, e.mul(entry, 0));
}

/** An operator of one operand. */
const unary = (type: string) => ({ e }: Pick<Site, "e">, x: Value): readonly [Value] => [
  e.unary(type, x),
];
/** An operator of two operands. */
const binary = (type: string) => ({ e }: Pick<Site, "e">, a: Value, b: Value): readonly [Value] => [
  e.binary(type, a, b),
];

/**
 * The share of a normal distribution that lies below a value: half of an error function plus a half,
 * which is from 0 to 1, in one pass. The backward pass makes it anew, so that no map waits for it.
 */
const below = (e: Emitter, x: Value): Value =>
  e.unary("HardSigmoid", e.unary("Erf", e.mul(x, Math.SQRT1_2)), {
    alpha: float(0.5),
    beta: float(0.5),
  });

/** The expansions of this file. */
export const ELEMENTWISE = {
  constant: ({ e, op: { value, shape } }) => [{
    ...e.filled(shape, value),
    from: { how: "repeated", value: e.scalar(value) },
  }],
  add: binary("Add"),
  subtract: binary("Sub"),
  multiply: binary("Mul"),
  divide: binary("Div"),
  maximum: binary("Max"),
  minimum: binary("Min"),
  greater: ({ e }, a, b) => [e.unary("Cast", e.binary("Greater", a, b), { to: 1 })],
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  abs: unary("Abs"),
  sign: unary("Sign"),
  tanh: unary("Tanh"),
  erf: unary("Erf"),
  scale: ({ e, op: { by } }, x) => [e.mul(x, by)],
  blend: ({ e, op: { rate } }, a, b) => [e.add(e.mul(a, rate), e.mul(b, 1 - rate))],
  rsqrt: ({ e, op: { epsilon } }, x) => [e.unary("Reciprocal", e.unary("Sqrt", e.add(x, epsilon)))],
  relu: unary("Relu"),
  reluGrad: ({ e }, dy, y) => [e.mul(dy, positive(e, y))],
  sigmoid: unary("Sigmoid"),
  sigmoidGrad: ({ e }, dy, y) => [e.mul(dy, e.mul(y, e.sub(1, y)))],
  // As other tools write it, so that the runtime and they know it again.
  gelu: ({ e }, x) => [
    e.own
      ? e.mul(x, below(e, x))
      : e.mul(e.mul(x, 0.5), e.add(e.unary("Erf", e.mul(x, Math.SQRT1_2)), 1)),
  ],
  geluGrad: ({ e }, dy, x) => {
    const bell = e.unary("Exp", e.mul(e.mul(x, x), -0.5));
    const tilt = e.mul(e.mul(x, bell), 1 / Math.sqrt(2 * Math.PI));
    return [e.mul(dy, e.add(below(e, x), tilt))];
  },
  // Training needs 1 + mask again for the gradient; without that, the runtime
  // keeps a sum of maps in its own layout, which a number breaks.
  attend: ({ e }, trunk, mask) => [
    e.own ? e.mul(trunk, e.add(mask, 1)) : e.add(trunk, e.mul(trunk, mask)),
  ],
  affine: ({ e, op: { activation } }, x, scale, shift) => {
    // A batch norm whose statistics are in its factor and summand already.
    const map = e.map(x);
    const operands = [map, scale, shift, e.filled(scale.shape, 0), e.filled(scale.shape, 1)];
    const attributes = { epsilon: float(0) };
    const y = {
      ...e.node("BatchNormalization", operands, map.shape, attributes),
      order: map.order,
    };
    return [activation === "relu" ? e.unary("Relu", y) : y];
  },
  concat: ({ e, op: { axis } }, ...operands) => {
    const first = e.natural(operands[0]);
    const parts = operands.map((part) => e.inOrder(part, first.order));
    return [e.concat(parts, placeOf(axis, first.order))];
  },
  slice: ({ e, op: { axis, start, size } }, operand) => {
    const x = e.natural(operand);
    const place = placeOf(axis, x.order);
    const bounds = [[start], [start + size], [place]].map((numbers) => e.whole(numbers));
    return [{ ...e.node("Slice", [x, ...bounds], x.shape.with(place, size)), order: x.order }];
  },
  pad: ({ e, op: { axis, before, after } }, operand) => {
    const x = e.natural(operand);
    const place = placeOf(axis, x.order);
    const side = (by: number): readonly number[] => x.shape.map((_, i) => i === place ? by : 0);
    const shape = x.shape.with(place, (x.shape[place] ?? 1) + before + after);
    const sides = e.whole([...side(before), ...side(after)]);
    return [{ ...e.node("Pad", [x, sides], shape), order: x.order }];
  },
  sum: ({ e, op: { axes }, shape }, x) => {
    const last = x.shape.length - 1;
    const isBias = shape.length === 1 && axes.length > 0 && !axes.includes(last);
    return [isBias ? channelSum(e, x) : reduced(e, "ReduceSum", x, axes)];
  },
  max: ({ e, op: { axes } }, x) => [reduced(e, "ReduceMax", x, axes)],
  broadcast: ({ e, op }, operand) => {
    const x = e.natural(operand);
    const shape = ordered(op.shape, x.order);
    if (sameShape(shape, x.shape)) return [x];
    // Asked for 1, ONNX keeps the size that is there.
    const sizes = shape.map((size, i) => size === x.shape[i] ? 1 : size);
    const y = e.node("Expand", [x, e.whole(sizes)], shape);
    return [{ ...y, order: x.order, from: { how: "repeated", value: x } }];
  },
  transpose: ({ e, op: { axes } }, operand) => {
    const x = operand.order === "blocked" ? e.map(operand) : operand;
    return [e.transpose(x, axes.map((axis) => placeOf(axis, x.order)))];
  },
  reshape: ({ e, op: { shape } }, x) => [e.reshape(e.inOrder(x, "plain"), shape)],
  sgd: ({ e, op: { momentum, nesterov, weightDecay } }, w, g, v, rate) => {
    const slope = weightDecay === 0 ? g : e.add(g, e.mul(w, weightDecay));
    const velocity = e.add(e.mul(v, momentum), slope);
    const direction = nesterov ? e.add(slope, e.mul(velocity, momentum)) : velocity;
    return [e.sub(w, e.mul(direction, rate)), velocity];
  },
  // Loshchilov and Hutter's (Decoupled weight decay regularization, ICLR 2019) as in PyTorch:
  // w' = w - rate ((m' / (1 - beta1^step)) / (sqrt(v' / (1 - beta2^step)) + epsilon) + decay w).
  adamw: ({ e, op: { beta1, beta2, epsilon, weightDecay } }, w, g, m, v, step, rate) => {
    const first = e.add(e.mul(m, beta1), e.mul(g, 1 - beta1));
    const second = e.add(e.mul(v, beta2), e.mul(e.mul(g, g), 1 - beta2));
    const warm = (beta: number): Value => e.sub(1, e.binary("Pow", beta, step));
    const length = e.add(e.unary("Sqrt", e.div(second, warm(beta2))), epsilon);
    const direction = e.div(e.div(first, warm(beta1)), length);
    const change = weightDecay === 0 ? direction : e.add(direction, e.mul(w, weightDecay));
    return [e.sub(w, e.mul(change, rate)), first, second];
  },
} satisfies Partial<Expansions>;
