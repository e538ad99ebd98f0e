/** Optimisers in training steps: the same on every engine, each with the parameters of its group. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  adamw,
  type AnyOptimizer,
  clip,
  ema,
  groups,
  initialParameters,
  initialState,
  linear,
  lion,
  muon,
  parametersOf,
  sgd,
  steps,
  type Tensors,
  trainingStep,
} from "../../mod.ts";
import { isTrainable } from "../../dsl/plan/parameters.ts";
import { withGradientNorm } from "../../dsl/programs/training_step.ts";
import { runReference } from "../_reference.ts";
import { testEngines } from "../training/_engines.ts";
import type { Numbers } from "./_differences.ts";
import { randomInputs } from "./_programs.ts";
import { planned } from "./_planned.ts";

/** Bias corrections of Adam aside, one of each kind. */
const OPTIMIZERS: Readonly<Record<string, AnyOptimizer>> = {
  lion: lion(),
  muon: muon({ others: adamw() }),
  "clip, ema and muon": clip(0.1, ema(0.9, muon({ rescale: true, iterations: 3 }))),
  groups: groups(
    [
      { path: "conv1", optimizer: lion(), rate: 0.1 },
      { role: "bias", schedule: linear() },
    ],
    sgd(),
  ),
};

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  testEngines(`training steps with ${name} are those of the reference`, async (engine) => {
    const graph = trainingStep(planned, { batch: 4, optimizer });
    const first = initialState(graph, initialParameters(planned, 1));
    const inputs = Object.entries(randomInputs(graph)).map(([name, numbers]) =>
      [name, name.startsWith("rate") ? Float32Array.of(0.05) : Float32Array.from(numbers)] as const
    );
    let expected: Numbers = Object.fromEntries(
      [...first].map(([name, { data }]) => [name, Float64Array.from(data)]),
    );
    const program = engine.load(graph);
    let state = engine.upload(first);
    for (let k = 0; k < 2; k++) {
      const next = program.run(state, Object.fromEntries(inputs)).state;
      engine.free(state);
      state = next;
      expected = { ...runReference(graph, expected, Object.fromEntries(inputs)).state };
    }
    const actual: Tensors = await engine.download(state);
    engine.free(state);
    program.dispose();
    for (const [name, values] of Object.entries(expected)) {
      actual.get(name)?.data.forEach((x, i) =>
        assertAlmostEquals(x, values[i] ?? NaN, 2e-4, `${name}, entry ${i}`)
      );
    }
  });
}

testEngines(
  "the gradients' norm is the length of a plain step, and changes nothing",
  async (engine) => {
    const plain = sgd({ momentum: 0, nesterov: false, weightDecay: 0 });
    const optimizer = groups([{ path: "conv1", rate: 0 }], clip(1e9, plain));
    const first = initialParameters(planned, 1);
    const after = await Promise.all([false, true].map(async (isMeasured) => {
      const step = trainingStep(planned, { batch: 4, optimizer, gradients: isMeasured });
      const graph = isMeasured ? withGradientNorm(step) : step;
      const inputs = Object.entries(randomInputs(graph)).map(([name, numbers]) =>
        [name, name === "rate" ? Float32Array.of(1) : Float32Array.from(numbers)] as const
      );
      const program = engine.load(graph);
      const state = engine.upload(initialState(graph, first));
      const run = program.run(state, Object.fromEntries(inputs));
      const norm = (await run.outputs.gradientNorm?.())?.[0];
      const tensors: Tensors = await engine.download(run.state);
      for (const one of [state, run.state]) engine.free(one);
      program.dispose();
      return { norm, tensors };
    }));
    const [without, given] = after;
    assertEquals(given?.tensors, without?.tensors);
    assertEquals(without?.norm, undefined);
    const moved = parametersOf(planned).filter(isTrainable).flatMap(({ path }) => {
      const now = given?.tensors.get(path)?.data ?? [];
      return [...first.get(path)?.data ?? []].map((x, i) => x - (now[i] ?? NaN));
    });
    assertAlmostEquals(given?.norm ?? NaN, Math.hypot(...moved), 1e-5);
  },
);

Deno.test("groups() changes a parameter as the first group that it fits says", () => {
  const optimizer = groups([
    { path: "conv1", role: "kernel", optimizer: lion() },
    { path: "*.kernel", optimizer: adamw() },
    { path: "bn1", schedule: steps([0.5], 0) },
    { role: "bias", schedule: "cosine" },
  ], sgd());
  const graph = trainingStep(planned, { batch: 2, optimizer });
  const kept = graph.state.map(({ name }) => name).filter((name) => name.startsWith("@")).sort();
  assertEquals(kept, [
    "@adam.m/dense1.kernel",
    "@adam.step",
    "@adam.v/dense1.kernel",
    "@lion.m/conv1.kernel",
    "@momentum/bn1.beta",
    "@momentum/bn1.gamma",
    "@momentum/dense1.bias",
  ]);
  assertEquals(
    graph.inputs.map(({ name }) => name).filter((name) => name.startsWith("rate")).toSorted(),
    [
      'rate "cosine"',
      'rate {"kind":"steps","at":[0.5],"by":0}',
      "rate",
    ].toSorted(),
  );
});
