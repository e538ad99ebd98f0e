/** The training step: its ports and state, its loss, its running statistics, and that it learns. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  chain,
  type Graph,
  initialParameters,
  initialState,
  type Net,
  orThrow,
  plan,
  residual,
  type Shape,
  type TrainingOptions,
  trainingStep,
} from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  relu,
} from "../../layers/mod.ts";
import { residualAttention } from "../../nets/mod.ts";
import { type Numbers, runReference } from "../_reference.ts";
import { randomInputs, randomState } from "./_programs.ts";

const SGD = { kind: "sgd", momentum: 0.9, weightDecay: 0 } as const;

function step(net: Net, input: Shape, options: Partial<TrainingOptions> = {}): Graph {
  return trainingStep(orThrow(plan(net, input)), { batch: 4, optimizer: SGD, ...options });
}

const single = (numbers: Float64Array | undefined): number => numbers?.[0] ?? NaN;

const mean = (xs: Numbers): number => Array.from(xs).reduce((a, b) => a + b, 0) / xs.length;

Deno.test("trainingStep() is fed images, targets and a rate, and gives loss, accuracy and logits", () => {
  const graph = step(chain(conv(2), globalAveragePool(), dense(3)), [5, 4, 2]);
  const shapes = (ports: Graph["inputs"]) =>
    Object.fromEntries(ports.map(({ name, value }) => [name, graph.shapes[value]]));
  assertEquals(shapes(graph.inputs), { images: [4, 5, 4, 2], targets: [4, 3], rate: [] });
  assertEquals(shapes(graph.outputs), { loss: [], accuracy: [], logits: [4, 3] });
});

Deno.test("trainingStep() is fed a seed exactly when a layer draws", () => {
  const inputs = (net: Net) => step(net, [6]).inputs.map(({ name }) => name);
  assertEquals(inputs(chain(dropout(0.5), dense(2))), ["images", "seed", "targets", "rate"]);
  assertEquals(inputs(chain(dropout(0), dense(2))), ["images", "targets", "rate"]);
});

Deno.test("trainingStep() keeps parameters, running statistics and momentum", () => {
  const net = chain(dense(3), batchNorm(), dense(2, { bias: false }));
  const names = (options: Partial<TrainingOptions>) =>
    step(net, [4], options).state.map(({ name }) => name).sort();
  const parameters = [
    "bn1.beta",
    "bn1.gamma",
    "bn1.mean",
    "bn1.variance",
    "dense1.bias",
    "dense1.kernel",
    "dense2.kernel",
  ];
  const trained = parameters.filter((name) => !name.includes("mean") && !name.includes("variance"));
  assertEquals(names({}), [...trained.map((name) => `@momentum/${name}`), ...parameters].sort());
  assertEquals(
    names({ optimizer: { kind: "adamw" } }),
    [
      "@adam.step",
      ...trained.flatMap((name) => [`@adam.m/${name}`, `@adam.v/${name}`]),
      ...parameters,
    ].sort(),
  );
});

Deno.test("trainingStep() changes every tensor of its state", () => {
  const net = residualAttention({ input: [8, 8, 3], widths: [4], stem: 2, tail: 0 });
  for (const { name, before, after } of step(net, [8, 8, 3]).state) assert(before !== after, name);
});

Deno.test("the loss is the mean of the cross entropies, the accuracy the share of hits", () => {
  const graph = step(dense(3), [2]);
  const state = { ...randomState(graph), "dense1.bias": Float64Array.of(0.5, -1, 2) };
  const inputs = { ...randomInputs(graph), targets: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1] };
  const { outputs } = runReference(graph, state, inputs);
  const logits = Array.from(outputs["logits"] ?? []);
  const wanted = [0, 1, 2, 2];
  const rows = wanted.map((label, r) => {
    const row = logits.slice(3 * r, 3 * r + 3);
    const sum = row.reduce((sum, x) => sum + Math.exp(x), 0);
    return { loss: Math.log(sum) - (row[label] ?? NaN), hit: row[label] === Math.max(...row) };
  });
  assertAlmostEquals(single(outputs["loss"]), mean(rows.map(({ loss }) => loss)), 1e-12);
  assertEquals(single(outputs["accuracy"]), mean(rows.map(({ hit }) => hit ? 1 : 0)));
});

Deno.test("label smoothing spreads its share evenly over all classes", () => {
  const labels = [0, 2, 1, 2];
  const smoothed = step(dense(3), [2], { labelSmoothing: 0.3 });
  const plain = step(dense(3), [2]);
  const targets = (hit: number, miss: number) =>
    labels.flatMap((label) => [0, 1, 2].map((c) => c === label ? hit : miss));
  const state = randomState(plain);
  const given = randomInputs(plain);
  const a = runReference(smoothed, state, { ...given, targets: targets(1, 0) });
  const b = runReference(plain, state, { ...given, targets: targets(0.8, 0.1) });
  assertAlmostEquals(single(a.outputs["loss"]), single(b.outputs["loss"]), 1e-12);
  a.state["dense1.kernel"]?.forEach((x, i) => {
    assertAlmostEquals(x, b.state["dense1.kernel"]?.[i] ?? NaN, 1e-12);
  });
});

Deno.test("running statistics keep their share and take the batch's mean and biased variance", () => {
  for (const momentum of [0.9, 0.25]) {
    const graph = step(chain(batchNorm({ momentum }), dense(2)), [1]);
    const images = [1, 2, 4, 9];
    const state = {
      ...randomState(graph),
      "bn1.mean": Float64Array.of(-3),
      "bn1.variance": Float64Array.of(5),
    };
    const after = runReference(graph, state, { ...randomInputs(graph), images }).state;
    const variance = mean(images.map((x) => (x - 4) ** 2));
    assertEquals(variance, 9.5);
    assertAlmostEquals(single(after["bn1.mean"]), momentum * -3 + (1 - momentum) * 4, 1e-12);
    assertAlmostEquals(single(after["bn1.variance"]), momentum * 5 + (1 - momentum) * 9.5, 1e-12);
  }
});

Deno.test("a rate of zero leaves the parameters, not the running statistics", () => {
  const graph = step(chain(conv(2), batchNorm(), relu(), flatten(), dense(2)), [3, 3, 1]);
  const before = randomState(graph);
  const { state } = runReference(graph, before, { ...randomInputs(graph), rate: [0] });
  assertEquals(state["conv1.kernel"], before["conv1.kernel"]);
  assertEquals(state["bn1.gamma"], before["bn1.gamma"]);
  assert(state["bn1.mean"]?.every((x, i) => x !== before["bn1.mean"]?.[i]));
});

Deno.test("dropout draws by the seed and by its place: same seed same step, other seed another", () => {
  const graph = step(chain(residual(dropout(0.5)), dropout(0.5), dense(2)), [16]);
  const lossFor = (seed: number): number => {
    const inputs = { ...randomInputs(graph), seed: [seed] };
    return single(runReference(graph, randomState(graph), inputs).outputs["loss"]);
  };
  assertEquals(lossFor(1), lossFor(1));
  assert(lossFor(1) !== lossFor(2));
  const masks = graph.nodes.flatMap(({ op }) => op.op === "dropoutMask" ? [op.salt] : []);
  assertEquals(new Set(masks).size, 2);
});

Deno.test("steps from initial parameters bring the loss down", () => {
  const net = residualAttention({
    input: [8, 8, 1],
    widths: [4],
    stem: 4,
    tail: 0,
    t: 1,
    p: 0,
    classes: 2,
  });
  const planned = orThrow(plan(net, [8, 8, 1]));
  const graph = trainingStep(planned, { batch: 4, optimizer: SGD });
  const start = initialState(graph, initialParameters(planned, 1));
  let state: Readonly<Record<string, Numbers>> = Object.fromEntries(
    [...start].map(([name, { data }]) => [name, data]),
  );
  const targets = [1, 0, 0, 1, 1, 0, 0, 1];
  const given = randomInputs(graph);
  // The classes differ in the sign of a gradient from left to right.
  const images = given["images"]?.map((x, i) =>
    x + (targets[2 * Math.floor(i / 64)] === 1 ? 1 : -1) * (i % 8 - 3.5)
  );
  const inputs = { ...given, images: images ?? [], targets, rate: [0.1] };
  const losses = Array.from({ length: 20 }, () => {
    const result = runReference(graph, state, inputs);
    state = result.state;
    return single(result.outputs["loss"]);
  });
  assert((losses.at(-1) ?? NaN) < (losses[0] ?? NaN) / 2, losses.join(" "));
});
