/** Frozen parts: counted, kept by JSON, and left alone by training. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  chain,
  freeze,
  fromJSON,
  type Graph,
  inference,
  leaves,
  named,
  type Net,
  orThrow,
  parametersOf,
  params,
  plan,
  residual,
  toJSON,
  trainingStep,
  unfreeze,
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
import { attention20, attention56 } from "../../nets/mod.ts";
import { runReference } from "../_reference.ts";
import { randomInputs, randomState } from "../graph/_programs.ts";
import { onlyProblem, problemsOf } from "../_problems.ts";

const INPUT = [4, 4, 2];
const block = (width: number): Net => chain(conv(width, { kernel: 3 }), batchNorm(), relu());
const net = chain(
  named("stem", block(2)),
  named("body", residual(chain(block(2), dropout(0.5)))),
  globalAveragePool(),
  named("classifier", dense(3)),
);

function step(of: Net): Graph {
  const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: 1e-3 } as const;
  return trainingStep(orThrow(plan(of, INPUT)), { batch: 3, optimizer });
}

const operations = ({ nodes }: Graph): readonly string[] => nodes.map(({ op }) => op.op);

Deno.test("freeze() by path says so in every planned parameter, and only there", () => {
  const planned = orThrow(plan(orThrow(freeze(net, "stem", "body.bn1")), INPUT));
  const frozen = parametersOf(planned).filter((parameter) => parameter.frozen === true);
  assertEquals(frozen.map(({ path }) => path), [
    "stem.conv1.kernel",
    "stem.bn1.gamma",
    "stem.bn1.beta",
    "stem.bn1.mean",
    "stem.bn1.variance",
    "body.bn1.gamma",
    "body.bn1.beta",
    "body.bn1.mean",
    "body.bn1.variance",
  ]);
  const layers = leaves(planned).filter((leaf) => leaf.kind === "layer" && leaf.frozen);
  assertEquals(layers.map(({ path }) => path), [
    "stem.conv1",
    "stem.bn1",
    "stem.relu1",
    "body.bn1",
  ]);
});

Deno.test("freeze() of a fork freezes what stands in its branches", () => {
  const planned = orThrow(plan(orThrow(freeze(net, "body.add1")), INPUT));
  assertEquals(params(planned), { ...params(planned), trainable: 9 * 4 + 4 + 9 });
});

Deno.test("unfreeze() of a part leaves the rest frozen", () => {
  const head = orThrow(unfreeze(orThrow(freeze(attention56())), "classifier", "tail.unit3"));
  const planned = orThrow(plan(head, [32, 32, 3]));
  const trained = parametersOf(planned).filter(({ frozen }) => frozen !== true);
  assert(trained.every(({ path }) => /^(classifier|tail\.unit3)\./.test(path)));
});

Deno.test("freeze() names every path that there is not", () => {
  const problems = problemsOf(freeze(net, "stm", "stem", "bdy"));
  assertEquals(problems.map(({ path, hint }) => [path, hint]), [
    ["stm", 'did you mean "stem"?'],
    ["bdy", 'did you mean "body"?'],
  ]);
});

Deno.test("the training step leaves frozen tensors as they are, running statistics too", () => {
  const frozen = step(orThrow(freeze(net, "stem", "body")));
  const changed = frozen.state.filter(({ before, after }) => before !== after)
    .map(({ name }) => name);
  assertEquals(changed.sort(), [
    "@momentum/classifier.bias",
    "@momentum/classifier.kernel",
    "classifier.bias",
    "classifier.kernel",
  ]);
  const kept = frozen.state.map(({ name }) => name).filter((name) => !name.startsWith("@"));
  const plain = step(net).state.map(({ name }) => name).filter((name) => !name.startsWith("@"));
  assertEquals(kept.sort(), plain.sort());
});

Deno.test("no gradient is computed for what is frozen, nor before the first trained layer", () => {
  const count = (of: Net, op: string) => operations(step(of)).filter((name) => name === op).length;
  const gradients = ["conv2dFilterGrad", "conv2dInputGrad", "batchNormGrad"] as const;
  const counts = (of: Net) => gradients.map((op) => count(of, op));
  assertEquals(counts(net), [2, 1, 2]);
  assertEquals(counts(orThrow(freeze(net, "stem"))), [1, 0, 1]);
  assertEquals(counts(orThrow(freeze(net, "body"))), [1, 1, 1]);
  assertEquals(counts(orThrow(freeze(net, "stem", "body"))), [0, 0, 0]);
});

Deno.test("a frozen batch norm trains what is before it with its running statistics", () => {
  const small = chain(conv(2, { kernel: 3 }), batchNorm(), relu(), flatten(), dense(3));
  const frozen = step(orThrow(freeze(small, "bn1")));
  const state = randomState(frozen);
  const inputs = randomInputs(frozen);
  const trained = runReference(frozen, state, inputs);
  // In the forward direction it is the network that answers.
  const answers = inference(orThrow(plan(small, INPUT)), 3);
  const weights = Object.fromEntries(answers.state.map(({ name }) => [name, state[name] ?? []]));
  const answered = runReference(answers, weights, { images: inputs["images"] ?? [] });
  trained.outputs["logits"]?.forEach((x, i) => {
    assert(Math.abs(x - (answered.outputs["logits"]?.[i] ?? NaN)) < 1e-9);
  });
  for (const name of ["gamma", "beta", "mean", "variance"]) {
    assertEquals(trained.state[`bn1.${name}`], state[`bn1.${name}`]);
  }
  assertNotEquals(trained.state["conv1.kernel"], state["conv1.kernel"]);
  // Finite differences of the loss by one weight before the batch norm, without decay.
  const plainStep = trainingStep(orThrow(plan(orThrow(freeze(small, "bn1")), INPUT)), {
    batch: 3,
    optimizer: { kind: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
  });
  const loss = (kernel: Float64Array): number =>
    runReference(plainStep, { ...state, "conv1.kernel": kernel }, inputs).outputs["loss"]?.[0] ??
      NaN;
  const kernel = Float64Array.from(state["conv1.kernel"] ?? []);
  const moved = (by: number) => kernel.map((x, i) => i === 0 ? x + by : x);
  const slope = (loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5;
  const after = runReference(plainStep, state, { ...inputs, rate: [1] }).state["conv1.kernel"];
  assert(Math.abs((kernel[0] ?? NaN) - (after?.[0] ?? NaN) - slope) < 1e-6);
});

Deno.test("dropout in a frozen part still draws", () => {
  const inputs = step(orThrow(freeze(net, "body"))).inputs.map(({ name }) => name);
  assert(inputs.includes("seed"));
});

Deno.test("freezing changes nothing of the program that answers", () => {
  const answer = (of: Net) => inference(orThrow(plan(of, [32, 32, 3])), 1);
  assertEquals(answer(orThrow(freeze(attention20()))), answer(attention20()));
});

Deno.test("JSON says frozen only as true", () => {
  const frozen = orThrow(freeze(conv(2)));
  assertEquals(JSON.parse(toJSON(frozen)).net.frozen, true);
  assertEquals("frozen" in JSON.parse(toJSON(conv(2))).net, false);
  const text = toJSON(frozen).replace('"frozen":true', '"frozen":false');
  const problem = onlyProblem(fromJSON(text));
  assertEquals([problem.path, problem.got, problem.wanted], [
    "net.frozen",
    "false",
    "true, or nothing",
  ]);
});
