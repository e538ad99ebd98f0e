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
  assertEquals(Math.round(weights([1, 2, 3]) / 1e4), 242);
});

Deno.test("100 classes in the text layout print the paper's 1.9M and 5.1M too, trainable", () => {
  const trainable = (build: Build) =>
    (params(planned(build, { layout: "text", classes: 100 })).trainable / 1e6).toFixed(3);
  assertEquals([trainable(attention92), trainable(attention236)], ["1.864", "5.108"]);
});

Deno.test("masks hold 8, 5 and 2 units at depths 3, 2 and 1", () => {
  assertEquals(maskUnits(planned(attention56)), [8, 5, 2]);
});

const six = (units: number) => Array.from({ length: 6 }, () => units);

/** Counts in millions to two decimals, as the table of readings has them. */
const READINGS = [
  {
    reading: "figure",
    units: [20, 13, 6],
    rounded: ["10.14", "10.02", "10.18"],
    tail: { weights: 10_140_090, trainable: 10_299_674, total: 10_459_258 },
    text: { weights: 10_022_586, trainable: 10_181_210, total: 10_339_834 },
    macs: 984_386_048,
  },
  {
    reading: "descent",
    units: [14, 9, 4],
    rounded: ["8.73", "8.61", "8.75"],
    tail: { weights: 8_730_042, trainable: 8_864_282, total: 8_998_522 },
    text: { weights: 8_612_538, trainable: 8_745_818, total: 8_879_098 },
    macs: 936_757_760,
  },
] as const;

for (const { reading, units, rounded, tail, text, macs } of READINGS) {
  Deno.test(`cifar/attention-452 has the table's parameters when r is read as ${reading}`, () => {
    assertEquals(params(planned(attention452, { reading })), tail);
    assertEquals(params(planned(attention452, { reading, layout: "text" })), text);
    const millions = [tail.weights, text.weights, text.trainable];
    assertEquals(millions.map((count) => (count / 1e6).toFixed(2)), [...rounded]);
  });

  Deno.test(`cifar/attention-452 has the table's masks when r is read as ${reading}`, () => {
    const net = planned(attention452, { reading });
    assertEquals(maskUnits(net), units.flatMap(six));
    assertEquals([depth(net), cost(net).macs], [452, macs]);
  });
}

Deno.test("both readings of r are the same network at r = 1", () => {
  assertEquals(attention236({ reading: "descent" }), attention236());
});

Deno.test("cifar/attention-452 in the zoo is read as the figure draws it", () => {
  assertEquals(orThrow(network("cifar/attention-452")).net, attention452({ reading: "figure" }));
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
