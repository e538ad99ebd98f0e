/** Optimisers against sequences computed by hand from PyTorch's definitions. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type AnyOptimizer, chain, orThrow, plan, trainingStep } from "../../mod.ts";
import { batchNorm, dense } from "../../layers/mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { runReference } from "../_reference.ts";

const GRADIENTS = [0.5, -1.25, 2, 0.75];
const RATES = [0.1, 0.1, 0.01, 0.2];

/** A program that updates one kernel of one number by a gradient that it is fed. */
function updating(optimizer: AnyOptimizer): Graph {
  const graph = new GraphBuilder();
  const value = graph.state("w.kernel", [1]);
  const gradient = graph.input("gradient", [1]);
  const rate = graph.input("rate", []);
  const parameter = {
    name: "kernel",
    path: "w.kernel",
    shape: [1],
    role: "kernel",
    initializer: "zeros",
    fanIn: 1,
    fanOut: 1,
  } as const;
  const step = { graph, rate, rateOf: () => rate };
  const [next = NaN] = orThrow(optimizerOf(optimizer)).update(step, [{
    parameter,
    value,
    gradient,
  }]);
  graph.update("w.kernel", next);
  return graph.finish("update", []);
}

/** The kernel after each step, from 1. */
function sequence(optimizer: AnyOptimizer): readonly number[] {
  const graph = updating(optimizer);
  let state: Readonly<Record<string, Float64Array>> = Object.fromEntries(
    graph.state.map(({ name }) => [name, Float64Array.of(name === "w.kernel" ? 1 : 0)]),
  );
  return GRADIENTS.map((gradient, i) => {
    const inputs = { gradient: [gradient], rate: [RATES[i] ?? NaN] };
    state = runReference(graph, state, inputs).state;
    return state["w.kernel"]?.[0] ?? NaN;
  });
}

function assertSequence(actual: readonly number[], expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((x, i) => assertAlmostEquals(actual[i] ?? NaN, x, 1e-12, `step ${i + 1}`));
}

Deno.test("SGD without momentum and decay is gradient descent", () => {
  const plain = { kind: "sgd", momentum: 0, weightDecay: 0 } as const;
  const expected = [1 - 0.05, 0.95 + 0.125, 1.075 - 0.02, 1.055 - 0.15];
  assertSequence(sequence({ ...plain, nesterov: false }), expected);
  assertSequence(sequence({ ...plain, nesterov: true }), expected);
});

Deno.test("SGD with Nesterov's momentum and weight decay is PyTorch's", () => {
  // g' = g + 0.1 w; v = 0.9 v + g'; w = w - lr (g' + 0.9 v), worked out step by step.
  const [w1, v1] = [1 - 0.1 * (0.6 + 0.9 * 0.6), 0.6];
  const g2 = -1.25 + 0.1 * w1;
  const v2 = 0.9 * v1 + g2;
  const w2 = w1 - 0.1 * (g2 + 0.9 * v2);
  const g3 = 2 + 0.1 * w2;
  const v3 = 0.9 * v2 + g3;
  const w3 = w2 - 0.01 * (g3 + 0.9 * v3);
  const g4 = 0.75 + 0.1 * w3;
  const w4 = w3 - 0.2 * (g4 + 0.9 * (0.9 * v3 + g4));
  assertAlmostEquals(w1, 0.886, 1e-12);
  assertAlmostEquals(w2, 1.058066, 1e-12);
  assertSequence(sequence({ kind: "sgd", momentum: 0.9, weightDecay: 0.1 }), [w1, w2, w3, w4]);
});

Deno.test("SGD with plain momentum is PyTorch's", () => {
  const expected = [0.95, 0.95 + 0.08, 1.03 - 0.01 * 1.28, 0];
  const actual = sequence({ kind: "sgd", momentum: 0.9, nesterov: false, weightDecay: 0 });
  assertSequence(actual.slice(0, 3), expected.slice(0, 3));
});

Deno.test("SGD's defaults are the paper's: Nesterov 0.9, weight decay 1e-4", () => {
  const written = { kind: "sgd", momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const;
  assertEquals(sequence({ kind: "sgd" }), sequence(written));
});

Deno.test("AdamW is PyTorch's: decay apart from the gradient, moments without bias", () => {
  const [beta1, beta2, epsilon, decay] = [0.9, 0.99, 1e-8, 0.1];
  let [w, m, v] = [1, 0, 0];
  const expected = GRADIENTS.map((g, i) => {
    const rate = RATES[i] ?? NaN;
    const step = i + 1;
    w *= 1 - rate * decay;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const denominator = Math.sqrt(v) / Math.sqrt(1 - beta2 ** step) + epsilon;
    w -= rate / (1 - beta1 ** step) * m / denominator;
    return w;
  });
  // The first step has the length of the rate, whatever the gradient.
  assertAlmostEquals(expected[0] ?? NaN, 0.99 - 0.1, 1e-8);
  const options = { beta1, beta2, epsilon, weightDecay: decay };
  assertSequence(sequence({ kind: "adamw", ...options }), expected);
});

Deno.test("AdamW's defaults are 0.9, 0.999, 1e-8 and decay 0.01", () => {
  const written = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
  assertEquals(sequence({ kind: "adamw" }), sequence({ kind: "adamw", ...written }));
});

Deno.test("AdamW counts its steps once for all parameters", () => {
  const planned = orThrow(plan(chain(dense(3), batchNorm(), dense(2)), [4]));
  const graph = trainingStep(planned, { batch: 2, optimizer: { kind: "adamw" } });
  const steps = graph.state.filter(({ name }) => name.endsWith("step"));
  assertEquals(steps.map(({ name }) => name), ["@adam.step"]);
  const [{ after = NaN } = {}] = steps;
  const readers = graph.nodes.filter(({ op, inputs }) =>
    op.op === "adamw" && inputs.includes(after)
  );
  assertEquals(readers.length, 6);
});

/** The weight decay of every parameter, by name. */
function decays(optimizer: AnyOptimizer): Readonly<Record<string, number>> {
  const planned = orThrow(plan(chain(dense(3), batchNorm(), dense(2)), [4]));
  const graph = trainingStep(planned, { batch: 2, optimizer });
  const names = new Map(graph.state.map(({ name, before }) => [before, name]));
  return Object.fromEntries(
    graph.nodes.flatMap(({ op, inputs }) =>
      op.op === "sgd" || op.op === "adamw"
        ? [[names.get(inputs[0] ?? NaN) ?? "", op.weightDecay]]
        : []
    ),
  );
}

Deno.test("weight decay shrinks all parameters under SGD, kernels alone under AdamW, unless told", () => {
  const all = (decay: number, others: number) => ({
    "dense1.kernel": decay,
    "dense1.bias": others,
    "bn1.gamma": others,
    "bn1.beta": others,
    "dense2.kernel": decay,
    "dense2.bias": others,
  });
  assertEquals(decays({ kind: "sgd" }), all(1e-4, 1e-4));
  assertEquals(decays({ kind: "sgd", decay: "kernels" }), all(1e-4, 0));
  assertEquals(decays({ kind: "adamw" }), all(0.01, 0));
  assertEquals(decays({ kind: "adamw", weightDecay: 0.5, decay: "all" }), all(0.5, 0.5));
});
