/** Geometries of convolution, pooling and resizing worth testing, and their output shapes. */
import { inferShapes } from "../../dsl/graph/infer.ts";
import type {
  ConvolutionGeometry,
  Padding,
  Pair,
  PoolGeometry,
  TensorShape,
} from "../../dsl/graph/op.ts";

/** A convolution: shapes of the map, the kernel and the result. */
export interface ConvolutionCase {
  readonly name: string;
  readonly x: TensorShape;
  readonly kernel: TensorShape;
  readonly y: TensorShape;
  readonly geometry: ConvolutionGeometry;
}

const none: Padding = [0, 0, 0, 0];
const one: Padding = [1, 1, 1, 1];

/** A convolution with stride 1, no padding, no dilation and one group unless told otherwise. */
export function convolution(
  name: string,
  [x, kernel]: readonly [TensorShape, TensorShape],
  changes: Partial<ConvolutionGeometry> = {},
): ConvolutionCase {
  const geometry: ConvolutionGeometry = {
    stride: [1, 1],
    padding: none,
    dilation: [1, 1],
    groups: 1,
    ...changes,
  };
  const [y = []] = inferShapes({ op: "conv2d", activation: "none", ...geometry }, [x, kernel]);
  return { name, x, kernel, y, geometry };
}

/** Convolutions. */
export const CONVOLUTION_CASES: readonly ConvolutionCase[] = [
  convolution("3x3", [[2, 8, 8, 4], [3, 3, 4, 8]], { padding: one }),
  convolution("1x1", [[3, 5, 7, 3], [1, 1, 3, 5]]),
  convolution("1x1 of one channel", [[1, 4, 4, 1], [1, 1, 1, 1]]),
  convolution("1x1, stride 2", [[2, 7, 7, 4], [1, 1, 4, 8]], { stride: [2, 2] }),
  convolution("1x1, padded", [[1, 3, 3, 2], [1, 1, 2, 4]], { padding: [1, 0, 2, 1] }),
  convolution("3x3, stride 2, even", [[2, 8, 8, 4], [3, 3, 4, 4]], {
    stride: [2, 2],
    padding: one,
  }),
  convolution("3x3, stride 2, odd", [[1, 9, 7, 3], [3, 3, 3, 4]], { stride: [2, 2], padding: one }),
  convolution("3x3, stride 3, pixels left over", [[1, 11, 10, 2], [3, 3, 2, 3]], {
    stride: [3, 3],
  }),
  convolution("strides differ", [[2, 9, 9, 3], [3, 3, 3, 2]], { stride: [2, 1], padding: one }),
  convolution("7x7, stride 2", [[1, 15, 15, 3], [7, 7, 3, 8]], {
    stride: [2, 2],
    padding: [3, 3, 3, 3],
  }),
  convolution("padding before only", [[2, 6, 6, 2], [3, 3, 2, 4]], { padding: [2, 0, 2, 0] }),
  convolution("padding after only, stride 2", [[2, 6, 6, 4], [3, 3, 4, 4]], {
    stride: [2, 2],
    padding: [0, 1, 0, 1],
  }),
  convolution("padding of four sizes", [[1, 6, 5, 2], [4, 3, 2, 3]], { padding: [3, 1, 0, 2] }),
  convolution("kernel as large as the map", [[3, 5, 5, 4], [5, 5, 4, 6]]),
  convolution("1x3 kernel", [[2, 5, 6, 4], [1, 3, 4, 4]], { padding: [0, 0, 1, 1] }),
  convolution("dilation 2", [[2, 9, 9, 4], [3, 3, 4, 4]], {
    dilation: [2, 2],
    padding: [2, 2, 2, 2],
  }),
  convolution("dilation 3 and 1, stride 2", [[1, 12, 9, 2], [3, 3, 2, 3]], {
    dilation: [3, 1],
    stride: [2, 2],
    padding: [3, 2, 1, 0],
  }),
  convolution("2 groups", [[2, 6, 6, 4], [3, 3, 2, 8]], { groups: 2, padding: one }),
  convolution("3 groups, stride 2", [[1, 7, 7, 9], [3, 3, 3, 6]], {
    groups: 3,
    stride: [2, 2],
    padding: one,
  }),
  convolution("2 groups, dilation 2", [[1, 8, 8, 4], [3, 3, 2, 4]], {
    groups: 2,
    dilation: [2, 2],
  }),
  convolution("depthwise", [[2, 6, 6, 4], [3, 3, 1, 4]], { groups: 4, padding: one }),
  convolution("depthwise twice as wide, stride 2", [[1, 7, 9, 3], [3, 3, 1, 6]], {
    groups: 3,
    stride: [2, 2],
    padding: [1, 0, 1, 1],
  }),
  convolution("many channels", [[2, 4, 4, 64], [3, 3, 64, 32]], { padding: one }),
  convolution("many channels, 1x1", [[2, 4, 5, 16], [1, 1, 16, 64]]),
  convolution("24 channels", [[2, 5, 6, 24], [3, 3, 24, 32]], { padding: one }),
  convolution("many channels, 1x1, to few", [[2, 5, 4, 64], [1, 1, 64, 16]]),
  convolution("many channels, 1x1, stride 2", [[2, 5, 5, 32], [1, 1, 32, 16]], { stride: [2, 2] }),
  convolution("many channels, stride 2, padding of four sizes", [[1, 7, 6, 16], [3, 4, 16, 32]], {
    stride: [2, 1],
    padding: [1, 0, 2, 1],
  }),
  convolution("many channels, dilation 2, no padding", [[2, 6, 7, 16], [3, 3, 16, 16]], {
    dilation: [2, 1],
  }),
  convolution("many channels in 2 groups", [[1, 5, 5, 64], [3, 3, 32, 32]], {
    groups: 2,
    padding: one,
  }),
  convolution("many channels, depthwise", [[1, 5, 5, 32], [3, 3, 1, 32]], {
    groups: 32,
    padding: one,
  }),
];

/** A pooling: shapes of the map and of the result. */
export interface PoolCase {
  readonly name: string;
  readonly x: TensorShape;
  readonly y: TensorShape;
  readonly geometry: PoolGeometry;
}

/** A pooling. */
export function pooling(
  name: string,
  x: TensorShape,
  geometry: PoolGeometry,
): PoolCase {
  const [y = []] = inferShapes({ op: "maxPool", ...geometry }, [x]);
  return { name, x, y, geometry };
}

const pool = (
  name: string,
  x: TensorShape,
  [window, stride, padding = none]: readonly [Pair, Pair, Padding?],
): PoolCase => pooling(name, x, { window, stride, padding });

/** Poolings. */
export const POOL_CASES: readonly PoolCase[] = [
  pool("2x2, stride 2", [2, 8, 8, 4], [[2, 2], [2, 2]]),
  pool("3x3, stride 2, padded", [2, 8, 8, 3], [[3, 3], [2, 2], one]),
  pool("3x3, stride 2, odd", [1, 9, 7, 5], [[3, 3], [2, 2], one]),
  pool("3x3, stride 2, overhang by ceil", [2, 8, 8, 3], [[3, 3], [2, 2], [0, 1, 0, 1]]),
  pool("3x3, stride 2, padded and overhang", [1, 7, 10, 2], [[3, 3], [2, 2], [1, 1, 1, 2]]),
  pool("2x2, stride 2, overhang", [2, 5, 7, 4], [[2, 2], [2, 2], [0, 1, 0, 1]]),
  pool("2x2, stride 2, pixels left over", [2, 5, 7, 4], [[2, 2], [2, 2]]),
  pool("3x3, stride 1", [1, 5, 5, 2], [[3, 3], [1, 1], one]),
  pool("3x2, strides 1 and 2", [2, 6, 6, 2], [[3, 2], [1, 2]]),
  pool("stride 3 over a window of 2", [1, 8, 8, 2], [[2, 2], [3, 3]]),
  pool("window of 1, stride 2", [2, 7, 7, 2], [[1, 1], [2, 2]]),
  pool("window of 1, stride 1", [2, 3, 3, 2], [[1, 1], [1, 1]]),
  pool("the whole map", [2, 4, 4, 3], [[4, 4], [4, 4]]),
  pool("the whole map, one sample", [1, 4, 4, 3], [[4, 4], [1, 1]]),
  pool("a map of one pixel", [2, 1, 1, 3], [[3, 3], [2, 2], one]),
];

/** A resize. */
export interface ResizeCase {
  readonly name: string;
  readonly x: TensorShape;
  readonly size: Pair;
}

const resize = (x: TensorShape, size: Pair): ResizeCase => ({
  name: `[${x}] to ${size.join("x")}`,
  x,
  size,
});

/** Resizes. */
export const RESIZE_CASES: readonly ResizeCase[] = [
  resize([2, 4, 4, 3], [8, 8]),
  resize([1, 7, 7, 2], [14, 14]),
  resize([2, 4, 5, 3], [7, 9]),
  resize([2, 8, 8, 4], [3, 5]),
  resize([1, 3, 3, 2], [3, 3]),
  resize([2, 1, 1, 3], [4, 5]),
  resize([2, 1, 4, 3], [3, 8]),
  resize([2, 4, 1, 3], [8, 3]),
  resize([2, 1, 4, 3], [3, 4]),
  resize([2, 1, 3, 2], [5, 1]),
  resize([2, 5, 5, 3], [1, 1]),
  resize([2, 5, 1, 3], [1, 4]),
  resize([2, 1, 1, 2], [1, 1]),
  resize([1, 2, 2, 1], [16, 16]),
  resize([1, 12, 12, 2], [13, 13]),
];
