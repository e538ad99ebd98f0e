/** What plan() finds wrong with a network: the place, what was got, what was wanted, all at once. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  arl,
  basic,
  chain,
  fork,
  hourglass,
  identity,
  type Layer,
  layer,
  mask,
  matchSize,
  type Merge,
  named,
  type Net,
  numbered,
  orThrow,
  plan,
  preactivation,
  type Problem,
  ratio,
  repeat,
  residual,
  type Shape,
  stage,
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

Deno.test("plan() reports an hourglass that is deeper than its map allows, with the depth it allows", () => {
  const unit = basic();
  const problem = onlyProblem(named("mask", hourglass({ depth: 4, unit })), [4, 4, 8]);
  assertEquals(problem, {
    path: "mask.resize3",
    layer: "match",
    rule: "the hourglass is deeper than its map allows",
    got: "a map of 1x1x8 left to shrink at level 3",
    wanted: "a map of at least 2x2 before each level",
    hint: "use depth 2 or less, or a larger input",
  });
  assertEquals(problemsOf(hourglass({ depth: 2, unit }), [4, 4, 8]), []);
  assertEquals(onlyProblem(hourglass({ depth: 1, unit }), [1, 5, 8]).hint, "use a larger input");
});

Deno.test("plan() advises the depth that then fits, whatever stands around the hourglass", () => {
  const wrap: readonly ((net: Net) => Net)[] = [
    (net) => net,
    (net) => arl(identity, mask(net)),
    (net) => matchSize(chain(conv(8, { stride: 2 }), named("inner", net), conv(8), resize(16))),
    (net) => hourglass({ depth: 1, unit: numbered("unit", net) }),
  ];
  for (const around of wrap) {
    for (const size of [2, 3, 5, 8, 13]) {
      const deep = around(hourglass({ depth: 6, unit: basic() }));
      const hints = problemsOf(deep, [size, size, 8]).map(({ hint }) => hint);
      const [, allowed] = /use depth (\d+) or less/.exec(hints[0] ?? "") ?? [];
      if (allowed === undefined) {
        assertEquals(hints[0], "use a larger input");
        continue;
      }
      const fits = around(hourglass({ depth: Number(allowed), unit: basic() }));
      assertEquals(problemsOf(fits, [size, size, 8]), []);
    }
  }
});

Deno.test("plan() finds an hourglass of the same depth too deep from one size on", () => {
  for (let size = 1; size <= 20; size++) {
    for (let depth = 1; depth <= 4; depth++) {
      // Ceil mode halves n to ceil((n - 1) / 2), and needs two pixels each time.
      let map = size;
      let fits = true;
      for (let level = 0; level < depth; level++) {
        fits &&= map >= 2;
        map = Math.ceil((map - 1) / 2);
      }
      const problems = problemsOf(hourglass({ depth, unit: basic() }), [size, size, 4]);
      assertEquals(problems.length, fits ? 0 : 1, `depth ${depth} on ${size}`);
    }
  }
});

Deno.test("plan() lets a fork that matches sizes work on a map of one pixel", () => {
  assertEquals(orThrow(plan(matchSize(chain(conv(4), resize(3))), [1, 1, 2])).output, [1, 1, 4]);
  const problem = onlyProblem(matchSize(conv(4, { kernel: 3, padding: "valid" })), [1, 1, 2]);
  assertEquals([problem.path, problem.rule], ["conv1", "the kernel is larger than its map"]);
});

Deno.test("plan() reports other faults inside an hourglass that is too deep", () => {
  const problems = problemsOf(hourglass({ depth: 2, unit: conv(8, { groups: 3 }) }), [2, 2, 8]);
  assertEquals(problems.map(({ path }) => path).includes("resize2"), true);
  assertEquals(problems.filter(({ rule }) => rule.includes("groups")).length > 0, true);
});

Deno.test("plan() reports a dense layer on a map", () => {
  assertEquals(onlyProblem(chain(conv(4), dense(10)), [8, 8, 3]), {
    path: "dense1",
    layer: "dense",
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

Deno.test("plan() finds ten faults in one go and nothing that merely follows from them", () => {
  const net = chain(
    named("stem", conv(8, { kernel: 9, padding: "valid" })),
    named("grouped", conv(8, { groups: 3 })),
    named("fraction", conv(ratio(1, 3))),
    named("stage 1", preactivation({ width: 16 })),
    residual(chain(conv(16), conv(24))),
    named("pool", maxPool(2, { stride: 0 })),
    conv(32),
    named("a", relu()),
    named("a", relu()),
    fork("attend", identity),
    dropout(2),
    named("classifier", dense(10)),
    softmaxTwice(),
  );
  assertEquals(problemsOf(net, [8, 8, 3]).map(({ path, rule }) => `${path}: ${rule}`), [
    "stem: the kernel is larger than its map",
    "grouped: the groups must divide the input channels",
    "grouped: the groups must divide the output channels",
    "fraction: the width must be a whole number of at least 1",
    "stage 1: a name must be a word that can stand in a path",
    "add1: the branches of the fork do not fit together",
    'pool: the field "stride" holds what it may not',
    "a: two parts side by side have the same name",
    "attend1: the merge has the wrong number of branches",
    'dropout1: the field "rate" holds what it may not',
    "classifier: a dense layer works on vectors",
  ]);
});

function softmaxTwice(): Net {
  return chain(relu(), dense(4), relu());
}

Deno.test("plan() carries what it knows past a fault", () => {
  const net = chain(conv(8, { kernel: 9, padding: "valid" }), conv(8, { groups: 3 }));
  assertEquals(problemsOf(net, [8, 8, 3]).map(({ got }) => got), [
    "a window of 9x9 on 8x8",
    "8 input channels in 3 groups",
    "8 output channels in 3 groups",
  ]);
});

Deno.test("plan() does not blame layers for what a fault before them left unknown", () => {
  const broken: readonly Net[] = [
    conv(4, { kernel: 9, padding: "valid" }),
    conv(2.5),
    conv(ratio(1, 3)),
    maxPool(2, { stride: 0 }),
    resize(0),
    residual(conv(8)),
    fork("gate", identity),
    maxPool(9),
  ];
  const rest = chain(
    batchNorm(),
    conv(ratio(1, 2), { kernel: 3, padding: "valid" }),
    conv("same", { groups: 2 }),
    maxPool(3, { stride: 2 }),
    fork("concat", identity, conv(2)),
    globalAveragePool(),
    dense(ratio(1, 2)),
  );
  for (const net of broken) {
    assertEquals(problemsOf(chain(net, rest), [8, 8, 4]).length, problemsOf(net, [8, 8, 4]).length);
    assertEquals(problemsOf(net, [8, 8, 4]).length, 1);
  }
});

Deno.test("plan() takes nets of 500 names within names, and chains of 100,000 parts", () => {
  let deep: Net = relu();
  for (let i = 0; i < 500; i++) deep = named("a", chain(deep, relu()));
  assertEquals(orThrow(plan(deep, [4])).output, [4]);
  const wide = repeat(100_000, relu());
  assertEquals(orThrow(plan(wide, [4])).output, [4]);
});

Deno.test("plan() names layers by their kind and number, parts by their names", () => {
  const planned = orThrow(plan(named("net", stage(0, 1, 1, { depth: 1 })), [8, 8, 16]));
  assertEquals(planned.path, "net");
  assertEquals(planned.output, [8, 8, 16]);
});
