/**
 * Generic expansions of pooling, of global averages and of bilinear resizing.
 *
 * The average kernels leave padding out of the mean on every backend, but
 * their gradient divides by the whole window; the gradient is first scaled by
 * the window's size over the number of its pixels inside the map.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { PoolGeometry, TensorShape } from "../../../graph/op.ts";
import { pixelsInside } from "../../../graph/windows.ts";
import type { Expansions } from "../expansion.ts";
import { axes } from "../operands.ts";
import { maxPoolGrad } from "./max_pool.ts";
import * as tf from "../kernels.ts";

/** Window size over pixels inside, per window; undefined where every window lies inside. */
function overhang(
  op: PoolGeometry,
  map: TensorShape,
  results: TensorShape,
): Float32Array | undefined {
  const [, height, width] = axes(map);
  const [, rows, columns] = axes(results);
  const inside = pixelsInside(op, { size: [height, width], count: [rows, columns] });
  const ratios = Float32Array.from(inside, (pixels) => tf.sizeOf(op.window) / pixels);
  return ratios.every((ratio) => ratio === 1) ? undefined : ratios;
}

/** Pools the whole map: the geometry of a global average. */
function wholeMap([, height = 1, width = 1]: TensorShape): PoolGeometry {
  return { window: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] };
}

/** The mean of each channel's map, as `[n, 1, 1, c]`. */
export function averageOfMaps(x: Tensor): Tensor {
  const [, height, width] = x.shape;
  return height === 1 && width === 1
    ? x
    : tf.runKernel("AvgPool", { x }, tf.poolAttributes(wholeMap(x.shape)));
}

/**
 * The gradient of a resize. A map of one row (or column) is copied to every
 * row of the result, so its gradient is their sum; the kernel divides by zero
 * there and must not see it.
 */
function resizeBilinearGrad(dy: Tensor, inputShape: TensorShape): Tensor {
  const [, height, width] = inputShape;
  const single = [
    ...(height === 1 && dy.shape[1] !== 1 ? [1] : []),
    ...(width === 1 && dy.shape[2] !== 1 ? [2] : []),
  ];
  const reduced = single.length === 0 ? dy : tf.sum(dy, single, true);
  if (reduced.shape[1] === height && reduced.shape[2] === width) {
    return tf.reshape(reduced, inputShape);
  }
  const dx = tf.runKernel("ResizeBilinearGrad", {
    images: tf.shapeOnly(reduced, inputShape),
    dy: reduced,
  }, { alignCorners: true });
  // The cpu kernel gives the right numbers under a shape with height and width swapped.
  return tf.reshape(dx, inputShape);
}

/** The expansions of this file. */
export const POOLING = {
  maxPool: (op, [x]) => [tf.runKernel("MaxPool", { x }, tf.poolAttributes(op))],
  maxPoolGrad,
  averagePool: (op, [x]) => [tf.runKernel("AvgPool", { x }, tf.poolAttributes(op))],
  averagePoolGrad: (op, [dy], context) => {
    const [, rows = 1, columns = 1] = dy.shape;
    const ratios = overhang(op, op.inputShape, dy.shape);
    const sizes = [op.window, op.stride, op.padding, op.inputShape.slice(1, 3), rows, columns];
    const key = `overhang ${sizes.join(" ")}`;
    const scaled = ratios === undefined
      ? dy
      : tf.multiply(dy, context.constant(key, [1, rows, columns, 1], () => ratios));
    const input = tf.shapeOnly(dy, op.inputShape);
    return [tf.runKernel("AvgPoolGrad", { dy: scaled, input }, tf.poolAttributes(op))];
  },
  globalAverage: (_, [x]) => {
    const [n = 1, , , channels = 1] = x.shape;
    return [tf.reshape(averageOfMaps(x), [n, channels])];
  },
  globalAverageGrad: ({ inputShape }, [dy]) => {
    const [n = 1, height, width, channels = 1] = inputShape;
    if (height === 1 && width === 1) return [tf.reshape(dy, inputShape)];
    const small = tf.reshape(dy, [n, 1, 1, channels]);
    const input = tf.shapeOnly(small, inputShape);
    return [
      tf.runKernel("AvgPoolGrad", { dy: small, input }, tf.poolAttributes(wholeMap(inputShape))),
    ];
  },
  resizeBilinear: ({ size }, [x]) => [
    tf.runKernel("ResizeBilinear", { images: x }, {
      alignCorners: true,
      halfPixelCenters: false,
      size: [...size],
    }),
  ],
  resizeBilinearGrad: ({ inputShape }, [dy]) => [resizeBilinearGrad(dy, inputShape)],
} satisfies Partial<Expansions>;
