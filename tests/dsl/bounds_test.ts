/** Networks at the edge of what can be counted, nested and held: a problem, never a wrong number. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  chain,
  cost,
  fork,
  identity,
  named,
  type Net,
  orThrow,
  params,
  paths,
  plan,
  ProblemError,
  ratio,
  receptiveFields,
  repeat,
  residual,
  type Shape,
  toJSON,
  trainingNeeds,
} from "../../mod.ts";
import { conv, dense, maxPool, relu } from "../../layers/mod.ts";

const codes = (net: Net, input: Shape): readonly string[] => {
  const planned = plan(net, input);
  return planned._tag === "Left" ? planned.left.map(({ path, code }) => `${path} ${code}`) : [];
};

Deno.test("what adds up to more than 2^53 is a problem of the part where it does", () => {
  const [huge, half] = [2 ** 53 - 1, 2 ** 52];
  const cases: readonly (readonly [Net, Shape, string])[] = [
    [fork("concat", relu(), relu(), relu()), [1, 1, half], "relu1"],
    [fork("concat", identity, identity, identity), [1, 1, half], "concat1"],
    [conv(2 ** 30, { kernel: 3 }), [2 ** 15, 2 ** 15, 3], "conv1"],
    [dense(2 ** 40), [2 ** 40], "dense1"],
    [conv(3, { kernel: 2 ** 30 }), [8, 8, 3], "conv1"],
    [repeat(4, conv(2 ** 25)), [1, 1, 2 ** 25], "conv4"],
    [maxPool(2 ** 27, { stride: 1, padding: "same" }), [8, 8, 2], "pool1"],
    [identity, [2 ** 30, 2 ** 30, 2 ** 30], ""],
    [conv(1, { kernel: [1, huge], dilation: 4 }), [8, 8, 1], "conv1"],
    [conv(1, { kernel: 3, padding: huge }), [8, 8, 1], "conv1"],
    [conv(ratio(huge, huge - 1)), [3, 3, 3], "conv1"],
  ];
  for (const [net, input, path] of cases) {
    assertEquals(codes(net, input), [`${path} too-large`], `${path} ${input}`);
  }
});

Deno.test("what is just within is counted to the last digit", () => {
  const channels = 2 ** 30 - 1;
  const depthwise = orThrow(plan(conv("same", { kernel: 3, groups: channels }), [33, 3, channels]));
  assertEquals(cost(depthwise).macs, 99 * 9 * channels);
  assertEquals(params(depthwise).total, 9 * channels);
  assertEquals(params(orThrow(plan(dense(2 ** 25), [2 ** 25]))).weights, 2 ** 50 + 2 ** 25);
});

Deno.test("a receptive field that cannot be counted is left out", () => {
  const fields = receptiveFields(
    orThrow(plan(repeat(60, conv(1, { kernel: 3, stride: 2 })), [8, 8, 1])),
  );
  assertEquals(fields.get("conv52"), [2 ** 53 - 1, 2 ** 53 - 1]);
  assertEquals(fields.has("conv53"), false);
});

Deno.test("the needs of a batch that cannot be counted are a problem", () => {
  const planned = orThrow(plan(dense(2), [8]));
  const needs = (batch: number) => trainingNeeds(planned, { batch, optimizer: { kind: "sgd" } });
  assertEquals(needs(2 ** 40).batch, 2 ** 40);
  assertThrows(() => needs(2 ** 50), ProblemError, "counts must be exact");
});

Deno.test("nets that are too deep or too large are refused as they are made", () => {
  const nest = (times: number, around: (net: Net) => Net): Net => {
    let net: Net = relu();
    for (let i = 0; i < times; i++) net = around(net);
    return net;
  };
  const name = (net: Net) => named("a", chain(net, relu()));
  for (const around of [residual, name]) {
    assertEquals(orThrow(plan(nest(512, around), [4])).output, [4]);
    assertThrows(() => nest(1500, around), ProblemError, "the nesting is too deep");
  }
  const many = [
    () => repeat(2 ** 30, relu()),
    () => repeat(2 ** 53 - 1, identity),
    () => repeat(1000, named("a", repeat(1000, named("b", repeat(1000, relu()))))),
    () => repeat(1000, repeat(1000, repeat(1000, relu()))),
  ];
  for (const make of many) assertThrows(make, ProblemError, "too many layers");
});

Deno.test("an object that no combinator has made is bounded too", () => {
  const nest = (around: (net: Net) => Net): Net => {
    let net: Net = relu();
    for (let i = 0; i < 20_000; i++) net = around(net);
    return net;
  };
  const deep = [
    nest((net) => ({ kind: "named", name: "a", numbering: "never", net })),
    nest((net) => ({ kind: "chain", nets: [net] })),
    nest((net) => ({ kind: "fork", merge: "add", branches: [net] })),
  ];
  for (const net of deep) {
    assertEquals(codes(net, [4]), [" invalid-argument"]);
    for (const read of [toJSON, paths, residual]) {
      assertThrows(() => read(net), ProblemError, "the nesting is too deep");
    }
  }
});
