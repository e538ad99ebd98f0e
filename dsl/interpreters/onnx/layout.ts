/**
 * The order of a value's axes. netfold's maps are NHWC and its kernels HWIO,
 * ONNX's are NCHW and OIHW, and ONNX Runtime has one of its own for maps: its
 * channels in blocks. Values of other ranks than four have netfold's order.
 */
import type { TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";

/** `plain` as in netfold's graph, `map` NCHW, `kernel` OIHW, `blocked` the runtime's own, with the shape of `map`. */
export type Order = "plain" | "map" | "kernel" | "blocked";

/** For each order which of netfold's axes stand where. */
const AXES: Readonly<Record<Order, readonly number[]>> = {
  plain: [0, 1, 2, 3],
  map: [0, 3, 1, 2],
  kernel: [3, 2, 0, 1],
  blocked: [0, 3, 1, 2],
};

/** A shape of netfold's graph in another order. */
export function ordered(shape: TensorShape, order: Order): TensorShape {
  return order === "plain" ? shape : AXES[order].map((axis) => shape[axis] ?? 1);
}

/** Where one of netfold's axes stands in an order. */
export function placeOf(axis: number, order: Order): number {
  return order === "plain" ? axis : AXES[order].indexOf(axis);
}

/** Which of netfold's axes stands at a place in an order. */
export function axisAt(place: number, order: Order): number {
  return order === "plain" ? place : AXES[order][place] ?? place;
}

/** The permutation that brings one order into another. */
export function permutation(from: Order, to: Order): readonly number[] {
  return AXES[to].map((axis) => placeOf(axis, from));
}

/** The order of axes in which tensors of the state are kept: all of rank four are kernels. */
export function stateOrder(shape: TensorShape): Order {
  return shape.length === 4 ? "kernel" : "plain";
}

/** Numbers of the state in ONNX's order of axes; a copy. */
export function toOnnxOrder(shape: TensorShape, data: Float32Array): Float32Array {
  return permuted(data, shape, permutation("plain", stateOrder(shape)));
}

/** Numbers of the state in netfold's order of axes; a copy. */
export function toNetfoldOrder(shape: TensorShape, data: Float32Array): Float32Array {
  const order = stateOrder(shape);
  return permuted(data, ordered(shape, order), permutation(order, "plain"));
}

/** The numbers with axis `i` of the result being axis `axes[i]` of the source; of rank four alone. */
function permuted(data: Float32Array, shape: TensorShape, axes: readonly number[]): Float32Array {
  if (shape.length !== 4) return data.slice();
  const sizes = axes.map((axis) => shape[axis] ?? 1);
  const [a = 1, b = 1, c = 1, d = 1] = sizes;
  const strides = axes.map((axis) => sizeOf(shape.slice(axis + 1)));
  const [p = 0, q = 0, r = 0, s = 0] = strides;
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        const start = i * p + j * q + k * r;
        for (let l = 0; l < d; l++) result[at++] = data[start + l * s] ?? 0;
      }
    }
  }
  return result;
}
