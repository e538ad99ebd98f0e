/**
 * Generic expansions of the optimisers' steps and of dropout's mask.
 *
 * AdamW is Loshchilov and Hutter's (Decoupled weight decay regularization,
 * ICLR 2019) as in PyTorch: `m' = b1 m + (1 - b1) g`, `v' = b2 v + (1 - b2) g²`,
 * `w' = w - lr ((m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + epsilon) + decay w)`.
 *
 * The mask is drawn on the host, so that one seed gives one mask whatever the
 * backend.
 */
import { engine, type Tensor } from "@tensorflow/tfjs-core";
import { drawMask } from "../../dropout_mask.ts";
import type { Expansions } from "../expansion.ts";
import * as tf from "../kernels.ts";
import { scalar } from "../operands.ts";

/** The expansions of this file. */
export const TRAINING = {
  sgd: ({ momentum, nesterov, weightDecay }, [w, gradient, v, lr], context) => {
    const g = weightDecay === 0
      ? gradient
      : tf.add(gradient, tf.multiply(w, scalar(context, weightDecay)));
    const rate = scalar(context, momentum);
    const velocity = tf.add(tf.multiply(v, rate), g);
    const direction = nesterov ? tf.add(g, tf.multiply(velocity, rate)) : velocity;
    return [tf.subtract(w, tf.multiply(direction, lr)), velocity];
  },
  adamw: ({ beta1, beta2, epsilon, weightDecay }, [w, g, m, v, step, lr], context) => {
    const number = (value: number): Tensor => scalar(context, value);
    const first = tf.add(tf.multiply(m, number(beta1)), tf.multiply(g, number(1 - beta1)));
    const second = tf.add(
      tf.multiply(v, number(beta2)),
      tf.multiply(tf.square(g), number(1 - beta2)),
    );
    const warm = (beta: number): Tensor => tf.subtract(number(1), tf.power(number(beta), step));
    const length = tf.add(tf.squareRoot(tf.divide(second, warm(beta2))), number(epsilon));
    const direction = tf.divide(tf.divide(first, warm(beta1)), length);
    const change = weightDecay === 0
      ? direction
      : tf.add(direction, tf.multiply(w, number(weightDecay)));
    return [tf.subtract(w, tf.multiply(change, lr)), first, second];
  },
  dropoutMask: (op, _, context) => {
    const mask = drawMask(op, context.onHost(0));
    return [engine().makeTensor(mask, [...op.shape], "float32")];
  },
} satisfies Partial<Expansions>;
