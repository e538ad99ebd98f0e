/** Operations that work entry by entry, and moves of whole channels. */
import { type Emitter, float, type Value } from "./emitter.ts";
import { channelAxis, type Expansions, mapOperand, operand, perChannel } from "./expansion.ts";
import { meanOfBlocks } from "./blocks.ts";
import { sizeOf } from "../../net/shape.ts";

/** A binary operator on operands of the graph: same shapes, or the second per channel or a number. */
export function together(emitter: Emitter, type: string, a: Value, b: Value): Value {
  if (b.shape.length === 1 && a.shape.length > 1) {
    if (a.order === "blocked") return together(emitter, type, emitter.inOrder(a, "map"), b);
    return emitter.binary(type, a, perChannel(emitter, b, a));
  }
  if (a.shape.length === 4 && b.shape.length === 4 && a.order !== b.order) {
    const order = a.order === "plain" || b.order === "blocked" ? b.order : a.order;
    return emitter.binary(type, emitter.inOrder(a, order), emitter.inOrder(b, order));
  }
  return emitter.binary(type, a, b);
}

/** The sum over all axes but that of the channels, as `[C]`; rows of a map are summed first, that is fastest. */
export function channelSum(emitter: Emitter, x: Value): Value {
  const [n = 1, channels = 1, ...size] = x.shape;
  if (x.order === "blocked") {
    const entries = n * sizeOf(size);
    return emitter.binary("Mul", meanOfBlocks(emitter, x), emitter.scalar(entries));
  }
  if (x.order === "map") {
    const rows = emitter.reshape(x, [n, channels, sizeOf(size)], [0, 0, -1]);
    const perMap = emitter.node("ReduceSum", [rows, emitter.whole(2)], [n, channels], {
      keepdims: 0,
    });
    return emitter.node("ReduceSum", [perMap, emitter.whole(0)], [channels], { keepdims: 0 });
  }
  const last = x.shape.length - 1;
  const axes = emitter.whole(...x.shape.keys().take(last));
  return emitter.node("ReduceSum", [x, axes], [x.shape[last] ?? 1], { keepdims: 0 });
}

/** The expansions of this file. */
export const ELEMENTWISE: Expansions<
  | "constant"
  | "add"
  | "subtract"
  | "multiply"
  | "scale"
  | "blend"
  | "rsqrt"
  | "relu"
  | "reluGrad"
  | "sigmoid"
  | "sigmoidGrad"
  | "attend"
  | "affine"
  | "concat"
  | "slice"
  | "pad"
  | "reshape"
  | "channelSum"
> = {
  constant: ({ value, shape }, _, { emitter }) => [
    emitter.floats(shape, new Float32Array(sizeOf(shape)).fill(value)),
  ],
  add: (_, inputs, { emitter }) => [
    together(emitter, "Add", operand(inputs, 0), operand(inputs, 1)),
  ],
  subtract: (_, inputs, { emitter }) => [
    together(emitter, "Sub", operand(inputs, 0), operand(inputs, 1)),
  ],
  multiply: (_, inputs, { emitter }) => [
    together(emitter, "Mul", operand(inputs, 0), operand(inputs, 1)),
  ],
  scale: ({ by }, inputs, { emitter }) => [
    emitter.binary("Mul", operand(inputs, 0), emitter.scalar(by)),
  ],
  blend: ({ rate }, inputs, { emitter }) => [
    together(
      emitter,
      "Add",
      emitter.binary("Mul", operand(inputs, 0), emitter.scalar(rate)),
      emitter.binary("Mul", operand(inputs, 1), emitter.scalar(1 - rate)),
    ),
  ],
  rsqrt: ({ epsilon }, inputs, { emitter }) => {
    const shifted = emitter.binary("Add", operand(inputs, 0), emitter.scalar(epsilon));
    return [emitter.unary("Reciprocal", emitter.unary("Sqrt", shifted))];
  },
  relu: (_, inputs, { emitter }) => [emitter.unary("Relu", operand(inputs, 0))],
  reluGrad: (_, inputs, { emitter }) => [
    together(emitter, "Mul", operand(inputs, 0), positive(emitter, operand(inputs, 1))),
  ],
  sigmoid: (_, inputs, { emitter }) => [emitter.unary("Sigmoid", operand(inputs, 0))],
  sigmoidGrad: (_, inputs, { emitter }) => {
    const y = operand(inputs, 1);
    const slope = emitter.binary("Mul", y, emitter.binary("Sub", emitter.scalar(1), y));
    return [together(emitter, "Mul", operand(inputs, 0), slope)];
  },
  attend: (_, inputs, { emitter, own }) => {
    const [trunk, mask] = [operand(inputs, 0), operand(inputs, 1)];
    // Training needs 1 + mask again for the gradient; without that, the runtime
    // keeps a sum of maps in its own layout, which a number breaks.
    if (own) {
      return [together(emitter, "Mul", trunk, emitter.binary("Add", mask, emitter.scalar(1)))];
    }
    return [together(emitter, "Add", trunk, together(emitter, "Mul", trunk, mask))];
  },
  affine: ({ activation }, inputs, { emitter }) => {
    const x = mapOperand(emitter, inputs, 0);
    const [scale, shift] = [operand(inputs, 1), operand(inputs, 2)];
    const [channels = 1] = scale.shape;
    // A batch norm whose statistics are in its factor and summand already.
    const none = emitter.floats([channels], new Float32Array(channels));
    const unit = emitter.floats([channels], new Float32Array(channels).fill(1));
    const y = emitter.node("BatchNormalization", [x, scale, shift, none, unit], x.shape, {
      epsilon: float(0),
    });
    const map: Value = { ...y, order: x.order };
    return [activation === "relu" ? emitter.unary("Relu", map) : map];
  },
  concat: (_, inputs, { emitter, resultShapes: [shape = []] }) => {
    const isMap = shape.length === 4;
    const parts = inputs.map((input) => emitter.inOrder(input, "map"));
    const [n = 1, h = 1, w = 1, c = 1] = shape;
    const y = emitter.node("Concat", parts, isMap ? [n, c, h, w] : shape, {
      axis: isMap ? 1 : shape.length - 1,
    });
    return [isMap ? { ...y, order: "map" } : y];
  },
  slice: ({ start, size }, inputs, { emitter }) => {
    const x = mapOperand(emitter, inputs, 0);
    const axis = channelAxis(x);
    const shape = x.shape.with(axis, size);
    const [from, to] = [emitter.whole(start), emitter.whole(start + size)];
    const y = emitter.node("Slice", [x, from, to, emitter.whole(axis)], shape);
    return [{ ...y, order: x.order }];
  },
  pad: ({ before, after }, inputs, { emitter }) => {
    const x = mapOperand(emitter, inputs, 0);
    const axis = channelAxis(x);
    const side = (by: number): readonly number[] => x.shape.map((_, i) => i === axis ? by : 0);
    const shape = x.shape.with(axis, (x.shape[axis] ?? 1) + before + after);
    const y = emitter.node("Pad", [x, emitter.whole(...side(before), ...side(after))], shape);
    return [{ ...y, order: x.order }];
  },
  reshape: ({ shape }, inputs, { emitter }) => {
    const x = emitter.inOrder(operand(inputs, 0), "plain");
    const batch = shape[0] === x.shape[0] && shape.length > 0;
    return [emitter.reshape(x, shape, batch ? [0, ...shape.slice(1)] : shape)];
  },
  channelSum: (_, inputs, { emitter }) => [channelSum(emitter, operand(inputs, 0))],
};

/** The slope of a step: whatever number is above zero ends at one. */
export const STEEP = 3e38;

/** One where an entry is above zero, else zero; exact for every number that is not subnormal. */
export function positive(emitter: Emitter, y: Value): Value {
  return emitter.unary("HardSigmoid", y, { alpha: float(STEEP), beta: float(0) });
}

/**
 * A vector that is not there before some gradient is. The runtime does what it
 * can do as soon as it can; a summand of zero times an entry of the gradient
 * keeps it from making in the forward pass what only the backward pass needs,
 * and from holding it until then.
 */
export function notBefore(emitter: Emitter, vector: Value, gradient: Value): Value {
  const row = emitter.reshape(gradient, [sizeOf(gradient.shape)], [-1]);
  const entry = emitter.node("Slice", [row, emitter.whole(0), emitter.whole(1)], [1]);
  return emitter.binary("Add", vector, emitter.binary("Mul", entry, emitter.scalar(0)));
}
