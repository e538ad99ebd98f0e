/** What plan() finds wrong with a network: the place, what was got, what was wanted. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  arl,
  chain,
  fork,
  hourglass,
  identity,
  type Layer,
  layer,
  mask,
  type Merge,
  named,
  type Net,
  numbered,
  orThrow,
  parametersOf,
  plan,
  preactivation,
  type Problem,
  ratio,
  repeat,
  residual,
  type Shape,
} from "../../mod.ts";
import {
  averagePool,
  batchNorm,
  conv,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  maxPool,
  relu,
  resize,
  standardize,
} from "../../layers/mod.ts";
import { onlyProblem as soleProblem, problemsOf as allProblems } from "../_problems.ts";

/** What is wrong with a network, without the way there, which `problem_picture_test.ts` looks at. */
function problemsOf(net: Net, input: Shape): readonly Problem[] {
  return allProblems(plan(net, input)).map(({ way: _, ...problem }) => problem);
}

/** The one thing that is wrong with a network. */
function onlyProblem(net: Net, input: Shape): Problem {
  const { way: _, ...problem } = soleProblem(plan(net, input));
  return problem;
}

Deno.test("plan() reports branches whose maps differ at a merge", () => {
  const net = named("stem", residual(conv(8, { kernel: 3, stride: 2 })));
  assertEquals(onlyProblem(net, [8, 8, 8]), {
    path: "stem.add1",
    layer: "add",
    code: "shape-mismatch",
    rule: "the branches of the fork do not fit together",
    got: "8x8x8 and 4x4x8",
    wanted: "equal shapes",
    hint: "use the same strides on every branch, or bring one back with matchSize()",
  });
});

Deno.test("plan() advises a projection where branches differ in their channels alone", () => {
  const problem = onlyProblem(residual(conv(16, { kernel: 3 })), [8, 8, 8]);
  assertEquals([problem.path, problem.got], ["add1", "8x8x8 and 8x8x16"]);
  assertStringIncludes(problem.hint, "projection");
});

Deno.test("plan() compares every branch with every other, also where one is unknown", () => {
  const unknown = conv(4, { kernel: 9, padding: "valid" });
  const problems = problemsOf(
    fork("add", unknown, conv(4), conv(4, { stride: 2 })),
    [8, 8, 3],
  );
  assertEquals(problems.map(({ path, got }) => `${path}: ${got}`), [
    "conv1: a window of 9x9 on 8x8",
    "add1: ?x?x4 and 8x8x4 and 4x4x4",
  ]);
  assertEquals(
    problemsOf(fork("concat", unknown, conv(4), resize(3)), [8, 8, 3]).map(({ path }) => path),
    ["conv1", "concat1"],
  );
});

Deno.test("plan() reports masks that are not of their trunk's shape", () => {
  for (const merge of ["attend", "gate"] as const) {
    const problem = onlyProblem(fork(merge, conv(8), conv(4)), [8, 8, 3]);
    assertEquals([problem.path, problem.layer], [`${merge}1`, merge]);
    assertEquals([problem.got, problem.wanted], ["8x8x8 and 8x8x4", "a mask of the trunk's shape"]);
  }
});

Deno.test("plan() reports concatenated branches of different maps, not of different channels", () => {
  const problem = onlyProblem(fork("concat", conv(8), conv(4, { stride: 2 })), [8, 8, 3]);
  assertEquals([problem.got, problem.wanted], ["8x8x8 and 4x4x4", "equal height and width"]);
  assertEquals(orThrow(plan(fork("concat", conv(8), conv(4)), [8, 8, 3])).output, [8, 8, 12]);
});

Deno.test("plan() reports a map merged with a vector", () => {
  const problem = onlyProblem(fork("add", conv(8), globalAveragePool()), [8, 8, 8]);
  assertEquals([problem.path, problem.got], ["add1", "8x8x8 and 8"]);
  const match = onlyProblem(fork("match", identity, flatten()), [4, 4, 2]);
  assertEquals([match.path, match.got, match.wanted], [
    "resize1",
    "4x4x2 and 32",
    "maps on both sides",
  ]);
});

Deno.test("plan() reports merges with the wrong number of branches", () => {
  const cases: readonly (readonly [Merge, readonly Net[], string])[] = [
    ["attend", [identity], "attend1"],
    ["gate", [identity, identity, identity], "gate1"],
    ["match", [], "resize1"],
    ["add", [], "add1"],
    ["concat", [], "concat1"],
  ];
  for (const [merge, branches, path] of cases) {
    const problem = onlyProblem(fork(merge, ...branches), [4, 4, 2]);
    assertEquals([problem.path, problem.got], [path, `${branches.length}`]);
    assertEquals(problem.rule, "the merge has the wrong number of branches");
  }
});

Deno.test("plan() reports a kernel that is larger than its map, dilation and padding counted", () => {
  const big = onlyProblem(conv(4, { kernel: 5, padding: "valid" }), [4, 8, 3]);
  assertEquals([big.path, big.layer], ["conv1", "conv"]);
  assertEquals(big.rule, "the kernel is larger than its map");
  assertEquals([big.got, big.wanted], [
    "a window of 5x5 on 4x8",
    "a map at least as large as the window",
  ]);
  const dilated = onlyProblem(conv(4, { kernel: 3, dilation: 4, padding: 1 }), [6, 9, 3]);
  assertEquals(dilated.got, "a window of 9x9 on 8x11 (padding included)");
  const pool = onlyProblem(maxPool(3, { stride: 2 }), [2, 2, 3]);
  assertEquals([pool.path, pool.got], ["pool1", "a window of 3x3 on 2x2"]);
  assertEquals(problemsOf(maxPool(3, { stride: 2, ceil: true }), [2, 2, 3]), []);
});

Deno.test("plan() reports a pool whose window can lie outside its map", () => {
  const problem = onlyProblem(maxPool(2, { padding: 2 }), [8, 8, 3]);
  assertEquals([problem.path, problem.got], [
    "pool1",
    "padding of 2, 2, 2, 2 around a window of 2x2",
  ]);
  assertEquals(
    onlyProblem(averagePool([3, 1], { padding: [0, 0, 0, 1] }), [8, 8, 3]).layer,
    "average_pool",
  );
});

Deno.test("plan() reports groups that do not divide the channels, on either side", () => {
  const inputs = onlyProblem(conv(8, { groups: 4 }), [8, 8, 6]);
  assertEquals([inputs.rule, inputs.got, inputs.wanted], [
    "the groups must divide the input channels",
    "6 input channels in 4 groups",
    "a multiple of 4 channels",
  ]);
  assertStringIncludes(inputs.hint, "use 8 channels");
  const outputs = onlyProblem(conv(30, { groups: 4 }), [8, 8, 8]);
  assertEquals(outputs.got, "30 output channels in 4 groups");
  assertStringIncludes(outputs.hint, "use 32 channels");
  assertEquals(onlyProblem(conv("same", { groups: 4 }), [8, 8, 6]).got, inputs.got);
});

Deno.test("plan() reports a width that is not whole", () => {
  const relative = onlyProblem(conv(ratio(1, 4)), [8, 8, 30]);
  assertEquals([relative.rule, relative.got, relative.wanted], [
    "the width must be a whole number of at least 1",
    "1/4 of 30 channels, 7.5",
    "channels that 4 divides",
  ]);
  assertEquals(onlyProblem(conv(7.5), [8, 8, 3]).got, "7.5");
  assertEquals(onlyProblem(dense(ratio(1, 2)), [5]).got, "1/2 of 5 channels, 2.5");
});

Deno.test("plan() reports a bottleneck that its width does not allow at the unit's first convolution", () => {
  const problem = onlyProblem(preactivation({ width: 30 }), [8, 8, 16]);
  assertEquals([problem.path, problem.got], ["unit1.conv1", "7.5"]);
});

Deno.test("plan() reports a dense layer on a map", () => {
  assertEquals(onlyProblem(chain(conv(4), dense(10)), [8, 8, 3]), {
    path: "dense1",
    layer: "dense",
    code: "vector-needed",
    rule: "a dense layer works on vectors",
    got: "a map of 8x8x4",
    wanted: "features without height and width",
    hint: "put globalAveragePool() or flatten() before it, or use a 1x1 conv",
  });
});

Deno.test("plan() reports layers of maps on vectors", () => {
  const nets = [conv(4), maxPool(2), averagePool(2), globalAveragePool(), resize(4), standardize()];
  for (const net of nets) {
    const problem = onlyProblem(net, [16]);
    assertEquals([problem.rule, problem.got], ["the layer works on maps", "a vector of 16"]);
  }
});

Deno.test("plan() reports names that are not unique among siblings", () => {
  const net = named("body", chain(named("a", relu()), named("b", relu()), named("a", conv(4))));
  const problem = onlyProblem(net, [4, 4, 4]);
  assertEquals([problem.path, problem.rule, problem.got], [
    "body.a",
    "two parts side by side have the same name",
    '"a" a second time',
  ]);
  assertEquals(onlyProblem(chain(named("conv1", relu()), conv(4)), [4, 4, 4]).path, "conv1");
  assertEquals(
    onlyProblem(fork("add", named("a", relu()), named("a", relu())), [4, 4, 4]).path,
    "a",
  );
});

Deno.test("plan() lets the same name stand at different places", () => {
  const part = named("a", conv(4));
  assertEquals(problemsOf(chain(numbered("x", part), numbered("x", part)), [4, 4, 4]), []);
});

Deno.test("plan() numbers attentions side by side from the second one on", () => {
  const attention = arl(conv(4), mask(hourglass({ depth: 1, unit: conv(4) })));
  const planned = orThrow(plan(repeat(2, attention), [4, 4, 4]));
  const places = parametersOf(planned).map(({ path }) => path.split(".")[0]);
  assertEquals([...new Set(places)], ["trunk", "mask", "trunk2", "mask2"]);
});

Deno.test("plan() reports names that cannot stand in a path", () => {
  for (const name of ["", "a.b", "a b", "1a", "@momentum", "a/b", "_", "é"]) {
    const problem = onlyProblem(named(name, relu()), [4, 4, 4]);
    assertEquals([problem.rule, problem.got], [
      "a name must be a word that can stand in a path",
      JSON.stringify(name),
    ]);
  }
  assertEquals(problemsOf(named("Stage-1_b", relu()), [4, 4, 4]), []);
});

Deno.test("plan() reports configuration values that no layer can have", () => {
  const cases: readonly (readonly [Net, string, string])[] = [
    [conv(4, { stride: 0 }), '"stride"', "[0,0]"],
    [conv(4, { kernel: [3, 1.5] }), '"kernel"', "[3,1.5]"],
    [conv(4, { dilation: -1 }), '"dilation"', "[-1,-1]"],
    [conv(4, { groups: 0 }), '"groups"', "0"],
    [conv(4, { padding: -1 }), '"padding"', "[-1,-1,-1,-1]"],
    [conv(0), '"width"', "0"],
    [conv(NaN), '"width"', "NaN"],
    [conv(ratio(1, 0)), '"width"', '{"ratio":[1,0]}'],
    [maxPool(0), '"window"', "[0,0]"],
    [resize(0), '"size"', "[0,0]"],
    [dropout(1), '"rate"', "1"],
    [dropout(-0.1), '"rate"', "-0.1"],
    [batchNorm({ epsilon: 0 }), '"epsilon"', "0"],
    [batchNorm({ momentum: 1.5 }), '"momentum"', "1.5"],
  ];
  for (const [net, field, got] of cases) {
    const problems = problemsOf(net, [8, 8, 4]);
    assertStringIncludes(problems[0]?.rule ?? "", `the field ${field} holds what it may not`);
    assertEquals(problems[0]?.got, got);
  }
});

Deno.test("plan() reports fields that are missing or unknown", () => {
  // Only a cast can make such a layer here; untyped scripts need none.
  const bare = layer({ type: "dropout", ratio: 0.5 } as unknown as Layer);
  assertEquals(problemsOf(bare, [4]).map(({ path, rule, got }) => [path, rule, got]), [
    ["dropout1", 'a dropout layer has no field "ratio"', "0.5"],
    ["dropout1", 'the field "rate" is missing', "nothing"],
  ]);
});

Deno.test("plan() reports an input that is neither map nor vector", () => {
  for (
    const input of [[], [32, 32], [0], [32, 32, 0], [1.5], [-1], [NaN], [1, 1, 1, 1], [Infinity]]
  ) {
    const problem = onlyProblem(relu(), input);
    assertEquals([problem.path, problem.layer], ["", "input"]);
    assertEquals(problem.got, `[${input.join(", ")}]`);
  }
});
