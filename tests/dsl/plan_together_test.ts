/** What plan() makes of several faults in one network, and of large networks. */
import { assertEquals } from "@std/assert";
import {
  chain,
  fork,
  identity,
  named,
  type Net,
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
  batchNorm,
  conv,
  dense,
  dropout,
  globalAveragePool,
  maxPool,
  relu,
  resize,
} from "../../layers/mod.ts";
import { problemsOf as allProblems } from "../_problems.ts";

/** What is wrong with a network. */
function problemsOf(net: Net, input: Shape): readonly Problem[] {
  return allProblems(plan(net, input));
}

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
    relu(),
    dense(4),
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
