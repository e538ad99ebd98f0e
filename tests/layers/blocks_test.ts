/** Blocks of other networks: counts as torchvision has them, and forms that options choose. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  chain,
  convnextBlock,
  denseBlock,
  fork,
  identity,
  invertedResidual,
  leaves,
  type Net,
  orThrow,
  params,
  plan,
  ProblemError,
  separable,
  type Shape,
} from "../../mod.ts";
import { adaptiveAveragePool, conv, hardSigmoid, hardSwish, relu, silu } from "../../layers/mod.ts";

const trainable = (net: Net, input: Shape): number => params(orThrow(plan(net, input))).trainable;

const types = (net: Net, input: Shape): readonly string[] =>
  leaves(orThrow(plan(net, input))).map((leaf) =>
    leaf.kind === "layer" ? leaf.layer.type : leaf.merge
  );

Deno.test("inverted residuals have the parameters of torchvision's MobileNetV2", () => {
  // features.1, 2, 3 and 17 of mobilenet_v2.
  assertEquals(
    trainable(invertedResidual({ width: 16, expansion: 1 }), [112, 112, 32]),
    896,
  );
  assertEquals(trainable(invertedResidual({ width: 24, stride: 2 }), [112, 112, 16]), 5136);
  assertEquals(trainable(invertedResidual(), [56, 56, 24]), 8832);
  assertEquals(trainable(invertedResidual({ width: 320 }), [7, 7, 160]), 473_920);
});

Deno.test("an inverted residual is added exactly when it keeps its shape, unless told otherwise", () => {
  const last = (net: Net) => types(net, [8, 8, 16]).at(-1);
  assertEquals(last(invertedResidual()), "add");
  assertEquals(last(invertedResidual({ width: 16 })), "batch_norm");
  assertEquals(last(invertedResidual({ width: 16, shortcut: true })), "add");
  assertEquals(last(invertedResidual({ stride: 2 })), "batch_norm");
});

Deno.test("an inverted residual takes an activation, a fraction, and an attention inside", () => {
  const excite = fork(
    "modulate",
    identity,
    chain(
      adaptiveAveragePool(1),
      conv(8, { bias: true }),
      relu(),
      conv(40, { bias: true }),
      hardSigmoid(),
    ),
  );
  const net = invertedResidual({ expansion: 2.5, activation: hardSwish(), attention: excite });
  const planned = orThrow(plan(net, [8, 8, 16]));
  assertEquals(planned.output, [8, 8, 16]);
  const widths = leaves(planned).flatMap((leaf) => leaf.path.endsWith("conv1") ? leaf.output : []);
  assertEquals(widths, [8, 8, 40]);
  assertThrows(() => invertedResidual({ expansion: 0.5 }), ProblemError, "a number from 1");
});

Deno.test("a dense block has the parameters of torchvision's DenseNet-121", () => {
  // denseblock1 alone, and its first layer.
  assertEquals(trainable(denseBlock(), [56, 56, 64]), 335_040);
  assertEquals(trainable(denseBlock({ layers: 1 }), [56, 56, 64]), 45_440);
  const plain = denseBlock({ layers: 2, growth: 12, bottleneck: 0 });
  assertEquals(trainable(plain, [32, 32, 16]), 2 * 16 + 9 * 16 * 12 + 2 * 28 + 9 * 28 * 12);
});

Deno.test("a ConvNeXt block has the parameters of torchvision's", () => {
  assertEquals(trainable(convnextBlock(), [56, 56, 96]), 79_296);
  assertEquals(types(convnextBlock({ drop: 0.2 }), [7, 7, 8]), [
    "conv",
    "layer_norm",
    "conv",
    "gelu",
    "conv",
    "layer_scale",
    "stochastic_depth",
    "add",
  ]);
});

Deno.test("a separable convolution has MobileNet's form", () => {
  assertEquals(trainable(separable(64), [112, 112, 32]), 9 * 32 + 64 + 32 * 64 + 128);
  assertEquals(types(separable(4, { kernel: 5, activation: silu() }), [9, 9, 3]), [
    "conv",
    "batch_norm",
    "silu",
    "conv",
    "batch_norm",
    "silu",
  ]);
  assertEquals(orThrow(plan(separable(4, { kernel: 4, stride: 2 }), [9, 9, 3])).output, [5, 5, 4]);
});
