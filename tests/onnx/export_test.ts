/** What an exported file holds: operators, names, shapes, weights, metadata. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { chain, initialParameters, named, orThrow, plan, residual, toJSON } from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  l2Normalize,
  maxPool,
  relu,
  sigmoid,
  standardize,
} from "../../layers/mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { toOnnx, trainingStepToOnnx } from "../../dsl/engines/onnx/mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { problemsOf } from "../_problems.ts";
import { sample, SAMPLES } from "../_samples.ts";
import { type ReadModel, readModel } from "./_read_model.ts";
import { answerOf, assertLogits, imagesFor, lively, open, testOnnx } from "./_runs.ts";

const FLOAT = 1;
const attention = orThrow(plan(attention20(), [32, 32, 3]));
const attentionFile = orThrow(toOnnx(attention, initialParameters(attention, 0), {
  name: "cifar/attention-20",
  net: attention20(),
  classes: ["a", "b"],
  citation: "Somebody, Something.",
  metadata: { more: "yes" },
}));

/** Everything of every kind that a value must be described by. */
function assertDescribed(model: ReadModel): void {
  const described = new Set([...model.inputs, ...model.values, ...model.outputs].map((value) => {
    assert(value.name !== "" && value.type >= 1, value.name);
    return value.name;
  }));
  const constants = new Set(model.constants.map(({ name }) => name));
  const read = new Set<string>();
  for (const { inputs, outputs, name } of model.nodes) {
    assert(name !== "");
    for (const input of inputs.filter((input) => input !== "")) {
      assert(described.has(input) || constants.has(input), input);
      read.add(input);
    }
    for (const output of outputs) assert(described.has(output), output);
  }
  assertEquals(model.constants.map(({ name }) => name).filter((name) => !read.has(name)), []);
  assertEquals(model.inputs.map(({ name }) => name).filter((name) => !read.has(name)), []);
  const defined = [
    ...model.inputs.map(({ name }) => name),
    ...constants,
    ...model.nodes.flatMap(({ outputs }) => outputs),
  ];
  assertEquals(new Set(defined).size, defined.length, "a name stands for one value");
  assertEquals(new Set(model.nodes.map(({ name }) => name)).size, model.nodes.length);
}

Deno.test("a file names its nodes and values by path and describes every one of them", () => {
  const model = readModel(attentionFile);
  assertDescribed(model);
  assertEquals(model.inputs, [{ name: "images", type: FLOAT, shape: ["batch", 3, 32, 32] }]);
  assertEquals(model.outputs, [{ name: "logits", type: FLOAT, shape: ["batch", 10] }]);
  const node = (name: string) => model.nodes.find((node) => node.name === name);
  assertEquals(node("stem")?.inputs, ["images", "stem.kernel", "stem.bias"]);
  assertEquals(node("stem")?.outputs, ["stem"]);
  assertEquals(node("stage1.unit1.relu1")?.type, "Relu");
  assertEquals(node("classifier")?.outputs, ["logits"]);
  assertEquals(node("bn1")?.inputs.slice(0, 3), [
    "stage3.module1.attend1",
    "bn1.scale",
    "bn1.shift",
  ]);
  const values = new Map(model.values.map(({ name, shape }) => [name, shape]));
  assertEquals(values.get("stage1.module1.mask.down1.pool1"), ["batch", 32, 16, 16]);
  const paths = new Set(
    [...initialParameters(attention, 0).keys()].map((name) => name.slice(0, name.lastIndexOf("."))),
  );
  for (const { name } of model.nodes.filter(({ type }) => type === "Conv")) assert(paths.has(name));
});

Deno.test("a file holds ONNX's own operators of opset 17 alone, its weights, and what it is", () => {
  const model = readModel(attentionFile);
  assertEquals([model.irVersion, model.opsets], [8, [{ domain: "", version: 17 }]]);
  assert(model.nodes.every(({ domain }) => domain === ""));
  const raw = model.constants.filter(({ name }) => /\.(gamma|beta)$/.test(name));
  assertEquals(raw, [], "batch norms are settled");
  const kernel = model.constants.find(({ name }) => name === "stage1.unit1.conv2.kernel");
  assertEquals([kernel?.dims, kernel?.raw.length], [[8, 8, 3, 3], 4 * 576]);
  assertEquals(Object.fromEntries(model.metadata), {
    "netfold.version": model.metadata.get("netfold.version") ?? "",
    "netfold.net": toJSON(attention20()),
    macs: "17997056",
    parameters: "168538",
    layout: "nchw",
    classes: '["a","b"]',
    more: "yes",
  });
  assertStringIncludes(model.doc, "cifar/attention-20: the inference program of netfold");
  assertStringIncludes(model.doc, "Somebody, Something.");
});

Deno.test("a name of a layer that is taken in the file gets a number", () => {
  const net = chain(named("images", relu()), named("logits", relu()), flatten(), dense(3));
  const planned = orThrow(plan(net, [4, 4, 2]));
  const model = readModel(orThrow(toOnnx(planned, initialParameters(planned, 0))));
  assertDescribed(model);
  assertEquals(model.nodes.map(({ outputs }) => outputs[0]).slice(0, 2), ["images.2", "logits.2"]);
});

Deno.test("toOnnx() names every parameter that is missing or has another shape", () => {
  const planned = orThrow(plan(chain(flatten(), dense(2)), [2]));
  const tensors = new Map([["dense1.kernel", { shape: [3, 2], data: new Float32Array(6) }]]);
  assertEquals(
    problemsOf(toOnnx(planned, tensors)).map(({ path, got, wanted }) => [path, got, wanted]),
    [
      ["dense1.kernel", "[3, 2]", "[2, 2]"],
      ["dense1.bias", "nothing", "[2]"],
    ],
  );
});

/** One of everything, folded and not. */
const varied = chain(
  conv(6, { kernel: 3, bias: true }),
  batchNorm({ scale: false }),
  relu(),
  residual(chain(batchNorm({ shift: false }), sigmoid(), conv("same", { kernel: 3, groups: 2 }))),
  standardize(),
  maxPool(2),
  l2Normalize(),
  dropout(0.5),
  flatten(),
  dense(7, { bias: false }),
  batchNorm(),
  dense(5),
);

for (const layout of ["nchw", "nhwc"] as const) {
  testOnnx(`images in ${layout}, any number of them or a fixed one, give our logits`, async () => {
    const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
    const all = [...SAMPLES, sample("one of everything", varied, [6, 9, 3])];
    for (const { name, plan: planned } of all) {
      const { input } = planned;
      const weights = lively(planned);
      const [height = 1, width = 1, channels = 1] = input;
      for (const fixed of ["dynamic", 2] as const) {
        const bytes = orThrow(toOnnx(planned, weights, { layout, batch: fixed }));
        assertDescribed(readModel(bytes));
        await using file = await open(bytes);
        for (const batch of fixed === "dynamic" ? [1, 3, 8] : [fixed]) {
          const { nhwc, nchw } = imagesFor(planned, batch);
          const images = layout === "nhwc"
            ? { shape: [batch, height, width, channels], data: nhwc }
            : { shape: [batch, channels, height, width], data: nchw };
          const logits = (await file.run({ images })).get("logits");
          const wanted = await answerOf(engine, planned, weights, { batch, images: nhwc });
          assertLogits(logits, wanted, `${name}, ${layout}, ${fixed}, ${batch} images`);
        }
      }
    }
    engine.dispose();
  });
}

Deno.test("a network of vectors takes features, whatever the layout", () => {
  const planned = orThrow(plan(chain(dense(4), relu(), dense(2)), [5]));
  const model = readModel(orThrow(toOnnx(planned, initialParameters(planned, 0))));
  assertEquals(model.inputs[0]?.shape, ["batch", 5]);
  assertEquals(model.metadata.has("layout"), false);
});

Deno.test("a training step has one input for each tensor of the state, with its name and shape in weight files", () => {
  const planned = orThrow(
    plan(chain(conv(4, { kernel: 3 }), dropout(0.25), globalAveragePool(), dense(2)), [6, 6, 3]),
  );
  const model = readModel(trainingStepToOnnx(planned, { batch: 5, optimizer: { kind: "sgd" } }));
  assertDescribed(model);
  assertEquals(model.inputs.map(({ name, shape }) => [name, shape]), [
    ["images", [5, 3, 6, 6]],
    ["targets", [5, 2]],
    ["rate", []],
    ["conv1.kernel", [3, 3, 3, 4]],
    ["dense1.kernel", [4, 2]],
    ["dense1.bias", [2]],
    ["@momentum/conv1.kernel", [3, 3, 3, 4]],
    ["@momentum/dense1.kernel", [4, 2]],
    ["@momentum/dense1.bias", [2]],
    ["dropout1/mask", [5, 6, 6, 4]],
  ]);
  assertEquals(model.metadata.get("masks"), '{"dropout1/mask":0.25}');
  assertEquals(model.outputs.map(({ name }) => name).toSorted(), [
    "@momentum/conv1.kernel.after",
    "@momentum/dense1.bias.after",
    "@momentum/dense1.kernel.after",
    "accuracy",
    "conv1.kernel.after",
    "dense1.bias.after",
    "dense1.kernel.after",
    "logits",
    "loss",
  ]);
});
