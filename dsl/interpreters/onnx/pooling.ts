/**
 * Pooling, global averages and bilinear resizing.
 *
 * Resizing is linear and separable, so its gradient is two products with the
 * interpolation matrices transposed, or for small maps one with both.
 */
import type { PoolGeometry, TensorShape } from "../../graph/op.ts";
import { pixelsInside } from "../../graph/windows.ts";
import { sizeOf } from "../../net/shape.ts";
import { convolveBlocks } from "./blocks.ts";
import { missed, pads } from "./convolution.ts";
import { notBefore, positive } from "./elementwise.ts";
import type { Emitter, Expansions } from "./emitter.ts";
import { ordered } from "./layout.ts";
import { BLOCKED } from "./model.ts";
import type { Value } from "./writer.ts";

type Attributes = Readonly<Record<string, readonly number[]>>;

function windowOf({ window, stride, padding }: PoolGeometry): Attributes {
  return { kernel_shape: window, strides: stride, pads: pads(padding) };
}

/** Whether ONNX takes the padding with the pool: it must be smaller than the window. */
function fits({ window, padding: [top, bottom, left, right] }: PoolGeometry): boolean {
  return Math.max(top, bottom) < window[0] && Math.max(left, right) < window[1];
}

/** A map to pool, and the window: in a frame of its own where ONNX does not take the padding. */
function inFrame(e: Emitter, x: Value, op: PoolGeometry): readonly [Value, Attributes] {
  if (fits(op)) return [x, windowOf(op)];
  const [top, bottom, left, right] = op.padding;
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  const sides = e.whole([0, 0, top, left, 0, 0, bottom, right]);
  const shape = [n, c, h + top + bottom, w + left + right];
  const frame = asMap(e.node("Pad", [x, sides, e.scalar(-Infinity)], shape));
  return [frame, windowOf({ ...op, padding: [0, 0, 0, 0] })];
}

/** For each window one over the number of its pixels that lie inside the map, `[rows, columns]`; shapes are NCHW. */
function sharesOf(
  e: Emitter,
  op: PoolGeometry,
  [, , height = 1, width = 1]: TensorShape,
  [, , rows = 1, columns = 1]: TensorShape,
): Value {
  const inside = pixelsInside(op, { size: [height, width], count: [rows, columns] });
  return e.floats([rows, columns], Float32Array.from(inside, (pixels) => 1 / pixels));
}

/** The matrix that interpolates `from` points to `to`, ends on ends; `[to, from]`. */
function interpolation(from: number, to: number): Float32Array {
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

/** Entries of the matrix of both directions, up to which one product is faster than one for each. */
const SMALL_RESIZE = 16384;

/** The matrix `[height width, h w]` of an interpolation in both directions, of those of each. */
function product(
  down: Float32Array,
  across: Float32Array,
  [height, h, width, w]: readonly [number, number, number, number],
): Float32Array {
  return Float32Array.from({ length: height * width * h * w }, (_, at) => {
    const [to, from] = [Math.floor(at / (h * w)), at % (h * w)];
    const vertical = down[Math.floor(to / width) * h + Math.floor(from / w)] ?? 0;
    return vertical * (across[(to % width) * w + from % w] ?? 0);
  });
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}

/** A result that is a map, NCHW. */
function asMap(value: Value): Value {
  return { ...value, order: "map" };
}

/** A pool in one direction: what it does along the rows or the columns of a map. */
interface Line {
  /** The place of the axis, 2 or 3. */
  readonly axis: number;
  readonly window: number;
  readonly stride: number;
  /** Pixels before the map. */
  readonly before: number;
  /** Pixels that the axis has. */
  readonly size: number;
}

/** Both directions: rows, columns. */
function linesOf(
  { window, stride, padding }: PoolGeometry,
  shape: TensorShape,
): readonly [Line, Line] {
  const line = (axis: 2 | 3): Line => ({
    axis,
    window: window[axis - 2] ?? 1,
    stride: stride[axis - 2] ?? 1,
    before: padding[axis === 2 ? 0 : 2],
    size: shape[axis] ?? 1,
  });
  return [line(2), line(3)];
}

/** A map in blocks with all before an axis of it as one axis, and all behind it. */
function alongOf(e: Emitter, x: Value, axis: number): Value {
  const [n = 1, channels = 1, height = 1, width = 1] = x.shape;
  const maps = n * channels / e.block;
  return e.reshape(
    x,
    axis === 2 ? [maps, height, width * e.block] : [maps * height, width, e.block],
  );
}

/** Less than any entry of a map, and no infinity, of which a convolution's zeros make no numbers. */
const LOWEST = -3e38;

/**
 * For each pixel of a line's windows the map of those pixels, of a map in blocks; what lies outside
 * of the map is lower than any. Not before a gradient is there.
 */
function pixelsOfWindows(e: Emitter, x: Value, line: Line, gradient: Value): readonly Value[] {
  const { axis, window, stride, before, size } = line;
  const [, channels = 1] = x.shape;
  const count = gradient.shape[axis] ?? 1;
  const shape = x.shape.with(axis, count);
  const after = Math.max(0, (count - 1) * stride + window - before - size);
  const sides = (along: number, across: number): readonly number[] =>
    axis === 2 ? [along, across] : [across, along];
  return Array.from({ length: window }, (_, at) => {
    const ones = Float32Array.from(
      { length: channels * window },
      (_, k) => Math.floor(k / e.block) % window === at ? 1 : 0,
    );
    const kernel = e.floats([channels, 1, ...sides(window, 1)], ones);
    const pixels = convolveBlocks(e, {
      x,
      kernel: notBefore(e, kernel, gradient),
      shape,
      attributes: {
        kernel_shape: sides(window, 1),
        strides: sides(stride, 1),
        pads: [...sides(before, 0), ...sides(after, 0)],
        group: channels,
      },
    });
    const isOutside = (i: number): boolean => {
      const place = i * stride + at - before;
      return place < 0 || place >= size;
    };
    const outside = Array.from({ length: count }, (_, i) => isOutside(i) ? LOWEST : 0);
    if (!outside.includes(LOWEST)) return pixels;
    const rows = alongOf(e, pixels, axis);
    const [lines = 1, , entries = 1] = rows.shape;
    const row = Float32Array.from(
      { length: count * entries },
      (_, k) => outside[Math.floor(k / entries)] ?? 0,
    );
    const lowered = e.add(e.reshape(rows, [lines, row.length]), e.floats([1, row.length], row));
    return { ...e.reshape(lowered, shape), order: "blocked" as const };
  });
}

/** What came to each window, dealt to the first of its pixels that holds the maximum; a map for each pixel. */
function shares(
  e: Emitter,
  given: Value,
  largest: Value,
  pixels: readonly Value[],
): readonly Value[] {
  let left = given;
  return pixels.map((pixel, at) => {
    const offered = left;
    if (at === pixels.length - 1) return offered;
    left = e.mul(offered, positive(e, e.sub(largest, pixel)));
    return e.sub(offered, left);
  });
}

/** Maps of the pixels of a line's windows, added up where these lie. */
function laidOut(e: Emitter, parts: readonly Value[], line: Line): Value {
  const { axis, window, stride, before, size } = line;
  const [first] = parts as readonly [Value];
  const covered = ((first.shape[axis] ?? 1) - 1) * stride + window - before;
  const length = Math.ceil(Math.min(size, covered) / stride);
  const shape = first.shape.with(axis, length);
  // Of every `stride` pixels side by side, those at one place.
  const places = Array.from({ length: stride }, (_, place) => {
    const mine = parts.flatMap((part, at) => {
      const pixel = at - before - place;
      return pixel % stride === 0
        ? [framed(e, part, { axis, before: pixel / stride, length })]
        : [];
    });
    const [one, ...more] = mine;
    if (one !== undefined) return more.reduce((sum, map) => e.add(sum, map), one);
    return {
      ...e.node("ConstantOfShape", [e.whole(shape)], shape),
      order: "blocked" as const,
    };
  });
  const beside = e.concat(places.map((map) => alongOf(e, map, axis)), 2);
  const whole = e.reshape(beside, shape.with(axis, stride * length));
  return framed(e, { ...whole, order: "blocked" }, { axis, before: 0, length: size });
}

/** So many pixels of an axis of a map in blocks, with zeros before and after it, or less of it. */
function framed(
  e: Emitter,
  x: Value,
  { axis, before, length }: {
    readonly axis: number;
    readonly before: number;
    readonly length: number;
  },
): Value {
  const after = length - before - (x.shape[axis] ?? 1);
  if (before === 0 && after === 0) return x;
  const along = alongOf(e, x, axis);
  const shape = along.shape.with(1, length);
  const zeros = along.shape.with(1, after);
  // Behind it they are faster joined.
  const y = before === 0 && after > 0
    ? e.concat([along, e.node("ConstantOfShape", [e.whole(zeros)], zeros)], 1)
    : e.node("Pad", [along, e.whole([0, before, 0, 0, after, 0])], shape);
  return { ...e.reshape(y, x.shape.with(axis, length)), order: "blocked" };
}

/**
 * The gradient of a maximum, of a map in blocks. What came to a window goes to its first row that
 * holds the maximum, and then to the first pixel of that row: to the first in reading order.
 */
function dealt(e: Emitter, op: PoolGeometry, given: Value, x: Value, result: Value): Value {
  const [dy, y] = [e.inOrder(given, "blocked"), e.inOrder(result, "blocked")];
  const [rows, columns] = linesOf(op, x.shape);
  const pixels = pixelsOfWindows(e, x, columns, dy);
  const largest = pixels.reduce((a, b) => e.binary("Max", a, b));
  const ofRows = shares(e, dy, y, pixelsOfWindows(e, largest, rows, dy));
  const dLargest = laidOut(e, ofRows, rows);
  return laidOut(e, shares(e, dLargest, largest, pixels), columns);
}

/** The expansions of this file. */
export const POOLING = {
  maxPool: ({ e, op, shape }, x) => {
    if (x.order === "blocked" && fits(op)) {
      const y = e.node("MaxPool", [x], ordered(shape, "map"), windowOf(op), BLOCKED);
      return [{ ...y, order: "blocked" }];
    }
    const [map, window] = inFrame(e, e.map(x), op);
    const y = ordered(shape, "map");
    // The places of the maxima, for the gradient if there is one.
    const [largest] = e.write({ type: "MaxPool", inputs: [map], attributes: window }, [y, y]);
    return [asMap(largest as Value)];
  },
  maxPoolGrad: ({ e, op }, given, operand, result) => {
    if (operand.order === "blocked") {
      return [dealt(e, op, given, operand, result)];
    }
    const [dy, bare] = [e.map(given), e.map(operand)];
    const [x, attributes] = inFrame(e, bare, op);
    const pool = { type: "MaxPool", inputs: [x], attributes };
    const places = e.write(pool, [dy.shape, dy.shape])[1] as Value;
    const [into, from] = [[sizeOf(x.shape)], [sizeOf(dy.shape)]];
    const zeros = e.node("ConstantOfShape", [e.whole(into)], into);
    const parts = [zeros, e.reshape(places, from), e.reshape(dy, from)];
    const scattered = e.node("ScatterElements", parts, into, { axis: 0, reduction: "add" });
    const dx = e.reshape(scattered, x.shape);
    if (fits(op)) return [asMap(dx)];
    const [top, bottom, left, right] = op.padding;
    const sides = e.whole([0, 0, -top, -left, 0, 0, -bottom, -right]);
    return [asMap(e.node("Pad", [dx, sides], bare.shape))];
  },
  averagePool: ({ e, op, shape }, operand) => {
    const [x, y] = [e.map(operand), ordered(shape, "map")];
    if (fits(op)) return [asMap(e.node("AveragePool", [x], y, windowOf(op)))];
    // ONNX Runtime takes a padding before a pool into the pool itself, which does not take it; a
    // convolution with ones takes any.
    const [, c = 1] = x.shape;
    const ones = e.filled([c, 1, ...op.window], 1);
    const sum = asMap(e.node("Conv", [x, ones], y, { ...windowOf(op), group: c }));
    return [e.mul(sum, sharesOf(e, op, x.shape, y))];
  },
  // Every window's share goes back to its pixels: a transposed convolution with ones, per channel.
  averagePoolGrad: ({ e, op, shape }, given) => {
    const [dy, dx] = [e.map(given), ordered(shape, "map")];
    const shared = e.mul(dy, sharesOf(e, op, dx, dy.shape));
    const [, c = 1] = dx;
    const ones = e.filled([c, 1, ...op.window], 1);
    return [asMap(e.node("ConvTranspose", [shared, ones], dx, {
      ...windowOf(op),
      group: c,
      output_padding: missed(op, op.window, dx, dy.shape),
    }))];
  },
  globalAverage: ({ e, shape }, operand) => {
    const x = e.map(operand);
    return [e.reshape(e.node("GlobalAveragePool", [x], [...shape, 1, 1]), shape)];
  },
  globalAverageGrad: ({ e, op: { inputShape } }, dy) => {
    const [n = 1, c = 1, h = 1, w = 1] = ordered(inputShape, "map");
    const small = e.reshape(e.mul(dy, 1 / (h * w)), [n, c, 1, 1]);
    return [asMap(e.node("Expand", [small, e.whole([1, 1, h, w])], [n, c, h, w]))];
  },
  resizeBilinear: ({ e, op: { size }, shape }, operand) => {
    const x = e.map(operand);
    // The batch is read off the map: symbolic shape inference takes one times a batch for another.
    const batch = e.node("Gather", [e.node("Shape", [x], [4]), e.whole([0])], [1]);
    const sizes = e.concat([batch, e.whole([x.shape[1] ?? 1, ...size])], 0);
    return [asMap(e.node("Resize", [x, undefined, undefined, sizes], ordered(shape, "map"), {
      mode: "linear",
      coordinate_transformation_mode: "align_corners",
    }))];
  },
  resizeBilinearGrad: ({ e, op: { inputShape: [, h = 1, w = 1] } }, given) => {
    const dy = e.map(given);
    const [n = 1, c = 1, height = 1, width = 1] = dy.shape;
    if (height * width * h * w <= SMALL_RESIZE) {
      const rows = e.reshape(dy, [n * c, height * width]);
      const both = product(interpolation(h, height), interpolation(w, width), [
        height,
        h,
        width,
        w,
      ]);
      const dx = e.node("Gemm", [rows, e.floats([height * width, h * w], both)], [n * c, h * w]);
      return [asMap(e.reshape(dx, [n, c, h, w]))];
    }
    const across = e.floats([width, w], interpolation(w, width));
    const down = e.floats([h, height], transposed(interpolation(h, height), height, h));
    const narrow = e.node("MatMul", [dy, across], [n, c, height, w]);
    return [asMap(e.node("MatMul", [down, narrow], [n, c, h, w]))];
  },
} satisfies Partial<Expansions>;
