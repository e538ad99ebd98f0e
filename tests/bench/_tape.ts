/**
 * The peer of our training step: the same network trained with TensorFlow.js
 * as it comes, operations recorded on its tape, its optimiser. The wasm
 * backend has no filter gradient, so one is composed of its operations, in
 * the form that was fastest there.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { type Convolve, tfForward } from "../_tfjs_forward.ts";

/** A convolution without padding whose gradient the wasm backend can compute. */
const convolve: Convolve = (x, kernel, strides) =>
  tf.customGrad((...args) => {
    const [x, kernel, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, kernel]);
    return {
      value: tf.conv2d(x, kernel, strides, "valid"),
      gradFunc: (dy, saved) => {
        const [x, kernel] = saved as [tf.Tensor4D, tf.Tensor4D];
        const slope = dy as tf.Tensor4D;
        return [
          tf.conv2dTranspose(slope, kernel, x.shape, strides, "valid"),
          filterGradient(x, slope, strides, kernel.shape),
        ];
      },
    };
  })(x, kernel);

/** For convolutions without padding: patches as rows, transposed, times the output's gradient. */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [sh, sw]: [number, number],
  [kh, kw, inputs, outputs]: [number, number, number, number],
): tf.Tensor {
  return tf.tidy(() => {
    const [n, oh, ow] = dy.shape;
    const taps: tf.Tensor[] = [];
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        const end = [n, i + (oh - 1) * sh + 1, j + (ow - 1) * sw + 1, inputs];
        taps.push(
          sh === 1 && sw === 1
            ? tf.slice4d(x, [0, i, j, 0], [n, oh, ow, inputs])
            : tf.stridedSlice(x, [0, i, j, 0], end, [1, sh, sw, 1]),
        );
      }
    }
    const patches = taps.length === 1 ? taps[0] as tf.Tensor : tf.concat(taps, 3);
    const rows = tf.transpose(tf.reshape(patches, [n * oh * ow, kh * kw * inputs]));
    const product = tf.matMul(rows as tf.Tensor2D, tf.reshape(dy, [n * oh * ow, outputs]));
    return tf.reshape(product, [kh, kw, inputs, outputs]);
  });
}

/** A training step on the tape: give it a batch, it gives the loss. */
export function tapeStep(plan: Plan, parameters: Tensors, rate: number) {
  const variables = new Map(
    [...parameters].map(([name, { data, shape }]): [string, tf.Tensor] => {
      const value = tf.tensor(data, [...shape], "float32");
      return [name, /mean$|variance$/.test(name) ? value : tf.variable(value, true, name)];
    }),
  );
  const optimizer = tf.train.momentum(rate, 0.9, true);
  return (images: Float32Array, targets: Float32Array, batch: number): number => {
    const cost = optimizer.minimize(() => {
      const x = tf.tensor(images, [batch, ...plan.input], "float32");
      const y = tf.tensor2d(targets, [batch, targets.length / batch]);
      const logits = tfForward(plan, variables, x, convolve) as tf.Tensor2D;
      return tf.losses.softmaxCrossEntropy(y, logits) as tf.Scalar;
    }, true);
    const [loss = NaN] = cost?.dataSync() ?? [];
    cost?.dispose();
    return loss;
  };
}
