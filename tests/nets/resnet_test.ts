/** Residual, wide, plain, mobile, dense and VGG networks: their forms, and what they say of nonsense. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import { own } from "../_own.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { leaves, type Net, orThrow, parametersOf, plan, type Shape } from "../../mod.ts";
import {
  convnext,
  densenet,
  densenet121,
  inceptionResnetV1,
  inceptionResnetV2,
  mobilenetV2,
  plain,
  resnet,
  resnet110,
  resnet164,
  resnet18,
  resnet50,
  vgg,
  vgg11,
  vgg16,
  wideResnet,
  wrn16x8,
} from "../../nets/mod.ts";

const planned = (net: Net, input: Shape = [32, 32, 3]) => orThrow(plan(net, input));

/** Name and type of every layer and merge under a path, in the order of computation. */
function under(net: Net, path: string, input?: Shape): readonly string[] {
  return leaves(planned(net, input)).filter((leaf) => leaf.path.startsWith(`${path}.`))
    .map((leaf) => leaf.path.slice(path.length + 1));
}

/** Path and stride of every convolution that halves its map. */
function strides(net: Net): readonly string[] {
  return leaves(planned(net, [64, 64, 3])).flatMap((leaf) => {
    const layer = leaf.kind === "layer" ? own(leaf.layer) : undefined;
    return layer?.type === "conv" && layer.stride[0] === 2 ? [leaf.path] : [];
  });
}

Deno.test("a bottleneck of a ResNet for ImageNet is post-activated and projects with a batch norm", () => {
  assertEquals(under(resnet50(), "stage2.unit1"), [
    "projection.conv1",
    "projection.bn1",
    "conv1",
    "bn1",
    "relu1",
    "conv2",
    "bn2",
    "relu2",
    "conv3",
    "bn3",
    "add1",
    "relu3",
  ]);
  assertEquals(under(resnet50(), "stage2.unit2").at(0), "conv1");
});

Deno.test("the first stage of a ResNet keeps its map, and projects only where it widens", () => {
  assertEquals(under(resnet50(), "stage1.unit1")[0], "projection.conv1");
  assertEquals(under(resnet18(), "stage1.unit1")[0], "conv1");
  assertEquals(under(resnet18(), "stage2.unit1")[0], "projection.conv1");
});

Deno.test("strideOn moves a bottleneck's stride from its 3x3 to its first 1x1", () => {
  assertEquals(strides(resnet50()).slice(0, 3), [
    "stem.conv1",
    "stage2.unit1.projection.conv1",
    "stage2.unit1.conv2",
  ]);
  assertEquals(strides(resnet50({ strideOn: "1x1" })).slice(0, 3), [
    "stem.conv1",
    "stage2.unit1.projection.conv1",
    "stage2.unit1.conv1",
  ]);
});

Deno.test("a ResNet for CIFAR is pre-activated, and shares the first activation", () => {
  assertEquals(under(resnet164(), "stage1.unit1").slice(0, 3), ["bn1", "relu1", "projection"]);
  assertEquals(under(resnet164(), "stage1.unit2").slice(-2), ["conv3", "add1"]);
  const first = leaves(planned(resnet110())).find(({ path }) => path === "stage1.unit1.add1");
  const branches = first?.kind === "fork" ? first.branches : [];
  const parts = branches.map((branch) => leaves(branch).map(({ path }) => path.slice(13)));
  assertEquals(parts, [[], ["conv1", "bn2", "relu2", "conv2"]]);
});

Deno.test("a wide ResNet projects in its first stage too", () => {
  assertEquals(under(wrn16x8(), "stage1.unit1").slice(0, 3), ["bn1", "relu1", "projection"]);
  assertThrows(() => wideResnet({ depth: 27, factor: 10 }), ProblemError, "depth 27");
  assertThrows(() => wideResnet({ depth: 4, factor: 10 }), ProblemError, "depth 4");
});

Deno.test("networks without units or with missing widths are refused", () => {
  assertThrows(() => resnet({ units: [2, 0] }), ProblemError);
  assertThrows(() => vgg({ convolutions: [1, 1] }), ProblemError, "2 blocks");
  assertThrows(() => convnext({ blocks: [1, 1] }), ProblemError, "2 stages");
  assertThrows(() => densenet({ layers: [] }), ProblemError, "the layers of each block");
  assertThrows(() => mobilenetV2({ factor: 0 }), ProblemError, "a number above 0");
});

Deno.test("VGG-16 has a bias on every convolution and no batch norm", () => {
  const names = parametersOf(planned(vgg16(), [224, 224, 3])).map(({ path }) => path);
  assertEquals(names.length, 2 * 16);
  assertEquals([names[0], names.at(-1)], ["block1.conv1.kernel", "classifier.bias"]);
  assert(names.includes("hidden.dense2.kernel"));
});

Deno.test("VGG-11 with batch norms has one behind each convolution, before the rectifier", () => {
  assertEquals(under(vgg11({ batchNorms: true }), "block1"), ["conv1", "bn1", "relu1", "pool1"]);
});

Deno.test("a MobileNetV2 adds the input of every unit that keeps its shape", () => {
  const added = leaves(planned(mobilenetV2(), [64, 64, 3])).filter(({ kind }) => kind === "fork");
  assertEquals(added.length, 1 + 2 + 3 + 2 + 2);
  assertEquals(under(mobilenetV2(), "stage1.unit1"), ["conv1", "bn1", "relu6_1", "conv2", "bn2"]);
});

Deno.test("a DenseNet halves channels and map between its blocks", () => {
  const net = planned(densenet121(), [64, 64, 3]);
  const maps = leaves(net).filter(({ path }) => /(conv|pool)1$/.test(path) && /^trans/.test(path));
  assertEquals(maps.map(({ output }) => output), [
    [16, 16, 128],
    [8, 8, 128],
    [8, 8, 256],
    [4, 4, 256],
    [4, 4, 512],
    [2, 2, 512],
  ]);
});

Deno.test("an Inception-ResNet unit scales its residual, which has a bias and no batch norm", () => {
  const image = [299, 299, 3];
  assertEquals(under(inceptionResnetV1(), "a.unit1", image).slice(-5), [
    "concat1",
    "conv7",
    "scale1",
    "add1",
    "relu7",
  ]);
  const factors = leaves(planned(inceptionResnetV2(), image)).flatMap((leaf) => {
    const layer = leaf.kind === "layer" ? own(leaf.layer) : undefined;
    return layer?.type === "scale" ? [layer.by] : [];
  });
  const times = (count: number, factor: number) => Array<number>(count).fill(factor);
  assertEquals(factors, [...times(10, 0.17), ...times(20, 0.1), ...times(9, 0.2), 1]);
  assertEquals(under(inceptionResnetV2(), "c.unit10", image).at(-1), "add1");
});

Deno.test("a plain network has neither forks nor strides", () => {
  assert(leaves(planned(plain())).every(({ kind }) => kind === "layer"));
  assertEquals(strides(plain()), []);
});
