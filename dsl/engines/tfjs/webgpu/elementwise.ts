/**
 * Operations entry by entry as one shader for each result, where the library
 * would run one kernel for each sign in the formula.
 */
import type { Expansions } from "../expansion.ts";
import { pointwise } from "./program.ts";

/** The expansions of this file. */
export const WEBGPU_ELEMENTWISE = {
  scale: ({ by }, [x]) => [
    pointwise({ key: "scale", operands: { x }, expression: "x * by", numbers: { by } }),
  ],
  blend: ({ rate }, [a, b]) => [
    pointwise({
      key: "blend",
      operands: { a, b },
      expression: "rate * a + rest * b",
      numbers: { rate, rest: 1 - rate },
    }),
  ],
  rsqrt: ({ epsilon }, [x]) => [
    pointwise({
      key: "rsqrt",
      operands: { x },
      expression: "inverseSqrt(x + epsilon)",
      numbers: { epsilon },
    }),
  ],
  reluGrad: (_, [dy, y]) => [
    pointwise({
      key: "relu gradient",
      operands: { dy, y },
      expression: "select(T(0.0), dy, y > T(0.0))",
    }),
  ],
  sigmoidGrad: (_, [dy, y]) => [
    pointwise({
      key: "sigmoid gradient",
      operands: { dy, y },
      expression: "dy * y * (1.0 - y)",
    }),
  ],
  attend: (_, [trunk, mask]) => [
    pointwise({ key: "attend", operands: { trunk, mask }, expression: "(1.0 + mask) * trunk" }),
  ],
  affine: ({ activation }, [x, scale, shift]) => [
    pointwise({
      key: `affine ${activation}`,
      operands: { x, scale, shift },
      expression: activation === "relu" ? "max(scale * x + shift, T(0.0))" : "scale * x + shift",
    }),
  ],
  sgd: ({ momentum, nesterov, weightDecay: decay }, [w, g, before, lr]) => {
    const numbers = { momentum, decay };
    const v = pointwise({
      key: "sgd velocity",
      operands: { v: before, g, w },
      expression: "momentum * v + g + decay * w",
      numbers,
    });
    const weights = nesterov
      ? pointwise({
        key: "sgd nesterov",
        operands: { w, g, v, lr },
        expression: "w - lr * (g + decay * w + momentum * v)",
        numbers,
      })
      : pointwise({ key: "sgd", operands: { w, v, lr }, expression: "w - lr * v" });
    return [weights, v];
  },
  adamw: (op, [w, g, first, second, time, lr]) => {
    const { beta1, beta2, epsilon, weightDecay: decay } = op;
    const m = pointwise({
      key: "adamw first moment",
      operands: { m: first, g },
      expression: "beta * m + rest * g",
      numbers: { beta: beta1, rest: 1 - beta1 },
    });
    const v = pointwise({
      key: "adamw second moment",
      operands: { v: second, g },
      expression: "beta * v + rest * g * g",
      numbers: { beta: beta2, rest: 1 - beta2 },
    });
    const weights = pointwise({
      key: "adamw",
      operands: { w, m, v, time, lr },
      statements: `
        let mean = m / (1.0 - exp(time * logBeta1));
        let length = sqrt(v / (1.0 - exp(time * logBeta2))) + epsilon;`,
      expression: "w - lr * (mean / length + decay * w)",
      numbers: { logBeta1: Math.log(beta1), logBeta2: Math.log(beta2), epsilon, decay },
    });
    return [weights, m, v];
  },
} satisfies Partial<Expansions>;
