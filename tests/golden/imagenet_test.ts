/** The ImageNet family against the counts of the released networks, to the last digit. */
import { own } from "../_own.ts";
import type { Configuration } from "../../mod.ts";
import { assertEquals } from "@std/assert";
import {
  cost,
  depth,
  leaves,
  type Net,
  orThrow,
  params,
  type Plan,
  plan,
  type Shape,
} from "../../mod.ts";
import {
  attentionInception56,
  attentionNext56,
  attentionNext92,
  imagenetAttention56,
  imagenetAttention92,
  network,
} from "../../nets/mod.ts";
import { IN_MASK, maskUnits } from "./_masks.ts";

const IMAGE = [224, 224, 3];
const planned = (net: Net, input: Shape = IMAGE) => orThrow(plan(net, input));

function isConv(configuration: Configuration, wanted: (kernel: number) => boolean): boolean {
  const layer = own(configuration);
  return layer.type === "conv" && wanted(layer.kernel[0]);
}

/** The weights and MACs of the convolutions whose kernel and path are wanted. */
function convolutions(
  plan: Plan,
  wanted: (kernel: number, path: string) => boolean,
): readonly [number, number] {
  const found = leaves(plan).flatMap((leaf) =>
    leaf.kind === "layer" && isConv(leaf.layer, (kernel) => wanted(kernel, leaf.path)) ? [leaf] : []
  );
  const weights = found.flatMap(({ parameters }) => parameters)
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
  return [weights, found.reduce((sum, { cost }) => sum + cost.macs, 0)];
}

const batchNorms = (plan: Plan) =>
  leaves(plan).filter((leaf) => leaf.kind === "layer" && leaf.layer.type === "batch_norm");

const RELEASED = [
  {
    name: "Attention-56",
    net: imagenetAttention56(),
    zoo: "imagenet/attention-56",
    depth: 56,
    params: { weights: 31_738_024, trainable: 31_810_728, total: 31_883_432 },
    kernels: { 1: 16_519_168, 3: 13_160_448, 7: 9_408 },
    norms: [107, 36_352],
    mask: [6_930_432, 1_744_920_576],
    macs: { 1: 3_798_925_312, 3: 2_351_849_472, 7: 118_013_952 },
    total: 6_270_836_736,
    maskUnits: [8, 5, 2],
  },
  {
    name: "Attention-92",
    net: imagenetAttention92(),
    zoo: "imagenet/attention-92",
    depth: 92,
    params: { weights: 52_332_712, trainable: 52_466_344, total: 52_599_976 },
    kernels: { 1: 28_708_864, 3: 21_565_440, 7: 9_408 },
    norms: [176, 66_816],
    mask: [17_498_112, 3_387_482_112],
    macs: { 1: 6_457_851_904, 3: 3_955_875_840, 7: 118_013_952 },
    total: 10_533_789_696,
    maskUnits: [8, 5, 5, 2, 2, 2],
  },
  {
    name: "AttentionNeXt-56",
    net: attentionNext56(),
    zoo: "imagenet/attentionnext-56",
    depth: 56,
    params: { weights: 31_220_392, trainable: 31_318_824, total: 31_417_256 },
    kernels: { 1: 27_516_928, 3: 1_645_056, 7: 9_408 },
    norms: [107, 49_216],
    mask: [6_961_152, 1_748_683_776],
    macs: { 1: 6_005_063_680, 3: 293_981_184, 7: 118_013_952 },
    total: 6_419_106_816,
    maskUnits: [8, 5, 2],
  },
] as const;

for (const { name, net, zoo, ...released } of RELEASED) {
  const whole = planned(net);

  Deno.test(`${name} for ImageNet has the released network's parameters`, () => {
    assertEquals(params(whole), released.params);
    const norms = batchNorms(whole);
    const gammas = norms.reduce((sum, { output }) => sum + (output.at(-1) ?? NaN), 0);
    assertEquals([norms.length, gammas], [...released.norms]);
    assertEquals(released.params.weights - 2_049_000, convolutions(whole, () => true)[0]);
  });

  Deno.test(`${name} for ImageNet costs the released network's MACs`, () => {
    assertEquals(cost(whole).macs, released.total);
    assertEquals(convolutions(whole, () => true)[1], released.total - 2_048_000);
  });

  Deno.test(`${name} for ImageNet has the released network's kernels of 1x1, 3x3 and 7x7`, () => {
    for (const size of [1, 3, 7] as const) {
      assertEquals(
        convolutions(whole, (kernel) => kernel === size),
        [released.kernels[size], released.macs[size]],
      );
    }
  });

  Deno.test(`${name} for ImageNet has the released network's masks`, () => {
    assertEquals(convolutions(whole, (_, path) => IN_MASK.test(path)), [...released.mask]);
    assertEquals(maskUnits(whole), [...released.maskUnits]);
  });

  Deno.test(`${name} for ImageNet has its depth and is in the zoo`, () => {
    assertEquals(depth(whole), released.depth);
    const { net: found, input } = orThrow(network(zoo));
    assertEquals([input, found], [IMAGE, net]);
  });
}

Deno.test("AttentionNeXt-92 for ImageNet is Attention-92 of ResNeXt units", () => {
  const next = planned(attentionNext92());
  assertEquals(params(next), { weights: 51_931_816, trainable: 52_102_952, total: 52_274_088 });
  assertEquals(cost(next).macs, 10_704_337_920);
  assertEquals(depth(next), 92);
});

Deno.test("AttentionInception-56 for ImageNet keeps the depth and the scale of Attention-56", () => {
  const inception = planned(attentionInception56());
  assertEquals(params(inception), {
    weights: 31_500_968,
    trainable: 31_536_840,
    total: 31_572_712,
  });
  assertEquals(cost(inception).macs, 6_171_563_520);
  assertEquals(depth(inception), 56);
  assertEquals(maskUnits(inception), [8, 5, 2]);
});

Deno.test("the maps of Attention-56 are those of the paper's Table 2", () => {
  const sizes = new Set(leaves(planned(imagenetAttention56())).map(({ output }) => output[0]));
  assertEquals([...sizes], [112, 56, 28, 14, 7, 2048, 1000]);
});

Deno.test("the ImageNet family takes inputs of any size with the same parameters", () => {
  for (const build of [imagenetAttention56, attentionNext56, attentionInception56]) {
    const { total } = params(planned(build()));
    for (const input of [[299, 299, 3], [320, 320, 3], [225, 331, 3], [32, 32, 3], [65, 47, 3]]) {
      const other = planned(build(), input);
      assertEquals([other.output, params(other).total], [[1000], total], `${input}`);
    }
  }
});
