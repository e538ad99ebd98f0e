/**
 * Operations entry by entry as one shader for each result, where the library
 * would run one kernel for each sign in the formula.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Expansion } from "../expansion.ts";
import { operand } from "../operands.ts";
import { pointwise } from "./program.ts";

const sgd: Expansion<"sgd"> = ({ momentum, nesterov, weightDecay }, inputs) => {
  const [w, g, v, lr] = [0, 1, 2, 3].map((i) => operand(inputs, i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const velocity = pointwise({
    key: "sgd velocity",
    operands: ["v", "g", "w"],
    expression: "momentum * v + g + decay * w",
    numbers: { momentum, decay: weightDecay },
  }, [v, g, w]);
  if (!nesterov) {
    const weights = pointwise({
      key: "sgd",
      operands: ["w", "v", "lr"],
      expression: "w - lr * v",
    }, [w, velocity, lr]);
    return [weights, velocity];
  }
  const weights = pointwise({
    key: "sgd nesterov",
    operands: ["w", "g", "v", "lr"],
    expression: "w - lr * (g + decay * w + momentum * v)",
    numbers: { momentum, decay: weightDecay },
  }, [w, g, velocity, lr]);
  return [weights, velocity];
};

const adamw: Expansion<"adamw"> = ({ beta1, beta2, epsilon, weightDecay }, inputs) => {
  const w = inputs[0];
  const g = inputs[1];
  const first = pointwise({
    key: "adamw first moment",
    operands: ["m", "g"],
    expression: "beta * m + rest * g",
    numbers: { beta: beta1, rest: 1 - beta1 },
  }, [inputs[2], g]);
  const second = pointwise({
    key: "adamw second moment",
    operands: ["v", "g"],
    expression: "beta * v + rest * g * g",
    numbers: { beta: beta2, rest: 1 - beta2 },
  }, [inputs[3], g]);
  const weights = pointwise({
    key: "adamw",
    operands: ["w", "m", "v", "time", "lr"],
    statements: `
      let mean = m / (1.0 - exp(time * logBeta1));
      let length = sqrt(v / (1.0 - exp(time * logBeta2))) + epsilon;`,
    expression: "w - lr * (mean / length + decay * w)",
    numbers: { logBeta1: Math.log(beta1), logBeta2: Math.log(beta2), epsilon, decay: weightDecay },
  }, [w, first, second, inputs[4], inputs[5]]);
  return [weights, first, second];
};

/** The expansions of this file. */
export const WEBGPU_ELEMENTWISE: {
  readonly scale: Expansion<"scale">;
  readonly blend: Expansion<"blend">;
  readonly rsqrt: Expansion<"rsqrt">;
  readonly reluGrad: Expansion<"reluGrad">;
  readonly sigmoidGrad: Expansion<"sigmoidGrad">;
  readonly attend: Expansion<"attend">;
  readonly affine: Expansion<"affine">;
  readonly sgd: Expansion<"sgd">;
  readonly adamw: Expansion<"adamw">;
} = {
  scale: ({ by }, inputs) => [
    pointwise({ key: "scale", operands: ["x"], expression: "x * by", numbers: { by } }, inputs),
  ],
  blend: ({ rate }, inputs) => [
    pointwise({
      key: "blend",
      operands: ["a", "b"],
      expression: "rate * a + rest * b",
      numbers: { rate, rest: 1 - rate },
    }, inputs),
  ],
  rsqrt: ({ epsilon }, inputs) => [
    pointwise({
      key: "rsqrt",
      operands: ["x"],
      expression: "inverseSqrt(x + epsilon)",
      numbers: { epsilon },
    }, inputs),
  ],
  reluGrad: (_, inputs) => [
    pointwise({
      key: "relu gradient",
      operands: ["dy", "y"],
      expression: "select(T(0.0), dy, y > T(0.0))",
    }, inputs),
  ],
  sigmoidGrad: (_, inputs) => [
    pointwise({
      key: "sigmoid gradient",
      operands: ["dy", "y"],
      expression: "dy * y * (1.0 - y)",
    }, inputs),
  ],
  attend: (_, inputs) => [
    pointwise({
      key: "attend",
      operands: ["trunk", "mask"],
      expression: "(1.0 + mask) * trunk",
    }, inputs),
  ],
  affine: ({ activation }, inputs) => [
    pointwise({
      key: `affine ${activation}`,
      operands: ["x", "scale", "shift"],
      expression: activation === "relu" ? "max(scale * x + shift, T(0.0))" : "scale * x + shift",
    }, inputs),
  ],
  sgd,
  adamw,
};
