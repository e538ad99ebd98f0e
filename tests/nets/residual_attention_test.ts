/** The family's options: what they change, and what they say of nonsense. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  cost,
  depth,
  leaves,
  type Net,
  orThrow,
  parametersOf,
  params,
  plan,
  type Shape,
} from "../../mod.ts";
import { conv } from "../../layers/mod.ts";
import {
  attention20,
  attention56,
  attentionInception56,
  imagenetAttention56,
  imagenetResidualAttention,
  network,
  residualAttention,
} from "../../nets/mod.ts";
import { onlyProblem } from "../_problems.ts";

const CIFAR = [32, 32, 3];
const planned = (net: Net, input: Shape = CIFAR) => orThrow(plan(net, input));

const layerTypes = (net: Net): readonly string[] =>
  leaves(planned(net)).map((leaf) => leaf.kind === "layer" ? leaf.layer.type : leaf.merge);

Deno.test("networks for inputs and classes that cannot be are refused by their plan, not thrown", () => {
  const inputs = [[32], [], [0, 0, 3], [32, 32], [NaN, NaN, 3], [Infinity, Infinity, 3], [
    -4,
    8,
    3,
  ]];
  for (const input of inputs) {
    const { net } = orThrow(network("cifar/attention-56", { input }));
    assertEquals(plan(net, input)._tag, "Left", `${input}`);
  }
  for (const classes of [0, -1, 2.5, NaN]) {
    const { net } = orThrow(network("cifar/attention-56", { classes }));
    assertEquals(onlyProblem(plan(net, CIFAR)).path, "classifier");
  }
});

Deno.test("attention20() has depth 20 and is small", () => {
  const small = planned(attention20());
  assertEquals(depth(small), 20);
  assert(params(small).total < 500_000);
  assert(cost(small).macs < cost(planned(attention56())).macs / 4);
});

Deno.test("residualAttention() goes deeper into larger maps and fits odd ones", () => {
  const pools = (input: Shape) =>
    leaves(planned(residualAttention({ input }), input))
      .filter(({ path }) => path.includes("pool1")).length;
  assertEquals(pools([32, 32, 3]), 3 + 2 + 1);
  assertEquals(pools([64, 64, 3]), 4 + 3 + 2);
  assertEquals(pools([16, 16, 3]), 2 + 1 + 1);
  for (const input of [[33, 47, 3], [31, 31, 1], [20, 50, 4], [8, 8, 3]]) {
    assertEquals(planned(residualAttention({ input }), input).output, [10]);
  }
});

Deno.test("residualAttention() takes modules, widths and stages of any number", () => {
  const net = residualAttention({ widths: [8, 16], modules: [2, 1], stem: 8 });
  const paths = parametersOf(planned(net)).map(({ path }) => path);
  assert(paths.includes("stage1.module2.mask.down1.unit1.conv2.kernel"));
  assert(!paths.some((path) => path.startsWith("stage3") || path.startsWith("stage2.module2")));
  assertThrows(() => residualAttention({ modules: [1, 1] }), ProblemError, "2 stages");
});

Deno.test("residualAttention() takes every unit, activation, mask and way of learning", () => {
  for (const unit of ["preactivation", "basic", "resnext", "inception"] as const) {
    for (const activation of ["mixed", "channel", "spatial"] as const) {
      for (const mask of ["hourglass", "local"] as const) {
        for (const learning of ["arl", "nal"] as const) {
          const net = residualAttention({ unit, activation, mask, learning });
          assertEquals(planned(net).output, [10]);
        }
      }
    }
  }
});

Deno.test("the attention activation stands at the end of every mask", () => {
  const count = (net: Net, type: string) =>
    layerTypes(net).filter((other) => other === type).length;
  assertEquals(count(attention56(), "sigmoid"), 3);
  assertEquals(count(attention56({ activation: "channel" }), "sigmoid"), 0);
  assertEquals(count(attention56({ activation: "channel" }), "l2_normalize"), 3);
  assertEquals(count(attention56({ activation: "spatial" }), "standardize"), 3);
  assertEquals(count(attention56({ activation: "spatial" }), "sigmoid"), 3);
  assertEquals(count(attention56({ learning: "nal" }), "gate"), 3);
  assertEquals(count(attention56({ learning: "nal" }), "attend"), 0);
});

Deno.test("a mask of local convolutions neither pools nor resizes and costs what the paper's table implies", () => {
  const types = layerTypes(attention56({ mask: "local" }));
  assert(!types.includes("max_pool") && !types.includes("match"));
  const macs = (mask: "hourglass" | "local", i: number) =>
    leaves(planned(attention56({ mask }))).filter(({ path }) =>
      path.startsWith(`stage${i}.module1.mask`)
    ).reduce((sum, { cost }) => sum + cost.macs, 0);
  const ratios = [1, 2, 3].map((i) => (macs("local", i) / macs("hourglass", i)).toFixed(2));
  assertEquals(ratios, ["1.71", "1.77", "2.05"]);
});

Deno.test("residualAttention() takes mask depths and a tail of other channels", () => {
  const net = planned(residualAttention({ depths: [2, 2, 1], tail: 2, tailWidth: 512 }));
  const resizes = leaves(net).filter(({ path }) => /mask\.resize\d$/.test(path));
  assertEquals(resizes.length, 2 + 2 + 1);
  const tail = leaves(net).filter(({ path }) => path.startsWith("tail."));
  assertEquals(tail.at(-1)?.output, [4, 4, 512]);
  assertEquals(
    residualAttention({ tailWidth: 256 }),
    residualAttention(),
    "the last stage's own width halves nothing",
  );
  assertThrows(
    () => residualAttention({ depths: [1, 1] }),
    ProblemError,
    "Mask depths for 2 stages",
  );
  const { problems }: ProblemError = assertThrows(
    () => residualAttention({ depths: [1, 0, 1] }),
    ProblemError,
  );
  assertEquals(problems.map(({ path, got }) => [path, got]), [["depths", "[1,0,1]"]]);
});

Deno.test("the ImageNet form takes every activation, mask and way of learning", () => {
  const image = [64, 64, 3];
  for (const activation of ["mixed", "channel", "spatial"] as const) {
    for (const mask of ["hourglass", "local"] as const) {
      for (const learning of ["arl", "nal"] as const) {
        const net = imagenetAttention56({ activation, mask, learning, classes: 7 });
        assertEquals(planned(net, image).output, [7]);
      }
    }
  }
  const wider = imagenetResidualAttention({ modules: 1, p: 2, t: 3, r: 2, classes: 7 });
  assertEquals(depth(planned(wider, image)), 56 + 3 * 3 * 3);
});

Deno.test("an inception unit has two branches, and a rectifier after its sum", () => {
  const whole = planned(attentionInception56(), [64, 64, 3]);
  const unit = leaves(whole).filter(({ path }) => path.startsWith("stage1.module1.unit1."));
  assertEquals(unit.map(({ path, output }) => `${path.slice(21)} ${output.at(-1)}`), [
    "conv1 48",
    "bn1 48",
    "relu1 48",
    "conv2 48",
    "bn2 48",
    "relu2 48",
    "conv3 48",
    "bn3 48",
    "relu3 48",
    "concat1 96",
    "conv4 256",
    "add1 256",
    "relu4 256",
  ]);
});

Deno.test("residualAttention() takes a stem of the user's own", () => {
  const stem = { net: conv(24, { kernel: 5, stride: 2 }), width: 24, stride: 2 };
  const net = planned(residualAttention({ input: [64, 64, 3], stem }), [64, 64, 3]);
  assertEquals(net.output, [10]);
  assertEquals(parametersOf(net)[0]?.path, "stem.kernel");
});

Deno.test("parameters have the paths that weight files will keep", () => {
  const paths = parametersOf(planned(attention56())).map(({ path }) => path);
  for (
    const path of [
      "stem.kernel",
      "stage1.unit1.projection.kernel",
      "stage1.module1.unit1.bn1.gamma",
      "stage1.module1.trunk.unit2.conv3.kernel",
      "stage1.module1.mask.down1.unit1.conv2.kernel",
      "stage1.module1.mask.skip2.unit1.conv1.kernel",
      "stage2.module1.mask.up1.unit1.bn3.variance",
      "stage3.module1.mask.conv2.kernel",
      "tail.unit3.conv1.kernel",
      "bn1.mean",
      "classifier.bias",
    ]
  ) assert(paths.includes(path), path);
});
