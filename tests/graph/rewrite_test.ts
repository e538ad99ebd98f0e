/** Rewrites change what a program costs, never what it means. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  adamw,
  chain,
  fork,
  identity,
  inference,
  matchSize,
  type Net,
  orThrow,
  plan,
  residual,
  sgd,
  type Shape,
  trainingStep,
} from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  flatten,
  globalAveragePool,
  relu,
  resize,
  sigmoid,
} from "../../layers/mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import {
  foldAffine,
  fuseActivations,
  fuseTrainingActivations,
  removeDead,
} from "../../dsl/graph/rewrite.ts";
import { attention56 } from "../../nets/mod.ts";
import { classifiers, validNetworks } from "../_arbitraries.ts";
import { type ReferenceResult, runReference } from "../_reference.ts";
import { plainInference, plainTrainingStep, randomInputs, randomState } from "./_programs.ts";

function runOn(graph: Graph, like: Graph): ReferenceResult {
  return runReference(graph, randomState(like), randomInputs(like));
}

type Results = Readonly<Record<string, Float64Array>>;

function assertClose(actual: Results, expected: Results): void {
  assertEquals(Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [name, numbers] of Object.entries(expected)) {
    numbers.forEach((x, i) => {
      const tolerance = 1e-9 * Math.max(1, Math.abs(x));
      assertAlmostEquals(actual[name]?.[i] ?? NaN, x, tolerance, `${name}[${i}]`);
    });
  }
}

const names = (graph: Graph): readonly string[] =>
  graph.nodes.map(({ op }) =>
    "activation" in op && op.activation === "relu" ? `${op.op} relu` : op.op
  );

const answering = (net: Net, input: Shape): Graph => inference(orThrow(plan(net, input)), 2);

/** The operations that read the images, directly or not: those that each run must do. */
function perRun(graph: Graph): readonly string[] {
  const fed = new Set(graph.inputs.map(({ value }) => value));
  const nodes = graph.nodes.filter(({ inputs, results }) => {
    const reads = inputs.some((value) => fed.has(value));
    if (reads) { for (const value of results) fed.add(value); }
    return reads;
  });
  return names({ ...graph, nodes });
}

const REWRITES = {
  foldAffine,
  fuseActivations,
  removeDead,
  foldAfterFusing: (graph: Graph) => foldAffine(fuseActivations(graph)),
} as const;

for (const [name, rewrite] of Object.entries(REWRITES)) {
  Deno.test(`${name}() keeps the answers of random networks`, () => {
    fc.assert(
      fc.property(validNetworks, ({ net, input }) => {
        const plain = plainInference(orThrow(plan(net, input)), 2);
        assertClose(runOn(rewrite(plain), plain).outputs, runOn(plain, plain).outputs);
      }),
      { numRuns: 40 },
    );
  });
}

Deno.test("inference() gives the answers of the plain program", () => {
  fc.assert(
    fc.property(validNetworks, ({ net, input }) => {
      const planned = orThrow(plan(net, input));
      const plain = plainInference(planned, 2);
      const { outputs, state } = runOn(inference(planned, 2), plain);
      assertClose(outputs, runOn(plain, plain).outputs);
      assertEquals(state, randomState(plain));
    }),
    { numRuns: 60 },
  );
});

Deno.test("trainingStep() gives the loss and the state of the plain step", () => {
  fc.assert(
    fc.property(classifiers, fc.constantFrom(sgd, adamw), ({ net, input }, make) => {
      const planned = orThrow(plan(net, input));
      const options = { batch: 3, optimizer: make({ weightDecay: 0.1 }) };
      const plain = plainTrainingStep(planned, options);
      const fused = runOn(trainingStep(planned, options), plain);
      const expected = runOn(plain, plain);
      assertClose({ loss: fused.outputs["loss"] ?? new Float64Array() }, expected.outputs);
      assertClose(fused.state, expected.state);
    }),
    { numRuns: 40 },
  );
});

Deno.test("a batch norm and its rectifier become part of the convolution before them", () => {
  const net = chain(conv(4, { kernel: 3 }), batchNorm(), relu());
  assertEquals(perRun(answering(net, [4, 4, 3])), ["conv2d relu"]);
  assertEquals(perRun(answering(chain(conv(4, { bias: true }), batchNorm()), [4, 4, 3])), [
    "conv2d",
  ]);
});

Deno.test("a batch norm becomes part of the dense layer before it", () => {
  assertEquals(perRun(answering(chain(dense(4), batchNorm()), [3])), ["matmul"]);
  assertEquals(perRun(answering(chain(dense(4, { bias: false }), batchNorm()), [3])), ["matmul"]);
});

Deno.test("a batch norm without a convolution before it stays, with its rectifier", () => {
  assertEquals(perRun(answering(chain(batchNorm(), relu()), [4, 4, 3])), ["affine relu"]);
  assertEquals(perRun(answering(chain(conv(4), relu(), batchNorm()), [4, 4, 3])), [
    "conv2d relu",
    "affine",
  ]);
});

Deno.test("a convolution that something else reads keeps its batch norm apart", () => {
  const beside = chain(conv(4), residual(batchNorm()));
  assertEquals(perRun(answering(beside, [4, 4, 3])), ["conv2d", "affine", "add"]);
  const twice = chain(conv(4), fork("add", batchNorm(), chain(batchNorm(), relu())));
  assertEquals(perRun(answering(twice, [4, 4, 3])), ["conv2d", "affine", "affine relu", "add"]);
});

Deno.test("a rectifier stays apart where what it rectifies is read elsewhere", () => {
  const net = chain(conv(4), fork("add", relu(), sigmoid()));
  assertEquals(perRun(answering(net, [4, 4, 3])), ["conv2d", "relu", "sigmoid", "add"]);
});

Deno.test("a convolution that is an output is not folded away", () => {
  const planned = orThrow(plan(chain(conv(2), batchNorm(), relu()), [2, 2, 1]));
  const plain = plainInference(planned, 1);
  const [convolution] = plain.nodes.filter(({ op }) => op.op === "conv2d");
  const watched: Graph = {
    ...plain,
    outputs: [...plain.outputs, { name: "raw", value: convolution?.results[0] ?? NaN }],
  };
  const rewritten = fuseActivations(foldAffine(watched));
  assertEquals(perRun(rewritten), ["conv2d", "affine relu"]);
  assertClose(runOn(rewritten, watched).outputs, runOn(watched, watched).outputs);
});

Deno.test("two batch norms in a row fold once into the convolution", () => {
  const net = chain(conv(4), batchNorm(), batchNorm(), relu());
  assertEquals(perRun(answering(net, [4, 4, 3])), ["conv2d", "affine relu"]);
});

Deno.test("in training, a rectifier becomes part of the batch norm that only it reads", () => {
  const planned = (net: Net) => orThrow(plan(chain(net, globalAveragePool(), dense(2)), [4, 4, 2]));
  const step = (net: Net) =>
    names(trainingStep(planned(net), { batch: 2, optimizer: { kind: "sgd" } }));
  const alone = step(chain(batchNorm(), relu()));
  assert(alone.includes("batchNormTrain relu") && alone.includes("batchNormGrad relu"));
  assert(!alone.includes("relu") && !alone.includes("reluGrad"));
  const shared = step(chain(batchNorm(), residual(relu())));
  assert(shared.includes("batchNormTrain") && shared.includes("relu"));
});

Deno.test("fuseTrainingActivations() keeps the running statistics", () => {
  const planned = orThrow(plan(chain(batchNorm(), relu(), flatten(), dense(2)), [2, 2, 2]));
  const options = { batch: 3, optimizer: { kind: "sgd" } } as const;
  const plain = plainTrainingStep(planned, options);
  const fused = fuseTrainingActivations(plain);
  const [actual, expected] = [runOn(fused, plain).state, runOn(plain, plain).state];
  assertEquals(actual["bn1.mean"], expected["bn1.mean"]);
  assertEquals(actual["bn1.variance"], expected["bn1.variance"]);
});

Deno.test("removeDead() removes what nothing reads and keeps inputs and state", () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", [2]);
  graph.input("unused", [3]);
  const w = graph.state("w", [2]);
  const kept = graph.apply({ op: "add" }, [x, w]);
  graph.apply({ op: "relu" }, [graph.apply({ op: "sigmoid" }, [kept])]);
  const cleaned = removeDead(graph.finish("dead", [{ name: "y", value: kept }]));
  assertEquals(names(cleaned), ["add"]);
  assertEquals(cleaned.inputs.map(({ name }) => name), ["x", "unused"]);
  assertEquals(cleaned.state.map(({ name }) => name), ["w"]);
});

Deno.test("removeDead() keeps an operation of which one result is read", () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", [4, 2]);
  const norm = { op: "batchNormTrain", epsilon: 1e-5, activation: "none" } as const;
  const ones = graph.constant(1, [2]);
  const [, , variance] = graph.emit(norm, [x, ones, ones]);
  const cleaned = removeDead(graph.finish("one", [{ name: "variance", value: variance }]));
  assertEquals(names(cleaned), ["constant", "batchNormTrain"]);
});

Deno.test("a value that already has the size to match is not resized", () => {
  assertEquals(perRun(answering(matchSize(relu()), [4, 4, 2])), ["relu"]);
  assertEquals(perRun(answering(matchSize(resize([4, 3])), [4, 4, 2])), [
    "resizeBilinear",
    "resizeBilinear",
  ]);
});

Deno.test("identical branches are computed once", () => {
  const net = fork("add", relu(), relu(), identity);
  assertEquals(perRun(answering(net, [4, 4, 2])), ["relu", "add", "add"]);
});

Deno.test("every batch norm of Attention-56 is done with its rectifier, most within a convolution", () => {
  const graph = inference(orThrow(plan(attention56(), [32, 32, 3])), 1);
  const count = (name: string) => perRun(graph).filter((other) => other === name).length;
  assertEquals(count("relu"), 0);
  assertEquals(count("affine"), 0);
  const norms = names(graph).filter((name) => name === "rsqrt").length;
  assertEquals(count("affine relu") + count("conv2d relu"), norms);
  assert(count("conv2d relu") > count("affine relu"));
});
