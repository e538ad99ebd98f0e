/** Initial parameters: from the seed and the path alone, with the variance that He and Glorot want. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import * as fc from "fast-check";
import {
  chain,
  inference,
  type Initializer,
  initialParameters,
  initialState,
  named,
  orThrow,
  parametersOf,
  type Plan,
  plan,
  trainingStep,
} from "../../mod.ts";
import { batchNorm, conv, dense, flatten } from "../../layers/mod.ts";
import { attention56 } from "../../nets/mod.ts";
import { validNetworks } from "../_arbitraries.ts";

const data = (plan: Plan, seed: number, path: string): Float32Array =>
  initialParameters(plan, seed).get(path)?.data ?? new Float32Array();

Deno.test("initialParameters() gives the same numbers for the same seed, others for another", () => {
  fc.assert(fc.property(validNetworks, fc.maxSafeNat(), ({ net, input }, seed) => {
    const planned = orThrow(plan(net, input));
    assertEquals(initialParameters(planned, seed), initialParameters(planned, seed));
  }));
  const planned = orThrow(plan(conv(4, { kernel: 3 }), [8, 8, 3]));
  assertNotEquals(data(planned, 1, "conv1.kernel"), data(planned, 2, "conv1.kernel"));
});

Deno.test("initialParameters() fills every parameter of the plan with finite numbers", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    const planned = orThrow(plan(net, input));
    const values = initialParameters(planned, 0);
    const named = parametersOf(planned);
    assertEquals([...values.keys()], named.map(({ path }) => path));
    for (const { path, shape } of named) {
      assertEquals(values.get(path)?.shape, shape);
      assertEquals(values.get(path)?.data.length, shape.reduce((a, b) => a * b, 1));
      assert(values.get(path)?.data.every(Number.isFinite));
    }
  }));
});

Deno.test("a parameter's start does not depend on what else the network holds", () => {
  const part = named("part", conv(8, { kernel: 3 }));
  const alone = orThrow(plan(part, [8, 8, 3]));
  const among = orThrow(plan(chain(conv(3), part, batchNorm(), conv(5)), [8, 8, 3]));
  assertEquals(data(among, 3, "part.kernel"), data(alone, 3, "part.kernel"));
});

Deno.test("two parameters of the same shape start differently", () => {
  const planned = orThrow(plan(chain(conv(8), conv(8)), [8, 8, 8]));
  assertNotEquals(data(planned, 3, "conv1.kernel"), data(planned, 3, "conv2.kernel"));
});

/** Variance and mean that an initialiser must have, for a 3x3 of 40 channels in 2 groups to 60. */
const [FAN_IN, FAN_OUT] = [9 * 20, 9 * 30];
const MOMENTS: Readonly<Record<Initializer, readonly [number, number]>> = {
  "he-normal": [0, 2 / FAN_IN],
  "he-uniform": [0, 2 / FAN_IN],
  "glorot-uniform": [0, 2 / (FAN_IN + FAN_OUT)],
  zeros: [0, 0],
  ones: [1, 0],
};

for (const [name, [mean, variance]] of Object.entries(MOMENTS)) {
  Deno.test(`${name} has the mean and the variance that its paper gives`, () => {
    // The names of the table are the initialisers'.
    const initializer = name as Initializer;
    const net = conv(60, { kernel: 3, groups: 2, initializer });
    const values = data(orThrow(plan(net, [8, 8, 40])), 1, "conv1.kernel");
    assertEquals(values.length, 9 * 20 * 60);
    const average = values.reduce((sum, x) => sum + x, 0) / values.length;
    const spread = values.reduce((sum, x) => sum + (x - average) ** 2, 0) / values.length;
    assertAlmostEquals(average, mean, 5 * Math.sqrt(variance / values.length));
    assertAlmostEquals(spread, variance, 0.05 * variance);
  });
}

Deno.test("uniform initialisers stay within the bounds that their papers give", () => {
  const bounds = {
    "he-uniform": Math.sqrt(6 / 100),
    "glorot-uniform": Math.sqrt(6 / 150),
  } as const;
  for (const initializer of ["he-uniform", "glorot-uniform"] as const) {
    const planned = orThrow(plan(dense(50, { initializer }), [100]));
    const values = data(planned, 1, "dense1.kernel");
    const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    assert(largest <= bounds[initializer] && largest > 0.99 * bounds[initializer]);
  }
});

Deno.test("biases and means start at zero, gammas and variances at one", () => {
  const net = chain(conv(4, { bias: true }), batchNorm(), flatten(), dense(3));
  const values = initialParameters(orThrow(plan(net, [2, 2, 3])), 1);
  const constant = (path: string) => [...new Set(values.get(path)?.data)];
  assertEquals(constant("conv1.bias"), [0]);
  assertEquals(constant("dense1.bias"), [0]);
  assertEquals(constant("bn1.gamma"), [1]);
  assertEquals(constant("bn1.beta"), [0]);
  assertEquals(constant("bn1.mean"), [0]);
  assertEquals(constant("bn1.variance"), [1]);
});

Deno.test("He's variance holds in every convolution of Attention-56", () => {
  const planned = orThrow(plan(attention56(), [32, 32, 3]));
  const values = initialParameters(planned, 1);
  for (const { path, role, fanIn, shape } of parametersOf(planned)) {
    if (role !== "kernel") continue;
    const numbers = values.get(path)?.data ?? new Float32Array();
    const size = shape.reduce((a, b) => a * b, 1);
    const spread = numbers.reduce((sum, x) => sum + x * x, 0) / size;
    assertAlmostEquals(spread * fanIn / 2, 1, 6 * Math.sqrt(2 / size), path);
  }
});

Deno.test("initialState() is the parameters, with zeros for what the optimiser keeps", () => {
  const planned = orThrow(plan(chain(flatten(), dense(3)), [2, 2, 1]));
  const parameters = initialParameters(planned, 1);
  const graph = trainingStep(planned, { batch: 2, optimizer: { kind: "sgd" } });
  const state = initialState(graph, parameters);
  assertEquals(state.get("dense1.kernel"), parameters.get("dense1.kernel"));
  assertEquals(state.get("@momentum/dense1.kernel"), {
    shape: [4, 3],
    data: new Float32Array(12),
  });
  assertEquals([...state.keys()].sort(), graph.state.map(({ name }) => name).sort());
});

Deno.test("initialState() throws when a parameter is missing or has another shape", () => {
  const planned = orThrow(plan(chain(flatten(), dense(3)), [2, 2, 1]));
  const graph = inference(planned, 1);
  const parameters = initialParameters(planned, 1);
  const without = new Map([...parameters].filter(([name]) => name !== "dense1.bias"));
  assertThrows(() => initialState(graph, without), ProblemError, '"dense1.bias" of [3], not none');
  const other = initialParameters(orThrow(plan(chain(flatten(), dense(4)), [2, 2, 1])), 1);
  assertThrows(() => initialState(graph, other), ProblemError, "of [4, 3], not [4, 4]");
});
