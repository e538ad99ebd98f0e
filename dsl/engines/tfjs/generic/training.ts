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
import { add, divide, multiply, power, square, squareRoot, subtract } from "../kernels.ts";
import { scalar } from "../operands.ts";

/** The expansions of this file. */
export const TRAINING = {
  sgd: ({ momentum, nesterov, weightDecay }, [w, gradient, v, lr], context) => {
    const g = weightDecay === 0
      ? gradient
      : add(gradient, multiply(w, scalar(context, weightDecay)));
    const rate = scalar(context, momentum);
    const velocity = add(multiply(v, rate), g);
    const direction = nesterov ? add(g, multiply(velocity, rate)) : velocity;
    return [subtract(w, multiply(direction, lr)), velocity];
  },
  adamw: ({ beta1, beta2, epsilon, weightDecay }, [w, g, m, v, step, lr], context) => {
    const number = (value: number): Tensor => scalar(context, value);
    const first = add(multiply(m, number(beta1)), multiply(g, number(1 - beta1)));
    const second = add(multiply(v, number(beta2)), multiply(square(g), number(1 - beta2)));
    const warm = (beta: number): Tensor => subtract(number(1), power(number(beta), step));
    const length = add(squareRoot(divide(second, warm(beta2))), number(epsilon));
    const direction = divide(divide(first, warm(beta1)), length);
    const change = weightDecay === 0 ? direction : add(direction, multiply(w, number(weightDecay)));
    return [subtract(w, multiply(change, lr)), first, second];
  },
  dropoutMask: (op, _, context) => {
    const mask = drawMask(op, context.onHost(0));
    return [engine().makeTensor(mask, [...op.shape], "float32")];
  },
} satisfies Partial<Expansions>;
