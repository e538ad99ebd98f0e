/**
 * Weights of networks that flatten a map channel by channel, as PyTorch does: what is learnt of the
 * vector comes into netfold's order wherever it stands. The network that flattens by channel is
 * netfold's own with another flattening, so both can be run and compared.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { initialParameters } from "../../dsl/programs/initial.ts";
import {
  chain,
  fork,
  inference,
  layer,
  type Net,
  orThrow,
  plan,
  rule,
  standard,
} from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  layerNorm,
  prelu,
  relu,
} from "../../layers/mod.ts";
import { weightsFrom } from "../../tasks/import/weights.ts";
import { runReference } from "../_reference.ts";
import { randomInputs, randomState } from "../graph/_programs.ts";

const INPUT = [3, 2, 2] as const;

const byChannel = rule<{ readonly type: "by_channel" }>({
  type: "by_channel",
  label: "flatten",
  fields: {},
  shape: (_, input) => ({ output: [input.reduce((a, b) => a * b, 1)], faults: [] }),
  cost: () => ({ macs: 0, flops: 0 }),
  lower: (_, { graph, input, outputShape }) => {
    const [batch = 1] = graph.shapeOf(input);
    const turned = graph.apply({ op: "transpose", axes: [0, 3, 1, 2] }, [input]);
    return graph.apply({ op: "reshape", shape: [batch, ...outputShape] }, [turned]);
  },
});
const language = standard.with(byChannel);

/** Networks, each by the flattening within. */
const NETWORKS: Readonly<Record<string, (flat: Net) => Net>> = {
  "a dense layer": (flat) => chain(conv(3), flat, dense(4)),
  "layers on the way to it": (flat) =>
    chain(conv(3), flat, relu(), dropout(0.1), dense(4), dense(2)),
  "a batch norm": (flat) => chain(flat, batchNorm(), dense(4)),
  "a layer norm and slopes": (flat) => chain(flat, layerNorm(), prelu(), dense(4)),
  "branches": (flat) => chain(flat, fork("add", dense(4), dense(4))),
  "a branch that keeps it": (flat) => chain(flat, fork("add", batchNorm(), chain()), dense(4)),
  "vectors that are joined": (flat) => chain(fork("concat", flat, globalAveragePool()), dense(4)),
  "vectors that are joined the other way": (flat) =>
    chain(fork("concat", globalAveragePool(), flat), batchNorm(), dense(4)),
};

/** What a network's parameters are called and how they lie in PyTorch. */
function stateDict(parameters: Tensors): Tensors {
  const names = { kernel: "weight", gamma: "weight", alpha: "weight", beta: "bias", bias: "bias" };
  const parts = { ...names, mean: "running_mean", variance: "running_var" };
  const torch = new Map<string, string>(Object.entries(parts));
  return new Map([...parameters].map(([name, tensor]) => {
    const at = name.lastIndexOf(".") + 1;
    return [`${name.slice(0, at)}${torch.get(name.slice(at)) ?? ""}`, turned(tensor)] as const;
  }));
}

/** The axes the other way round, but for those of a window, which have length one here. */
function turned({ shape, data }: HostTensor): HostTensor {
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  if (shape.length < 2) return { shape, data };
  const turned = data.map((_, i) => data[(i % inputs) * outputs + Math.floor(i / inputs)] ?? NaN);
  return { shape: [outputs, inputs, ...shape.slice(0, -2)], data: turned };
}

for (const [name, networkOf] of Object.entries(NETWORKS)) {
  Deno.test(`what is learnt of a map that PyTorch flattened keeps its meaning: ${name}`, () => {
    const theirs = orThrow(plan(networkOf(layer({ type: "by_channel" })), INPUT, { language }));
    const ours = orThrow(plan(networkOf(flatten()), INPUT));
    const shapes = [...initialParameters(theirs, 0)];
    const state = randomState(inference(theirs, 2));
    const parameters = new Map(shapes.map(([name, { shape }]) => {
      return [name, { shape, data: Float32Array.from(state[name] ?? []) }] as const;
    }));
    const placed = orThrow(weightsFrom(stateDict(parameters), ours, "a.pth"));
    const inputs = randomInputs(inference(ours, 2));
    const logitsOf = (planned: typeof ours, tensors: Tensors) => {
      const numbers = [...tensors].map(([name, { data }]) => [name, Float64Array.from(data)]);
      const { outputs } = runReference(inference(planned, 2), Object.fromEntries(numbers), inputs);
      return [...outputs["logits"] ?? []];
    };
    const wanted = logitsOf(theirs, parameters);
    assert(wanted.length > 0);
    logitsOf(ours, placed).forEach((x, i) => assertAlmostEquals(x, wanted[i] ?? NaN, 1e-9));
  });
}

Deno.test("a vector whose order cannot be followed is refused", () => {
  const own = rule<{ readonly type: "own" }>({
    type: "own",
    label: "own",
    fields: {},
    shape: (_, input) => ({ output: input, faults: [] }),
    cost: () => ({ macs: 0, flops: 0 }),
    lower: (_, { input }) => input,
  });
  const net = chain(flatten(), layer({ type: "own" }), dense(2));
  const planned = orThrow(plan(net, INPUT, { language: standard.with(own) }));
  const given = new Map([
    ["fc.weight", { shape: [2, 12], data: new Float32Array(24) }],
    ["fc.bias", { shape: [2], data: new Float32Array(2) }],
  ]);
  const placed = weightsFrom(given, planned, "a.pth");
  const codes = placed._tag === "Left" ? placed.left.map(({ code }) => code) : [];
  assertEquals(codes, ["unknown-layout"]);
});
