/**
 * Pooling, global averages and bilinear resizing.
 *
 * Resizing is linear and separable, so its gradient is two products with the
 * interpolation matrices transposed.
 */
import type { PoolGeometry } from "../../graph/op.ts";
import { pads } from "./convolution.ts";
import type { Emitter, Value } from "./emitter.ts";
import { pixelsInside } from "../../graph/windows.ts";
import { asMap, type Expansion, type Expansions, mapOperand, operand } from "./expansion.ts";
import { sizeOf } from "../../net/shape.ts";

function windowOf(
  { window, stride, padding }: PoolGeometry,
): Readonly<Record<string, readonly number[]>> {
  return { kernel_shape: window, strides: stride, pads: pads(padding) };
}

/** Whether ONNX takes the padding with the pool: it must be smaller than the window. */
function fits({ window, padding: [top, bottom, left, right] }: PoolGeometry): boolean {
  return Math.max(top, bottom) < window[0] && Math.max(left, right) < window[1];
}

/** The map in a frame of some number, for padding that ONNX does not take. */
function framed(emitter: Emitter, x: Value, op: PoolGeometry, fill: number): Value {
  const [top, bottom, left, right] = op.padding;
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  const sides = emitter.whole(0, 0, top, left, 0, 0, bottom, right);
  const shape = [n, c, h + top + bottom, w + left + right];
  return asMap(emitter.node("Pad", [x, sides, emitter.scalar(fill)], shape));
}

/** The map without its frame. */
function unframed(emitter: Emitter, x: Value, op: PoolGeometry, shape: readonly number[]): Value {
  const [top, bottom, left, right] = op.padding;
  const sides = emitter.whole(0, 0, -top, -left, 0, 0, -bottom, -right);
  return asMap(emitter.node("Pad", [x, sides], shape));
}

const UNPADDED = { padding: [0, 0, 0, 0] } as const;

/** Where a max pool keeps the places of its maxima for its gradient. */
const placesOf = (y: Value): string => `places of ${y.name}`;

const maxPool: Expansion<"maxPool"> = (given, inputs, context) => {
  const { emitter, resultShapes: [shape = []], differentiated, kept } = context;
  const op = fits(given) ? given : { ...given, ...UNPADDED };
  const bare = mapOperand(emitter, inputs, 0);
  const x = fits(given) ? bare : framed(emitter, bare, given, -Infinity);
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  const results = emitter.write(
    "MaxPool",
    [x],
    differentiated ? [[n, c, h, w], [n, c, h, w]] : [[n, c, h, w]],
    windowOf(op),
  );
  const y = asMap(results[0] as Value);
  const places = results[1];
  if (places !== undefined) kept.set(placesOf(y), places);
  return [y];
};

const maxPoolGrad: Expansion<"maxPoolGrad"> = (op, inputs, context) => {
  const { emitter, kept } = context;
  const dy = mapOperand(emitter, inputs, 0);
  const bare = mapOperand(emitter, inputs, 1);
  const x = fits(op) ? bare : framed(emitter, bare, op, -Infinity);
  const window = windowOf(fits(op) ? op : { ...op, ...UNPADDED });
  const places = kept.get(placesOf(operand(inputs, 2))) ??
    emitter.write("MaxPool", [x], [dy.shape, dy.shape], window)[1] as Value;
  const [into, from] = [[sizeOf(x.shape)], [sizeOf(dy.shape)]];
  const zeros = emitter.node("ConstantOfShape", [emitter.whole(...into)], into);
  const dx = emitter.node(
    "ScatterElements",
    [zeros, emitter.reshape(places, from), emitter.reshape(dy, from)],
    into,
    { axis: 0, reduction: "add" },
  );
  const map = emitter.reshape(dx, x.shape);
  return [fits(op) ? asMap(map) : unframed(emitter, map, op, bare.shape)];
};

const averagePool: Expansion<"averagePool"> = (
  op,
  inputs,
  { emitter, resultShapes: [shape = []] },
) => {
  const x = mapOperand(emitter, inputs, 0);
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  if (fits(op)) return [asMap(emitter.node("AveragePool", [x], [n, c, h, w], windowOf(op)))];
  // ONNX Runtime takes a padding before a pool into the pool itself, which does not take it; a
  // convolution with ones takes any.
  const [kh, kw] = op.window;
  const ones = emitter.floats([c, 1, kh, kw], new Float32Array(c * kh * kw).fill(1));
  const sum = asMap(emitter.node("Conv", [x, ones], [n, c, h, w], { ...windowOf(op), group: c }));
  const shares = Float32Array.from(sharesOf(op, x.shape, sum.shape));
  return [emitter.binary("Mul", sum, emitter.floats([h, w], shares))];
};

/** For each window one over the number of its pixels that lie inside the map; shapes are NCHW. */
function sharesOf(
  { window, stride, padding: [top, , left] }: PoolGeometry,
  [, , height = 1, width = 1]: readonly number[],
  [, , rows = 1, columns = 1]: readonly number[],
): readonly number[] {
  const down = pixelsInside({
    size: height,
    count: rows,
    window: window[0],
    stride: stride[0],
    before: top,
  });
  const across = pixelsInside({
    size: width,
    count: columns,
    window: window[1],
    stride: stride[1],
    before: left,
  });
  return down.flatMap((r) => across.map((c) => 1 / (r * c)));
}

/** Every window's share goes back to its pixels: a transposed convolution with ones, per channel. */
const averagePoolGrad: Expansion<"averagePoolGrad"> = (op, inputs, { emitter }) => {
  const dy = mapOperand(emitter, inputs, 0);
  const [, channels = 1, rows = 1, columns = 1] = dy.shape;
  const [n = 1, height = 1, width = 1] = op.inputShape;
  const [top, bottom, left, right] = op.padding;
  const shares = sharesOf(op, [n, channels, height, width], dy.shape);
  const shared = emitter.binary(
    "Mul",
    dy,
    emitter.floats([rows, columns], Float32Array.from(shares)),
  );
  const [kh, kw] = op.window;
  const ones = emitter.floats([channels, 1, kh, kw], new Float32Array(channels * kh * kw).fill(1));
  const missed = [
    height - ((rows - 1) * op.stride[0] + kh - top - bottom),
    width - ((columns - 1) * op.stride[1] + kw - left - right),
  ];
  return [asMap(emitter.node("ConvTranspose", [shared, ones], [n, channels, height, width], {
    ...windowOf(op),
    group: channels,
    output_padding: missed,
  }))];
};

/** The matrix that interpolates `from` points to `to`, ends on ends; `[to, from]`. */
export function interpolation(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  const step = to === 1 ? 0 : (from - 1) / (to - 1);
  for (let i = 0; i < to; i++) {
    const at = i * step;
    const low = Math.min(Math.floor(at), from - 1);
    const high = Math.min(low + 1, from - 1);
    const share = at - low;
    matrix[i * from + low] = (matrix[i * from + low] ?? 0) + 1 - share;
    matrix[i * from + high] = (matrix[i * from + high] ?? 0) + share;
  }
  return matrix;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}

const resizeBilinear: Expansion<"resizeBilinear"> = (
  { size: [height, width] },
  inputs,
  { emitter },
) => {
  const x = mapOperand(emitter, inputs, 0);
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  // The size is the scaled one rounded down; where it is no multiple, half a pixel more keeps
  // rounding errors out of it.
  const scale = (to: number, from: number): number => (to + (to % from === 0 ? 0 : 0.5)) / from;
  const scales = emitter.floats([4], Float32Array.of(1, 1, scale(height, h), scale(width, w)));
  return [asMap(emitter.node("Resize", [x, undefined, scales], [n, c, height, width], {
    mode: "linear",
    coordinate_transformation_mode: "align_corners",
  }))];
};

const resizeBilinearGrad: Expansion<"resizeBilinearGrad"> = (
  { inputShape },
  inputs,
  { emitter },
) => {
  const dy = mapOperand(emitter, inputs, 0);
  const [n = 1, c = 1, height = 1, width = 1] = dy.shape;
  const [, h = 1, w = 1] = inputShape;
  const across = emitter.floats([width, w], interpolation(w, width));
  const down = emitter.floats([h, height], transposed(interpolation(h, height), height, h));
  const narrow = emitter.node("MatMul", [dy, across], [n, c, height, w]);
  return [asMap(emitter.node("MatMul", [down, narrow], [n, c, h, w]))];
};

/** Repeats `[n, c]` over a map. */
function spread(emitter: Emitter, x: Value, [, h = 1, w = 1]: readonly number[]): Value {
  const [n = 1, c = 1] = x.shape;
  const small = emitter.reshape(x, [n, c, 1, 1]);
  return asMap(emitter.node("Expand", [small, emitter.whole(1, 1, h, w)], [n, c, h, w]));
}

/** The expansions of this file. */
export const POOLING: Expansions<
  | "maxPool"
  | "maxPoolGrad"
  | "averagePool"
  | "averagePoolGrad"
  | "globalAverage"
  | "globalAverageGrad"
  | "resizeBilinear"
  | "resizeBilinearGrad"
> = {
  maxPool,
  maxPoolGrad,
  averagePool,
  averagePoolGrad,
  globalAverage: (_, inputs, { emitter }) => {
    const x = mapOperand(emitter, inputs, 0);
    const [n = 1, c = 1] = x.shape;
    const average = emitter.node("GlobalAveragePool", [x], [n, c, 1, 1]);
    return [emitter.reshape(average, [n, c], [0, -1])];
  },
  globalAverageGrad: ({ inputShape }, inputs, { emitter }) => {
    const [, h = 1, w = 1] = inputShape;
    const shared = emitter.binary("Mul", operand(inputs, 0), emitter.scalar(1 / (h * w)));
    return [spread(emitter, shared, inputShape)];
  },
  resizeBilinear,
  resizeBilinearGrad,
};
