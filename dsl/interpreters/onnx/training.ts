/**
 * The optimisers' steps.
 *
 * AdamW is Loshchilov and Hutter's (Decoupled weight decay regularization,
 * ICLR 2019) as in PyTorch: `m' = b1 m + (1 - b1) g`, `v' = b2 v + (1 - b2) g²`,
 * `w' = w - lr ((m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + epsilon) + decay w)`.
 */
import type { Value } from "./emitter.ts";
import { type Expansion, type Expansions, operand } from "./expansion.ts";

const sgd: Expansion<"sgd"> = ({ momentum, nesterov, weightDecay }, inputs, { emitter }) => {
  const [w, g, v, rate] = [0, 1, 2, 3].map((i) => operand(inputs, i)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const times = (x: Value, by: number): Value => emitter.binary("Mul", x, emitter.scalar(by));
  const slope = weightDecay === 0 ? g : emitter.binary("Add", g, times(w, weightDecay));
  const velocity = emitter.binary("Add", times(v, momentum), slope);
  const direction = nesterov ? emitter.binary("Add", slope, times(velocity, momentum)) : velocity;
  return [emitter.binary("Sub", w, emitter.binary("Mul", direction, rate)), velocity];
};

const adamw: Expansion<"adamw"> = (op, inputs, { emitter }) => {
  const [w, g, m, v, step, rate] = [0, 1, 2, 3, 4, 5].map((i) => operand(inputs, i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const on = (type: string, a: Value, b: Value): Value => emitter.binary(type, a, b);
  const number = (value: number): Value => emitter.scalar(value);
  const first = on("Add", on("Mul", m, number(op.beta1)), on("Mul", g, number(1 - op.beta1)));
  const squares = on("Mul", on("Mul", g, g), number(1 - op.beta2));
  const second = on("Add", on("Mul", v, number(op.beta2)), squares);
  const warm = (beta: number): Value => on("Sub", number(1), on("Pow", number(beta), step));
  const spread = emitter.unary("Sqrt", on("Div", second, warm(op.beta2)));
  const length = on("Add", spread, number(op.epsilon));
  const direction = on("Div", on("Div", first, warm(op.beta1)), length);
  const change = op.weightDecay === 0
    ? direction
    : on("Add", direction, on("Mul", w, number(op.weightDecay)));
  return [on("Sub", w, on("Mul", change, rate)), first, second];
};

/** The expansions of this file. */
export const TRAINING: Expansions<"sgd" | "adamw"> = { sgd, adamw };
