/** Exported graph models: logits, names, weights, metadata, and what cannot be exported. */
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import {
  chain,
  initialParameters,
  layer,
  named,
  orThrow,
  type Plan,
  plan,
  pointwise,
  rule,
  standard,
  toJSON,
} from "../../mod.ts";
import { multiply } from "../../dsl/graph/mod.ts";
import { averagePool, conv, dense, flatten, globalAveragePool, relu } from "../../layers/mod.ts";
import { attention20, network, ZOO_NAMES } from "../../nets/mod.ts";
import { tfjsEngine, toTfjs } from "../../dsl/engines/tfjs/mod.ts";
import { withoutOperator } from "../../dsl/interpreters/tfjs/emit.ts";
import { inference } from "../../dsl/programs/inference.ts";
import { answerOf, assertLogits, imagesFor, lively } from "../_logits.ts";
import { onlyProblem, problemsOf } from "../_problems.ts";
import { sample, SAMPLES } from "../_samples.ts";
import { type Files, load, modelJson, predict } from "./_graph_model.ts";

/** The smallest inputs on which nothing of a network of the zoo is left out. */
function inZoo(name: string): Plan {
  const side = name.includes("inception-resnet") ? 75 : name.startsWith("cifar/") ? 16 : 33;
  const input = [side, side, 3] as const;
  return orThrow(plan(orThrow(network(name, { input, classes: 10 })).net, input));
}

Deno.test("TensorFlow has operators for every network of the zoo", () => {
  for (const name of ZOO_NAMES) assertEquals(withoutOperator(inference(inZoo(name), 2)), [], name);
});

/** Groups with kernels of their own and shared ones, steps and dilations, windows that hang over. */
const windows = chain(
  conv(8, { kernel: 3, bias: true }),
  relu(),
  conv(8, { kernel: 3, groups: 2, bias: true }),
  relu(),
  conv(16, { kernel: 3, groups: 8, dilation: 2, bias: true }),
  relu(),
  conv(16, { kernel: 2, stride: 2, dilation: 2, padding: [1, 0, 2, 1] }),
  averagePool(3, { stride: 2, padding: 1, ceil: true }),
  conv(8, { kernel: 3, groups: 8 }),
  globalAveragePool(),
  dense(5),
);

/** Samples of every layer, and of each attention. */
const layers = SAMPLES.filter(({ name }) =>
  /^every merge and pooling$|norms of|share|larger|made of|kin$|mixed|channel/.test(name)
);

Deno.test("any number of images have the logits of netfold's own engine", async () => {
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const zoo = ["cifar/attention-56", "cifar/mobilenet-v2"].map((name) => {
    return { name, plan: inZoo(name) };
  });
  for (const { name, plan } of [...layers, sample("windows", windows, [13, 15, 3]), ...zoo]) {
    const weights = lively(plan);
    const model = await load(orThrow(toTfjs(plan, weights)));
    for (const batch of [1, 3]) {
      const images = imagesFor(plan, batch).nhwc;
      const wanted = await answerOf(engine, plan, weights, { batch, images });
      const got = predict(model, images, [batch, ...plan.input]);
      assertLogits(got, wanted, `${name}, ${batch} images`, 1e-5);
    }
    model.dispose();
  }
  engine.dispose();
});

const attention = orThrow(plan(attention20(), [32, 32, 3]));

Deno.test("a model names nodes and weights by path, and says what it is", async () => {
  const files = orThrow(toTfjs(attention, initialParameters(attention, 0), {
    net: attention20(),
    classes: ["a", "b"],
    citation: "Somebody, Something.",
    metadata: { more: [1, { yes: true }] },
  }));
  const { modelTopology: { node }, weightsManifest: [group], ...json } = modelJson(files);
  const found = (name: string) => node.find((node) => node.name === name);
  assertEquals(found("stage1.unit1.relu1")?.op, "_FusedConv2D");
  assertEquals(found("stage1.unit1.relu1")?.input, ["images", "stem.kernel", "stem.bias"]);
  assertEquals(found("stage1.module1.trunk.unit1.bn1")?.op, "FusedBatchNormV3");
  assertEquals(found("stage1.module1.trunk.unit1.relu1")?.op, "Relu");
  assertEquals(found("gap1")?.input, ["relu1", "gap1/axes"]);
  assertEquals(found("logits")?.input, ["classifier"]);
  assertEquals(new Set(node.map(({ name }) => name)).size, node.length);
  const weights = group?.weights.filter(({ dtype }) => dtype === "float32") ?? [];
  const kernel = weights.find(({ name }) => name === "stage1.unit1.conv2.kernel");
  assertEquals(kernel, {
    name: "stage1.unit1.conv2.kernel",
    shape: [3, 3, 8, 8],
    dtype: "float32",
  });
  assertEquals(weights.filter(({ name }) => /\.(gamma|beta)$/.test(name)), []);
  assertEquals(group?.paths, ["group1-shard1of1.bin"]);
  const { "netfold.version": _, ...metadata } = json.userDefinedMetadata;
  assertEquals(metadata, {
    "netfold.net": toJSON(attention20()),
    macs: 17_997_056,
    parameters: 168_538,
    citation: "Somebody, Something.",
    classes: ["a", "b"],
    more: [1, { yes: true }],
  });
  const model = await load(files);
  assertEquals(model.inputs, [{ name: "images", shape: [-1, 32, 32, 3], dtype: "float32" }]);
  assertEquals(model.outputs[0]?.name, "logits");
  assertEquals((model.metadata as typeof metadata).classes, ["a", "b"]);
  model.dispose();
});

Deno.test("a fixed batch is the shape of the images", async () => {
  const planned = orThrow(plan(chain(flatten(), dense(3)), [2, 2, 1]));
  const model = await load(orThrow(toTfjs(planned, lively(planned), { batch: 4 })));
  assertEquals(model.inputs[0]?.shape, [4, 2, 2, 1]);
  model.dispose();
});

/** The bytes of all files but the model's description. */
const weightBytes = (files: Files): number =>
  [...files].reduce((sum, [name, { length }]) => sum + (name.endsWith(".bin") ? length : 0), 0);

Deno.test("weights stand in shards of 4 MB, and as float16 in half the room", async () => {
  const planned = orThrow(plan(chain(flatten(), dense(1100), relu(), dense(5)), [32, 32, 1]));
  const weights = lively(planned);
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const images = imagesFor(planned, 2).nhwc;
  const wanted = await answerOf(engine, planned, weights, { batch: 2, images });
  engine.dispose();
  const whole = orThrow(toTfjs(planned, weights));
  const [first, second] = [1, 2].map((i) => whole.get(`group1-shard${i}of2.bin`)?.length ?? 0);
  assertEquals([first, whole.size], [4 * 1024 * 1024, 3]);
  assert(second !== undefined && second > 0);
  const model = await load(whole);
  assertLogits(predict(model, images, [2, 32, 32, 1]), wanted, "float32", 1e-5);
  model.dispose();
  const half = orThrow(toTfjs(planned, weights, { half: true }));
  assertAlmostEquals(weightBytes(half) / weightBytes(whole), 0.5, 0.01);
  const small = await load(half);
  const got = predict(small, images, [2, 32, 32, 1]);
  small.dispose();
  assertLogits(got, wanted, "float16", 1e-2);
  const kinds = modelJson(half).weightsManifest[0]?.weights ?? [];
  assertEquals(
    kinds.filter(({ quantization }) => quantization?.dtype === "float16").map(({ name }) => name),
    ["dense1.kernel", "dense2.kernel"],
  );
  assertLess(1e-6, Math.max(...got.map((x, i) => Math.abs(x - (wanted[i] ?? NaN)))));
});

Deno.test("a layer may be called like what every object has", async () => {
  const net = chain(flatten(), named("constructor", dense(3)), named("images", relu()), dense(2));
  const planned = orThrow(plan(net, [2, 2, 1]));
  const model = await load(orThrow(toTfjs(planned, lively(planned))));
  assertEquals(predict(model, new Float32Array(4), [1, 2, 2, 1]).length, 2);
  model.dispose();
});

Deno.test("what cannot be exported is named", () => {
  const planned = orThrow(plan(chain(flatten(), dense(2)), [2]));
  assertEquals(problemsOf(toTfjs(planned, new Map())).map(({ path }) => path), [
    "dense1.kernel",
    "dense1.bias",
  ]);
  const weights = lively(planned);
  assertEquals(onlyProblem(toTfjs(planned, weights, { batch: 0 })).code, "option-unfit");
  const large = new Map(weights).set("dense1.kernel", {
    shape: [2, 2],
    data: Float32Array.of(1, 7e4, 1, 1),
  });
  const beyond = onlyProblem(toTfjs(planned, large, { half: true }));
  assertEquals([beyond.code, beyond.path, beyond.got], [
    "beyond-float16",
    "dense1.kernel",
    "70000",
  ]);
  const drawing = rule<{ readonly type: "drawing" }>({
    ...pointwise(1),
    type: "drawing",
    label: "drawing",
    fields: {},
    lower: (_, { graph, input, seed, salt }) => {
      const shape = graph.shapeOf(input);
      const op = { op: "dropoutMask", rate: 0.5, salt: salt(), shape } as const;
      return multiply(graph, input, graph.apply(op, [seed()]));
    },
  });
  const language = standard.with(drawing);
  const net = chain(flatten(), named("always", layer({ type: "drawing" })), dense(2));
  const drawn = orThrow(plan(net, [2], { language }));
  const problem = onlyProblem(toTfjs(drawn, lively(drawn)));
  assertEquals([problem.code, problem.path, problem.layer], ["no-operator", "always", "drawing"]);
});
