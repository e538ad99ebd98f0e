/** The numbers of the state in ONNX's order of axes and in netfold's. */
import type { TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";
import { type Order, ordered, stateOrder } from "./emitter.ts";

/** Numbers of the state in ONNX's order of axes; a copy. */
export function toOnnx(shape: TensorShape, data: Float32Array): Float32Array {
  return stateOrder(shape) === "plain" ? data.slice() : permuted(data, shape, [3, 2, 0, 1]);
}

/** Numbers of the state in netfold's order of axes; a copy. */
export function toNetfold(shape: TensorShape, data: Float32Array): Float32Array {
  const order: Order = stateOrder(shape);
  return order === "plain" ? data.slice() : permuted(data, ordered(shape, order), [2, 3, 1, 0]);
}

/** The numbers with axis `i` of the result being axis `axes[i]` of the source. */
function permuted(
  data: Float32Array,
  shape: TensorShape,
  axes: readonly [number, number, number, number],
): Float32Array {
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const [a, b, c, d] = axes.map((axis) => ({
    size: shape[axis] ?? 1,
    stride: strides[axis] ?? 1,
  })) as [Axis, Axis, Axis, Axis];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < a.size; i++) {
    for (let j = 0; j < b.size; j++) {
      for (let k = 0; k < c.size; k++) {
        const start = i * a.stride + j * b.stride + k * c.stride;
        for (let l = 0; l < d.size; l++) result[at++] = data[start + l * d.stride] ?? 0;
      }
    }
  }
  return result;
}

interface Axis {
  readonly size: number;
  readonly stride: number;
}
