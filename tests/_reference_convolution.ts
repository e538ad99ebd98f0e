/** Convolution, its gradients and the matrix product in float64. */
import type { ConvolutionGeometry, OpOf, TensorShape } from "../dsl/graph/op.ts";
import { array, at, size, type Value } from "./_reference_value.ts";

/** One product of a convolution: where its three factors stand. */
interface Product {
  readonly x: number;
  readonly kernel: number;
  readonly y: number;
}

/**
 * Calls `visit` for every product that a convolution sums: the result at `y`
 * has the term input at `x` times kernel at `kernel`. All three operations
 * walk the same products and differ in what they accumulate.
 */
function forEachProduct(
  { stride, padding, dilation, groups }: ConvolutionGeometry,
  [xShape, kernelShape, yShape]: readonly [
    TensorShape,
    TensorShape,
    TensorShape,
  ],
  visit: (product: Product) => void,
): void {
  const [n = 1, height = 1, width = 1, channels = 1] = xShape;
  const [kh = 1, kw = 1, inputs = 1, outputs = 1] = kernelShape;
  const [, rows = 1, columns = 1] = yShape;
  for (let b = 0; b < n; b++) {
    for (let oy = 0; oy < rows; oy++) {
      for (let ox = 0; ox < columns; ox++) {
        for (let ky = 0; ky < kh; ky++) {
          for (let kx = 0; kx < kw; kx++) {
            const iy = oy * stride[0] - padding[0] + ky * dilation[0];
            const ix = ox * stride[1] - padding[2] + kx * dilation[1];
            if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
            for (let o = 0; o < outputs; o++) {
              const group = Math.floor(o / (outputs / groups));
              for (let i = 0; i < inputs; i++) {
                const c = group * inputs + i;
                visit({
                  x: ((b * height + iy) * width + ix) * channels + c,
                  kernel: ((ky * kw + kx) * inputs + i) * outputs + o,
                  y: ((b * rows + oy) * columns + ox) * outputs + o,
                });
              }
            }
          }
        }
      }
    }
  }
}

function outputShape(
  { stride, padding, dilation }: ConvolutionGeometry,
  [n = 1, h = 1, w = 1]: TensorShape,
  [kh = 1, kw = 1, , outputs = 1]: TensorShape,
): TensorShape {
  const [top, bottom, left, right] = padding;
  const rows = h + top + bottom - (kh - 1) * dilation[0] - 1;
  const columns = w + left + right - (kw - 1) * dilation[1] - 1;
  return [
    n,
    Math.floor(rows / stride[0]) + 1,
    Math.floor(columns / stride[1]) + 1,
    outputs,
  ];
}

function accumulate(into: Float64Array, i: number, term: number): void {
  into[i] = at(into, i) + term;
}

/** The operation `conv2d`. */
export function convolution(
  op: OpOf<"conv2d">,
  { x, kernel, bias }: {
    readonly x: Value;
    readonly kernel: Value;
    readonly bias: Value | undefined;
  },
): Value {
  const shape = outputShape(op, x.shape, kernel.shape);
  const y = new Float64Array(size(shape));
  forEachProduct(op, [x.shape, kernel.shape, shape], (p) => {
    accumulate(y, p.y, at(x.data, p.x) * at(kernel.data, p.kernel));
  });
  return array(shape, (i) => {
    const sum = at(y, i) +
      (bias === undefined ? 0 : at(bias.data, i % bias.data.length));
    return op.activation === "relu" ? Math.max(sum, 0) : sum;
  });
}

/** The operation `conv2dInputGrad`. */
export function convolutionInputGrad(
  op: OpOf<"conv2dInputGrad">,
  dy: Value,
  kernel: Value,
): Value {
  const dx = new Float64Array(size(op.inputShape));
  forEachProduct(op, [op.inputShape, kernel.shape, dy.shape], (p) => {
    accumulate(dx, p.x, at(dy.data, p.y) * at(kernel.data, p.kernel));
  });
  return { shape: op.inputShape, data: dx };
}

/** The operation `conv2dFilterGrad`. */
export function convolutionFilterGrad(
  op: OpOf<"conv2dFilterGrad">,
  x: Value,
  dy: Value,
): Value {
  const dkernel = new Float64Array(size(op.kernelShape));
  forEachProduct(op, [x.shape, op.kernelShape, dy.shape], (p) => {
    accumulate(dkernel, p.kernel, at(dy.data, p.y) * at(x.data, p.x));
  });
  return { shape: op.kernelShape, data: dkernel };
}

/** The operation `matmul`. */
export function matrixProduct(
  { transposeA, transposeB }: OpOf<"matmul">,
  { a, b, bias }: {
    readonly a: Value;
    readonly b: Value;
    readonly bias: Value | undefined;
  },
): Value {
  const [aRows = 1, aColumns = 1] = a.shape;
  const [bRows = 1, bColumns = 1] = b.shape;
  const rows = transposeA ? aColumns : aRows;
  const inner = transposeA ? aRows : aColumns;
  const columns = transposeB ? bRows : bColumns;
  return array([rows, columns], (i) => {
    const [r, c] = [Math.floor(i / columns), i % columns];
    let sum = bias === undefined ? 0 : at(bias.data, c);
    for (let k = 0; k < inner; k++) {
      const left = transposeA ? k * aColumns + r : r * aColumns + k;
      const right = transposeB ? c * bColumns + k : k * bColumns + c;
      sum += at(a.data, left) * at(b.data, right);
    }
    return sum;
  });
}
