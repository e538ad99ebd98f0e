/** Parts that share their parameters: named and counted once, the same at every place. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import {
  chain,
  cost,
  equal,
  find,
  fork,
  freeze,
  fromJSON,
  identity,
  initialParameters,
  leaves,
  mapLayers,
  named,
  type Net,
  orThrow,
  parametersOf,
  params,
  paths,
  plan,
  remove,
  rename,
  repeat,
  replace,
  residual,
  shared,
  summarize,
  summary,
  toJSON,
} from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  globalAveragePool,
  globalMaxPool,
  relu,
  tanh,
} from "../../layers/mod.ts";
import { torchModule } from "../../layers/bound/torch.ts";
import { GraphBuilder, lower } from "../../mod.ts";
import { onlyProblem, problemsOf } from "../_problems.ts";
import { runReference } from "../_reference.ts";
import { answer } from "../layers/_answer.ts";

const mlp = shared("mlp", chain(dense(2), relu(), dense(4)));
const two = fork("add", chain(globalAveragePool(), mlp), chain(globalMaxPool(), mlp));

const parameterPaths = (net: Net, input = [6, 6, 4]): readonly string[] =>
  parametersOf(orThrow(plan(net, input))).map(({ path }) => path);

Deno.test("a shared part's parameters are named by its first place and counted once", () => {
  const planned = orThrow(plan(two, [6, 6, 4]));
  assertEquals(parameterPaths(two), [
    "mlp.dense1.kernel",
    "mlp.dense1.bias",
    "mlp.dense2.kernel",
    "mlp.dense2.bias",
  ]);
  assertEquals(params(planned).trainable, 2 * 4 + 2 + 4 * 2 + 4);
  assertEquals([...initialParameters(planned, 0).keys()], parameterPaths(two));
  const { layers, params: whole } = summarize(planned);
  assertEquals(layers.reduce((sum, layer) => sum + layer.params, 0), whole.total);
});

Deno.test("a shared part costs what it costs at each of its places", () => {
  assertEquals(cost(orThrow(plan(two, [6, 6, 4]))).macs, 2 * (8 + 8));
});

Deno.test("each place of a shared part has a path of its own, and the summary tells whose parameters it has", () => {
  const planned = orThrow(plan(two, [6, 6, 4]));
  const all = leaves(planned).map(({ path }) => path);
  assertEquals(all.filter((path) => path.includes("dense")), [
    "mlp.dense1",
    "mlp.dense2",
    "mlp2.dense1",
    "mlp2.dense2",
  ]);
  const text = summary(two, [6, 6, 4]);
  assertStringIncludes(text, "mlp2 = mlp");
  const homes = summarize(planned).layers.flatMap(({ home }) => home ?? []);
  assertEquals(homes, ["mlp.dense1", "mlp.relu1", "mlp.dense2"]);
});

Deno.test("the places of a shared part compute with the same numbers", () => {
  const fc = shared("fc", dense(1, { bias: false }));
  const net = fork("subtract", fc, chain(tanh(), fc));
  const [x = NaN] = answer(net, { shape: [2], data: [1, 2] }, { "fc.kernel": [3, 5] });
  assertAlmostEquals(x, 13 - (3 * Math.tanh(1) + 5 * Math.tanh(2)), 1e-12);
});

Deno.test("what is shared is shared within the named part around it", () => {
  const block = named("block", chain(shared("step", dense("same")), shared("step", dense("same"))));
  const other = named("other", shared("step", dense("same")));
  assertEquals(parameterPaths(chain(block, other), [3]), [
    "block.step.kernel",
    "block.step.bias",
    "other.step.kernel",
    "other.step.bias",
  ]);
});

Deno.test("a part that is shared within a shared part is shared everywhere", () => {
  const inner = shared("inner", dense("same", { bias: false }));
  const net = repeat(2, shared("outer", chain(inner, relu(), inner)));
  assertEquals(parameterPaths(net, [3]), ["outer.inner.kernel"]);
  const homes = leaves(orThrow(plan(net, [3]))).map((leaf) =>
    leaf.kind === "layer" && leaf.layer.type === "dense" ? leaf.home ?? leaf.path : ""
  );
  assertEquals(homes.filter((home) => home !== ""), Array(4).fill("outer.inner"));
});

Deno.test("what is shared under one name must be one network", () => {
  const net = chain(shared("a", dense(4)), shared("a", dense(3)));
  const { code, path, hint } = onlyProblem(plan(net, [4]));
  assertEquals([code, path], ["shared-differs", "a2"]);
  assertStringIncludes(hint, "put that value at each place");
});

Deno.test("the places of a shared part must need parameters of one shape", () => {
  const step = shared("step", dense(8));
  const { code, path, got, wanted } = onlyProblem(plan(chain(step, step), [4]));
  assertEquals([code, path, got, wanted], [
    "shared-shape",
    "step2",
    "8x8 here",
    "4x8, the shape of step.kernel",
  ]);
  // Maps of two sizes need the same kernel.
  const conved = shared("head", conv(3, { kernel: 3 }));
  orThrow(plan(chain(conved, conv(3, { stride: 2 }), conved), [8, 8, 3]));
});

Deno.test("a shared name and another of the same name beside it do not mix", () => {
  assertEquals(
    onlyProblem(plan(chain(named("a", dense(3)), shared("a", dense(3))), [3])).code,
    "duplicate-name",
  );
});

Deno.test("running statistics go on from place to place", () => {
  const step = shared("step", batchNorm({ momentum: 0.5 }));
  const graph = new GraphBuilder();
  const images = graph.input("images", [2, 1]);
  const planned = orThrow(plan(chain(step, tanh(), step), [1]));
  const value = lower(graph, planned, images, "training");
  const program = graph.finish("training", [{ name: "value", value }]);
  const state = { "step.gamma": [1], "step.beta": [7], "step.mean": [0], "step.variance": [1] };
  const found = runReference(program, state, { images: [3, 5] });
  // Half of 4, the mean of the first batch, and then half of that and of the second's.
  const z = 1 / Math.sqrt(1 + 1e-5);
  const second = (Math.tanh(7 - z) + Math.tanh(7 + z)) / 2;
  assertAlmostEquals(found.state["step.mean"]?.[0] ?? NaN, (2 + second) / 2, 1e-12);
});

Deno.test("sharing survives the way through text", () => {
  const back = orThrow(fromJSON(toJSON(two)));
  assert(equal(back, two));
  assertEquals(parameterPaths(back), parameterPaths(two));
});

Deno.test("an edit of a shared part is one at all of its places, whichever is named", () => {
  for (const path of ["mlp.relu1", "mlp2.relu1"]) {
    const edited = orThrow(replace(two, path, tanh()));
    assert(orThrow(plan(edited, [6, 6, 4])).output.length === 1);
    assert(!toJSON(edited).includes("relu"), path);
  }
  const frozen = orThrow(plan(orThrow(freeze(two, "mlp2")), [6, 6, 4]));
  assertEquals(params(frozen).trainable, 0);
  assertEquals(parameterPaths(orThrow(rename(two, "mlp", "fc"))).length, 4);
  assert(orThrow(paths2(rename(two, "mlp2", "fc"))).includes("fc2.dense1"));
  assertEquals(parameterPaths(orThrow(remove(two, "mlp.dense1"))).length, 2);
  assert(equal(orThrow(find(two, "mlp")), orThrow(find(two, "mlp2"))));
});

const paths2 = (net: ReturnType<typeof rename>) =>
  net._tag === "Left" ? net : { ...net, right: paths(net.right) };

Deno.test("a change of every layer is the same at all places of a shared part", () => {
  const wider = mapLayers(
    two,
    (part, path) => path === "mlp.dense1" ? dense(3) : part,
  );
  const [kernel] = parametersOf(orThrow(plan(wider, [6, 6, 4])));
  assertEquals(kernel?.shape, [4, 3]);
});

Deno.test("in PyTorch a shared part is one module that is called twice", () => {
  const text = orThrow(torchModule(two, [6, 6, 4]));
  assertEquals(text.match(/self\.mlp = /g)?.length, 1);
  assertEquals(text.match(/self\.mlp\(/g)?.length, 2);
});

Deno.test("a shared part that PyTorch would make in two forms is a problem there", () => {
  const step = shared("step", conv("same", { kernel: 3, stride: 2 }));
  const net = chain(step, step);
  assertEquals(problemsOf(torchModule(net, [8, 7, 3])).map(({ code, path }) => [code, path]), [
    ["shared-differs", "step2"],
  ]);
  orThrow(plan(net, [8, 7, 3]));
});

Deno.test("a shared residual unit may stand in a chain of others", () => {
  const unit = shared("unit", residual(chain(conv("same"), batchNorm()), identity));
  assertEquals(parameterPaths(repeat(3, unit)).length, 5);
});
