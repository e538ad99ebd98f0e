/** The CIFAR family against the counts derived from the paper (arXiv 1704.06904), to the last digit. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cost, depth, type Net, orThrow, params, plan, summarize } from "../../mod.ts";
import {
  attention128,
  attention164,
  attention236,
  attention452,
  attention56,
  attention92,
  type FamilyOptions,
  network,
  residualAttention,
} from "../../nets/mod.ts";
import { maskShare, maskUnits } from "./_masks.ts";

const CIFAR = [32, 32, 3];

const FAMILY = [
  {
    name: "cifar/attention-56",
    build: attention56,
    modules: 1,
    tail: { weights: 1_132_986, trainable: 1_148_826, total: 1_164_666 },
    text: { weights: 1_015_482, trainable: 1_030_362 },
    macs: 122_825_216,
    maskShare: 29.0,
  },
  {
    name: "cifar/attention-92",
    build: attention92,
    modules: 2,
    tail: { weights: 1_931_706, trainable: 1_959_706, total: 1_987_706 },
    text: { weights: 1_814_202, trainable: 1_841_242 },
    macs: 211_913_216,
    maskShare: 33.6,
  },
  {
    name: "cifar/attention-128",
    build: attention128,
    modules: 3,
    tail: { weights: 2_730_426, trainable: 2_770_586, total: 2_810_746 },
    text: { weights: 2_612_922, trainable: 2_652_122 },
    macs: 301_001_216,
    maskShare: 35.5,
  },
  {
    name: "cifar/attention-164",
    build: attention164,
    modules: 4,
    tail: { weights: 3_529_146, trainable: 3_581_466, total: 3_633_786 },
    text: { weights: 3_411_642, trainable: 3_463_002 },
    macs: 390_089_216,
    maskShare: 36.5,
  },
  {
    name: "cifar/attention-236",
    build: attention236,
    modules: 6,
    tail: { weights: 5_126_586, trainable: 5_203_226, total: 5_279_866 },
    text: { weights: 5_009_082, trainable: 5_084_762 },
    macs: 568_265_216,
    maskShare: 37.6,
  },
];

type Build = (options: FamilyOptions) => Net;

const planned = (build: Build, options: FamilyOptions = {}) => orThrow(plan(build(options), CIFAR));

for (const { name, build, modules, tail, text, macs, maskShare: share } of FAMILY) {
  Deno.test(`${name} has the paper's parameters in the tail layout`, () => {
    assertEquals(params(planned(build)), tail);
    assertEquals(params(planned(build, { layout: "tail" })), tail);
  });

  Deno.test(`${name} has the paper's parameters in the text layout`, () => {
    const { weights, trainable, total } = params(planned(build, { layout: "text" }));
    assertEquals({ weights, trainable }, text);
    assertEquals(total - trainable, trainable - weights);
  });

  Deno.test(`${name} costs the paper's MACs in both layouts`, () => {
    assertEquals(cost(planned(build)).macs, macs);
    assertEquals(cost(planned(build, { layout: "text" })).macs, macs);
  });

  Deno.test(`${name} spends the paper's share of its MACs on masks`, () => {
    assertAlmostEquals(maskShare(planned(build)), share, 0.05);
  });

  Deno.test(`${name} has depth 36 m + 20 in both layouts`, () => {
    assertEquals(depth(planned(build)), 36 * modules + 20);
    assertEquals(depth(planned(build, { layout: "text" })), 36 * modules + 20);
  });

  Deno.test(`${name} has 23,130 weights more for 100 classes`, () => {
    assertEquals(params(planned(build, { classes: 100 })).weights - tail.weights, 23_130);
  });

  Deno.test(`${name} is what the zoo has under that name`, () => {
    const { net, input } = orThrow(network(name));
    assertEquals(input, CIFAR);
    assertEquals(params(orThrow(plan(net, input))), tail);
  });
}

Deno.test("each module more costs 798,720 convolution weights", () => {
  const weights = (modules: readonly number[]) =>
    params(orThrow(plan(residualAttention({ modules }), CIFAR))).weights;
  assertEquals(weights([2, 1, 1]) - weights([1, 1, 1]), 60_416);
  assertEquals(weights([1, 2, 1]) - weights([1, 1, 1]), 189_440);
  assertEquals(weights([1, 1, 2]) - weights([1, 1, 1]), 548_864);
});

Deno.test("masks hold 8, 5 and 2 units at depths 3, 2 and 1", () => {
  assertEquals(maskUnits(planned(attention56)), [8, 5, 2]);
});

Deno.test("cifar/attention-452 has 10.14M weights in the reading that Fig 2 draws", () => {
  const tail = planned(attention452);
  assertEquals(Math.round(params(tail).weights / 1e4), 1014);
  assertEquals(Math.round(params(planned(attention452, { layout: "text" })).weights / 1e4), 1002);
  assertEquals(Math.round(params(planned(attention452, { layout: "text" })).trainable / 1e4), 1018);
});

Deno.test("cifar/attention-452 has depth 452 and masks of 20, 13 and 6 units", () => {
  const tail = planned(attention452);
  assertEquals(depth(tail), 452);
  const six = (units: number) => Array.from({ length: 6 }, () => units);
  assertEquals(maskUnits(tail), [...six(20), ...six(13), ...six(6)]);
});

Deno.test("the weights are the convolutions' and the classifier's, batch norms hold the rest", () => {
  const { layers, params: counts } = summarize(planned(attention56));
  const of = (type: string) =>
    layers.filter(({ layer }) => layer === type).reduce((sum, { params }) => sum + params, 0);
  assertEquals(of("conv") + of("dense"), counts.weights);
  assertEquals(of("batch_norm"), counts.total - counts.weights);
});

Deno.test("a stem of another width moves the counts by what the stem itself costs", () => {
  const with64 = params(planned(attention56, { stem: 64 }));
  const stemConv = 27 * (64 - 16);
  // With equal widths the first unit needs no projection; its batch norm and first 1x1 are wider.
  const firstUnit = 16 * (64 - 16) - 16 * 64;
  assertEquals(with64.weights - 1_132_986, stemConv + firstUnit);
});
