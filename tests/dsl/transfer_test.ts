import { assertEquals, assertThrows } from "@std/assert";
import {
  chain,
  find,
  inference,
  initialParameters,
  initialState,
  mapLayers,
  named,
  orThrow,
  paths,
  plan,
  ProblemError,
  rename,
  residual,
  transferWeights,
  withClasses,
} from "../../mod.ts";
import { conv, dense, flatten, relu } from "../../layers/mod.ts";
import { toOnnx } from "../../dsl/engines/onnx/mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { assertProblem } from "../data/_results.ts";

const INPUT = [32, 32, 3] as const;

Deno.test("rename() and a map of its paths keep every weight of a network", () => {
  const net = attention20();
  const weights = initialParameters(orThrow(plan(net, INPUT)), 1);
  const renamed = orThrow(rename(net, "stage1.module1", "first"));
  const to = orThrow(plan(renamed, INPUT));
  const map = { "stage1.module1": "stage1.first" };
  const moved = orThrow(transferWeights(weights, to, { map }));
  assertEquals(moved.size, weights.size);
  for (const [path, tensor] of weights) {
    assertEquals(moved.get(path.replace("stage1.module1", "stage1.first")), tensor);
  }
  const back = Object.fromEntries(Object.entries(map).map(([a, b]) => [b, a]));
  const home = orThrow(transferWeights(moved, orThrow(plan(net, INPUT)), { map: back }));
  assertEquals([...home], [...weights]);
});

Deno.test("rename() keeps what a part holds, and refuses names that would not stand alone", () => {
  const net = chain(conv(4), relu(), conv(4), residual(conv("same")), named("head", flatten()));
  assertEquals(orThrow(find(orThrow(rename(net, "head", "end")), "end")), flatten());
  assertEquals(paths(orThrow(rename(net, "add1", "unit"))).slice(3, 6), [
    "unit",
    "unit.add1",
    "unit.conv1",
  ]);
  for (const taken of ["head", "relu1", "conv1"]) {
    assertProblem(rename(net, "conv2", taken), "siblings have different names");
  }
  for (const name of ["", "a.b", "1", undefined as never]) {
    assertProblem(rename(net, "conv1", name), "a name is one segment of a path");
  }
  assertProblem(rename(net, "hed", "end"), 'did you mean "head"?');
});

Deno.test("transferWeights() takes another head's weights from rest, and nothing silently", () => {
  const ten = chain(conv(4), flatten(), named("head", dense(10)));
  const from = initialParameters(orThrow(plan(ten, [4, 4, 3])), 1);
  const to = orThrow(plan(orThrow(withClasses(ten, 3)), [4, 4, 3]));
  const rest = initialParameters(to, 2);
  const moved = orThrow(transferWeights(from, to, { map: { head: null }, rest }));
  assertEquals(moved.get("conv1.kernel"), from.get("conv1.kernel"));
  assertEquals(moved.get("head.kernel"), rest.get("head.kernel"));
  assertProblem(transferWeights(from, to), "head.kernel", "head.bias", "[3]");
  assertProblem(
    transferWeights(from, to, { map: { head: null } }),
    "every parameter needs a tensor",
  );
  assertProblem(transferWeights(from, to, { map: { heed: null }, rest }), 'did you mean "head"?');
  const map = { "conv1.kernel": "conv1.bias" };
  assertProblem(transferWeights(from, to, { map, rest }), "every tensor needs a place");
  const optimiser = new Map([...from, ["@momentum.conv1.kernel", from.get("conv1.kernel")!]]);
  assertEquals(orThrow(transferWeights(optimiser, to, { map: { head: null }, rest })), moved);
});

Deno.test("tensors without the numbers of their shapes, and maps that are none, are refused", () => {
  const planned = orThrow(plan(chain(conv(2), flatten(), dense(3)), [2, 2, 1]));
  const weights = initialParameters(planned, 1);
  const short = new Map(weights).set("dense1.bias", { shape: [3], data: new Float32Array(2) });
  const calls = [
    () => transferWeights(short, planned),
    () => initialState(inference(planned, 1), short),
    () => toOnnx(planned, short),
  ];
  for (const call of calls) assertThrows(call, ProblemError, '"dense1.bias"');
  const wrong: readonly object[] = [{ map: new Map() }, { map: { conv1: 3 } }, { rest: { a: 1 } }];
  for (const options of wrong) {
    assertThrows(() => transferWeights(weights, planned, options), ProblemError);
  }
});

Deno.test("mapLayers() refuses what is no network in a layer's place", () => {
  const none = () => Reflect.apply(mapLayers, undefined, [chain(conv(2), relu()), () => undefined]);
  assertThrows(none, ProblemError, "conv1");
});
