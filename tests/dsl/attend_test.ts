/** Attention put on networks that were made without it. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  arl,
  attend,
  chain,
  cost,
  depth,
  equal,
  find,
  fork,
  hourglass,
  identity,
  insertAfter,
  mask,
  nal,
  named,
  type Net,
  numbered,
  orThrow,
  parametersOf,
  paths,
  plan,
  preactivation,
  remove,
  repeat,
  residual,
  resnext,
  shared,
  spatial,
  squeezeExcite,
  trainingStep,
} from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  flatten,
  globalAveragePool,
  maxPool,
  relu,
} from "../../layers/mod.ts";
import { classifiers } from "../_arbitraries.ts";
import { onlyProblem } from "../_problems.ts";

const INPUT = [16, 16, 3];
const block = (width: number): Net => chain(conv(width, { kernel: 3 }), batchNorm(), relu());
const unit = preactivation();

const plain = chain(block(8), maxPool(2), block(16), globalAveragePool(), dense(10));
const vgg = chain(
  named("block1", chain(block(8), block(8), maxPool(2))),
  named("block2", chain(block(16), block(16), maxPool(2))),
  named("head", chain(flatten(), dense(32), relu(), dense(10))),
);
const resnet = chain(
  named("stem", conv(8, { kernel: 3 })),
  named("stage1", repeat(2, unit)),
  named("stage2", chain(preactivation({ width: 16, stride: 2 }), unit)),
  chain(batchNorm(), relu(), globalAveragePool(), named("classifier", dense(10))),
);
const hosts = { plain, vgg, resnet };

const weights = (net: Net): readonly string[] =>
  parametersOf(orThrow(plan(net, INPUT))).map(({ path }) => path);

for (const [name, host] of Object.entries(hosts)) {
  Deno.test(`attend() puts a mask before the head of a ${name} network, in one line`, () => {
    const net = orThrow(attend(host, { depth: 1 }));
    assertEquals(orThrow(plan(net, INPUT)).output, [10]);
    const added = weights(net).filter((path) => !weights(host).includes(path));
    assert(added.length > 0 && added.every((path) => /(^|\.)attention1\.mask\./.test(path)));
    assertEquals(weights(net).filter((path) => !added.includes(path)), weights(host));
    assertEquals(depth(orThrow(plan(net, INPUT))), depth(orThrow(plan(host, INPUT))));
    assert(cost(orThrow(plan(net, INPUT))).macs > cost(orThrow(plan(host, INPUT))).macs);
  });

  Deno.test(`attend() fits every part of a ${name} network that gives a map`, () => {
    for (const path of paths(host)) {
      const inserted = orThrow(insertAfter(host, path, named("probe", conv("same"))));
      if (plan(inserted, INPUT)._tag === "Left") continue;
      const options = { depth: 1, r: 1, unit: chain(conv("same")), path };
      const net = orThrow(attend(host, options));
      assertEquals(orThrow(plan(net, INPUT)).output, [10], path);
    }
  });

  Deno.test(`the mask of a ${name} network is trained with it`, () => {
    const net = orThrow(attend(host, { depth: 1 }));
    const optimizer = { kind: "sgd" } as const;
    const { state } = trainingStep(orThrow(plan(net, INPUT)), { batch: 2, optimizer });
    for (const { name, before, after } of state) assert(before !== after, name);
  });
}

Deno.test("attend() on a part stands after it, and is numbered among its like", () => {
  const once = orThrow(attend(vgg, { depth: 2, path: "block1" }));
  const module = arl(identity, mask(hourglass({ depth: 2 })));
  assert(equal(once, orThrow(insertAfter(vgg, "block1", numbered("attention", module)))));
  const twice = orThrow(attend(once, { depth: 1, path: "block2" }));
  const found = paths(twice).filter((path) => /^attention\d$/.test(path));
  assertEquals(found, ["attention1", "attention2"]);
  assert(equal(orThrow(remove(twice, "attention2")), once));
  assertEquals(orThrow(plan(twice, INPUT)).output, [10]);
});

Deno.test("attend() takes the paper's choices: depth, r, unit, activation, learning", () => {
  const options = { depth: 2, r: 2, unit: resnext({ groups: 2 }) };
  const net = attend(resnet, {
    ...options,
    activation: spatial,
    units: "postactivation",
    learning: "nal",
    path: "stage1",
  });
  const branch = mask(hourglass(options), { activation: spatial, units: "postactivation" });
  assert(equal(orThrow(find(orThrow(net), "attention1")), nal(identity, branch)));
});

Deno.test("attend() that sees the input is the paper's module: the part is the trunk", () => {
  const net = orThrow(attend(resnet, { depth: 2, path: "stage1", sees: "input" }));
  const module = arl(named("stage1", repeat(2, unit)), mask(hourglass({ depth: 2 })));
  assert(equal(orThrow(find(net, "attention1")), module));
  assert(weights(net).includes("attention1.trunk.stage1.unit1.conv1.kernel"));
  const whole = orThrow(attend(repeat(2, unit), { depth: 1, sees: "input" }));
  const wanted = numbered("attention", arl(repeat(2, unit), mask(hourglass({ depth: 1 }))));
  assert(equal(whole, wanted));
});

Deno.test("attend() to the input of a part that changes its shape is refused by the plan", () => {
  const net = orThrow(attend(resnet, { depth: 1, path: "stage2", sees: "input" }));
  const problem = onlyProblem(plan(net, INPUT));
  assertEquals(problem.path, "attention1.attend1");
  assertEquals(problem.got, "8x8x16 and 16x16x8");
});

Deno.test("attend() on a network without a head looks at what comes out of it", () => {
  const net = orThrow(attend(block(8), { depth: 1 }));
  assertEquals(orThrow(plan(net, INPUT)).output, [16, 16, 8]);
});

Deno.test("attend() names a path that is not there, and refuses a depth that cannot be", () => {
  assertEquals(
    onlyProblem(attend(vgg, { depth: 1, path: "blok1" })).hint,
    'did you mean "block1"?',
  );
  assertThrows(() => attend(vgg, { depth: 0 }), ProblemError, "depth");
});

Deno.test("attend() keeps the output's shape of any classifier of maps", () => {
  fc.assert(fc.property(classifiers, ({ net, input }) => {
    const features = orThrow(plan(net, input));
    if (input.length !== 3) return;
    const attended = orThrow(attend(net, { depth: 1, r: 1, unit: conv("same") }));
    const planned = plan(attended, input);
    // A map of a single row or column has nothing left to halve.
    if (planned._tag === "Left") {
      assertEquals(onlyProblem(planned).rule, "the hourglass is deeper than its map allows");
    } else assertEquals(planned.right.output, features.output);
  }));
});

Deno.test("attend() puts an attention in every residual unit of the part, before the sum", () => {
  const net = orThrow(attend(resnet, squeezeExcite({ ratio: 4 }), { path: "stage1" }));
  const [shortcut, body] = branchesOf(orThrow(find(net, "stage1.unit2")));
  assert(shortcut !== undefined && equal(shortcut, identity));
  const attention = numbered("attention", squeezeExcite({ ratio: 4 }));
  const [, own] = branchesOf(unit);
  assert(body !== undefined && own !== undefined && equal(body, chain(own, attention)));
  const added = weights(net).filter((path) => !weights(resnet).includes(path));
  assertEquals(added.length, 2 * 4);
  assert(added.every((path) => /^stage1\.unit\d\.attention1\.mask\./.test(path)));
  const everywhere = weights(orThrow(attend(resnet, squeezeExcite({ ratio: 4 }))));
  assertEquals(everywhere.length, weights(resnet).length + 4 * 4);
});

Deno.test("attend() puts an attention behind a part without units, and wherever it is asked to", () => {
  const behind = orThrow(attend(vgg, squeezeExcite({ ratio: 4 }), { path: "block1" }));
  assert(weights(behind).includes("attention1.mask.conv1.kernel"));
  const asked = { path: ["stage1", "stage2"], at: "output" } as const;
  const stages = orThrow(attend(resnet, squeezeExcite({ ratio: 4 }), asked));
  assertEquals(paths(stages).filter((path) => /^(stage|attention)\d$/.test(path)), [
    "stage1",
    "attention1",
    "stage2",
    "attention2",
  ]);
  const masked = orThrow(attend(resnet, { depth: 1, path: "stage1", at: "units" }));
  assert(weights(masked).includes("stage1.unit2.attention1.mask.conv1.kernel"));
  const problem = onlyProblem(attend(vgg, squeezeExcite(), { path: "block1", at: "units" }));
  assertEquals([problem.code, problem.path], ["no-units", "block1"]);
});

Deno.test("units are told by their form: a shortcut of at most one convolution, whatever its order", () => {
  const attention = squeezeExcite({ ratio: 1 });
  const added = (net: Net) =>
    orThrow(plan(orThrow(attend(net, attention, { at: "units" })), INPUT));
  for (
    const net of [
      residual(block(3)),
      fork("add", block(3), identity),
      residual(block(8), chain(conv(8), batchNorm())),
      residual(chain(conv("same"), residual(relu()))),
    ]
  ) assertEquals(added(net).output.length, 3);
  for (const net of [hourglass({ depth: 2 }), fork("add", conv(3), conv(3))]) {
    const inside = attend(net, attention, { at: "units" });
    const sums = inside._tag === "Right"
      ? paths(inside.right).filter((path) => /^attention/.test(path))
      : [];
    assertEquals(sums, []);
  }
});

function branchesOf(net: Net | undefined): readonly Net[] {
  if (net?.kind === "named") return branchesOf(net.net);
  return net?.kind === "fork" ? net.branches : [];
}

Deno.test("a part that several paths name is attended once: a shared one, or one that is named twice", () => {
  const unit = shared("u", residual(chain(conv("same", { kernel: 3, padding: 1 }), relu())));
  const net = chain(conv(8), unit, unit, globalAveragePool(), dense(2));
  // Behind the part each of its places has an attention of its own.
  for (const [at, attentions] of [["units", 1], ["output", 2]] as const) {
    const put = (path: string | readonly string[]) =>
      orThrow(attend(net, squeezeExcite({ ratio: 4 }), { path, at }));
    const once = put("u");
    const kernels = weights(once).filter((path) => path.endsWith("mask.conv1.kernel"));
    assertEquals(kernels.length, attentions);
    for (const paths of [["u", "u2"], ["u2", "u"], ["u2"], ["u", "u"]]) {
      assert(equal(put(paths), once));
    }
  }
});
