/**
 * Pooling and bilinear resizing in float64. A maximum that several pixels of
 * a window share is the first one's in reading order.
 */
import type { OpOf, Pair, PoolGeometry, TensorShape } from "../dsl/graph/op.ts";
import { array, at, size, type Value } from "./_reference_value.ts";

/** Calls `visit` with each window's index in the result and its pixels inside the map, in reading order. */
function forEachWindow(
  { window, stride, padding }: PoolGeometry,
  [n = 1, height = 1, width = 1, channels = 1]: TensorShape,
  visit: (y: number, pixels: readonly number[]) => void,
): TensorShape {
  const [top, bottom, left, right] = padding;
  const rows = Math.floor((height + top + bottom - window[0]) / stride[0]) + 1;
  const columns = Math.floor((width + left + right - window[1]) / stride[1]) +
    1;
  for (let b = 0; b < n; b++) {
    for (let oy = 0; oy < rows; oy++) {
      for (let ox = 0; ox < columns; ox++) {
        for (let c = 0; c < channels; c++) {
          const pixels: number[] = [];
          for (let wy = 0; wy < window[0]; wy++) {
            for (let wx = 0; wx < window[1]; wx++) {
              const iy = oy * stride[0] - top + wy;
              const ix = ox * stride[1] - left + wx;
              if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
              pixels.push(((b * height + iy) * width + ix) * channels + c);
            }
          }
          visit(((b * rows + oy) * columns + ox) * channels + c, pixels);
        }
      }
    }
  }
  return [n, rows, columns, channels];
}

function firstMaximum(x: Value, pixels: readonly number[]): number {
  return pixels.reduce((best, i) => at(x.data, i) > at(x.data, best) ? i : best);
}

/** The operation `maxPool`. */
export function maxPool(op: PoolGeometry, x: Value): Value {
  const y: number[] = [];
  const shape = forEachWindow(op, x.shape, (i, pixels) => {
    y[i] = at(x.data, firstMaximum(x, pixels));
  });
  return { shape, data: Float64Array.from(y) };
}

/** The operation `maxPoolGrad`. */
export function maxPoolGrad(op: PoolGeometry, dy: Value, x: Value): Value {
  const dx = new Float64Array(x.data.length);
  forEachWindow(op, x.shape, (i, pixels) => {
    const first = firstMaximum(x, pixels);
    dx[first] = at(dx, first) + at(dy.data, i);
  });
  return { shape: x.shape, data: dx };
}

/** The operation `averagePool`. */
export function averagePool(op: PoolGeometry, x: Value): Value {
  const y: number[] = [];
  const shape = forEachWindow(op, x.shape, (i, pixels) => {
    y[i] = pixels.reduce((sum, p) => sum + at(x.data, p), 0) / pixels.length;
  });
  return { shape, data: Float64Array.from(y) };
}

/** The operation `averagePoolGrad`. */
export function averagePoolGrad(op: OpOf<"averagePoolGrad">, dy: Value): Value {
  const dx = new Float64Array(size(op.inputShape));
  forEachWindow(op, op.inputShape, (i, pixels) => {
    for (const p of pixels) dx[p] = at(dx, p) + at(dy.data, i) / pixels.length;
  });
  return { shape: op.inputShape, data: dx };
}

/** How the results of a resized axis are mixed of two entries: the lower index, the upper, and the upper's share. */
function mixture(
  from: number,
  to: number,
  i: number,
): readonly [number, number, number] {
  const position = to === 1 ? 0 : i * (from - 1) / (to - 1);
  const lower = Math.min(Math.floor(position), from - 1);
  return [lower, Math.min(lower + 1, from - 1), position - lower];
}

/** Calls `visit` with each pixel of the result, each pixel it is mixed of, and that one's share. */
function forEachShare(
  [n = 1, height = 1, width = 1, channels = 1]: TensorShape,
  [rows, columns]: Pair,
  visit: (y: number, x: number, share: number) => void,
): void {
  for (let b = 0; b < n; b++) {
    for (let oy = 0; oy < rows; oy++) {
      for (let ox = 0; ox < columns; ox++) {
        const [y0, y1, fy] = mixture(height, rows, oy);
        const [x0, x1, fx] = mixture(width, columns, ox);
        for (let c = 0; c < channels; c++) {
          const y = ((b * rows + oy) * columns + ox) * channels + c;
          const x = (iy: number, ix: number): number =>
            ((b * height + iy) * width + ix) * channels + c;
          visit(y, x(y0, x0), (1 - fy) * (1 - fx));
          visit(y, x(y0, x1), (1 - fy) * fx);
          visit(y, x(y1, x0), fy * (1 - fx));
          visit(y, x(y1, x1), fy * fx);
        }
      }
    }
  }
}

/** The operation `resizeBilinear`. */
export function resizeBilinear(to: Pair, x: Value): Value {
  const [n = 1, , , channels = 1] = x.shape;
  const y = array([n, ...to, channels], () => 0);
  forEachShare(x.shape, to, (i, source, share) => {
    y.data[i] = at(y.data, i) + at(x.data, source) * share;
  });
  return y;
}

/** The operation `resizeBilinearGrad`. */
export function resizeBilinearGrad(inputShape: TensorShape, dy: Value): Value {
  const [, rows = 1, columns = 1] = dy.shape;
  const dx = array(inputShape, () => 0);
  forEachShare(inputShape, [rows, columns], (i, source, share) => {
    dx.data[source] = at(dx.data, source) + at(dy.data, i) * share;
  });
  return dx;
}
