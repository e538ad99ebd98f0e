/** The optimisers' steps in float64. */
import type { Op } from "../dsl/graph/op.ts";
import { pointwise, type Value } from "./_reference_value.ts";

/** The operation `sgd`. */
export function sgd(
  op: Extract<Op, { readonly op: "sgd" }>,
  operands: readonly Value[],
  lr: number,
): readonly Value[] {
  const velocity = pointwise(
    operands,
    (w, g, v) => op.momentum * v + g + op.weightDecay * w,
  );
  const weights = pointwise([...operands, velocity], (w, g, _, v) => {
    const decayed = g + op.weightDecay * w;
    return w - lr * (op.nesterov ? decayed + op.momentum * v : v);
  });
  return [weights, velocity];
}

/** The operation `adamw`. */
export function adamw(
  op: Extract<Op, { readonly op: "adamw" }>,
  operands: readonly Value[],
  { step, lr }: { readonly step: number; readonly lr: number },
): readonly Value[] {
  const first = pointwise(
    operands,
    (_w, g, m) => op.beta1 * m + (1 - op.beta1) * g,
  );
  const second = pointwise(
    operands,
    (_w, g, _m, v) => op.beta2 * v + (1 - op.beta2) * g * g,
  );
  const [w] = operands;
  if (w === undefined) throw new TypeError("adamw lacks its weights");
  const weights = pointwise([w, first, second], (w, m, v) => {
    const length = Math.sqrt(v / (1 - op.beta2 ** step)) + op.epsilon;
    const direction = m / (1 - op.beta1 ** step) / length;
    return w - lr * (direction + op.weightDecay * w);
  });
  return [weights, first, second];
}
