/** Squeeze-and-excitation and its kin: counts by their formulas, and what they leave alone. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  attend,
  bam,
  cbam,
  chain,
  coordinateAttention,
  cost,
  eca,
  fork,
  fromJSON,
  identity,
  inference,
  initialParameters,
  narrower,
  type Net,
  orThrow,
  parametersOf,
  params,
  plan,
  preactivation,
  repeat,
  squeezeExcite,
  toJSON,
} from "../../mod.ts";
import { efficientnetB0, mobilenetV2 } from "../../nets/mod.ts";
import {
  batchNorm,
  channelConv,
  channelPool,
  conv,
  coordinateMask,
  dense,
  globalAveragePool,
  globalMaxPool,
  hardSigmoid,
  positionPool,
  relu,
  scale,
} from "../../layers/mod.ts";
import { normals, seedKey } from "../../dsl/programs/random.ts";
import { onlyProblem } from "../_problems.ts";
import { runReference } from "../_reference.ts";
import { answer, rows } from "./_answer.ts";

const [H, W, C, R] = [14, 20, 64, 16];
const M = C / R;
const COORDINATES = 8;

/** Parameters and MACs by the formulas of the papers. */
const COUNTS: Readonly<Record<string, readonly [Net, trainable: number, macs: number]>> = {
  squeezeExcite: [squeezeExcite(), 2 * C * M + M + C, 2 * C * M],
  cbam: [cbam(), 2 * C * M + M + C + 2 * 49 + 2, 4 * C * M + 2 * 49 * H * W],
  bam: [
    bam(),
    3 * C * M + 18 * M * M + 13 * M + C + 1,
    2 * C * M + H * W * (C * M + 18 * M * M + M),
  ],
  eca: [eca(), 3, 3 * C],
  coordinateAttention: [
    coordinateAttention(),
    3 * C * COORDINATES + 2 * C + 3 * COORDINATES,
    2 * (H + W) * C * COORDINATES,
  ],
};

for (const [name, [net, trainable, macs]] of Object.entries(COUNTS)) {
  Deno.test(`${name}() has the parameters and MACs of its formula, and keeps the map`, () => {
    const planned = orThrow(plan(net, [H, W, C]));
    assertEquals(planned.output, [H, W, C]);
    assertEquals([params(planned).trainable, cost(planned).macs], [trainable, macs]);
  });
}

Deno.test("attentions of a ratio stand on widths that it does not divide, their middles rounded down", () => {
  for (const [channels, middle] of [[40, 2], [24, 1], [8, 1], [144, 9]] as const) {
    const narrow: Readonly<Record<string, readonly [Net, trainable: number]>> = {
      squeezeExcite: [squeezeExcite(), 2 * channels * middle + middle + channels],
      cbam: [cbam(), 2 * channels * middle + middle + channels + 2 * 49 + 2],
      bam: [
        bam(),
        3 * channels * middle + 18 * middle ** 2 + 13 * middle + channels + 1,
      ],
    };
    for (const [net, trainable] of Object.values(narrow)) {
      const planned = orThrow(plan(net, [H, W, channels]));
      assertEquals([planned.output, params(planned).trainable], [[H, W, channels], trainable]);
    }
  }
  for (const net of [mobilenetV2(), efficientnetB0()]) {
    for (const attention of [squeezeExcite(), cbam(), bam()]) {
      const attended = orThrow(plan(orThrow(attend(net, attention)), [64, 64, 3]));
      assertEquals(attended.output, [1000]);
    }
  }
});

Deno.test('the width "outer" is that of what comes into the nearest fork, or into the network', () => {
  const inner = fork("add", chain(conv(narrower(4)), relu(), conv("outer")), identity);
  const net = chain(conv(10), fork("add", identity, chain(conv(6), inner, conv("outer"))));
  const planned = orThrow(plan(net, [4, 4, 3]));
  const kernels = parametersOf(planned).map(({ shape }) => shape.slice(2));
  assertEquals(kernels, [[3, 10], [10, 6], [6, 1], [1, 6], [6, 10]]);
  assertEquals(orThrow(fromJSON(toJSON(net))), net);
  assertEquals(orThrow(plan(chain(conv(9), conv("outer")), [4, 4, 3])).output, [4, 4, 3]);
  assertEquals(onlyProblem(plan(conv({ narrower: 0 }), [4, 4, 3])).code, "invalid-field");
});

const host = chain(
  conv(8, { kernel: 3 }),
  repeat(2, preactivation()),
  batchNorm(),
  relu(),
  globalAveragePool(),
  dense(4),
);

const ONE = chain(scale(0), hardSigmoid(), scale(2));

/** Each attention with a mask that leaves everything as it is. */
const OPEN: Readonly<Record<string, Net>> = {
  squeezeExcite: squeezeExcite({ ratio: 4, gate: ONE }),
  cbam: cbam({ ratio: 4, gate: ONE }),
  bam: bam({ ratio: 4, gate: scale(0) }),
  eca: eca({ gate: ONE }),
  // Its sigmoids are opened by their biases.
  coordinateAttention: coordinateAttention({ ratio: 4, least: 2 }),
};

function logitsOf(net: Net): readonly number[] {
  const planned = orThrow(plan(net, [6, 5, 3]));
  const parameters = [...initialParameters(planned, 1)].map(([path, { data }]) =>
    [path, /(rows|columns)\.bias$/.test(path) ? data.map(() => 100) : data] as const
  );
  const images = normals(seedKey(2), 6 * 5 * 3);
  const { outputs } = runReference(inference(planned, 1), Object.fromEntries(parameters), {
    images,
  });
  return [...outputs["logits"] ?? []];
}

for (const [name, open] of Object.entries(OPEN)) {
  Deno.test(`${name}() whose mask lets everything through changes nothing, wherever it stands`, () => {
    for (const at of ["units", "output"] as const) {
      const attended = orThrow(attend(host, open, { at }));
      logitsOf(attended).forEach((x, i) => assertAlmostEquals(x, logitsOf(host)[i] ?? NaN, 1e-9));
    }
  });
}

Deno.test("a channel pool takes the mean or the largest of a position's channels", () => {
  const map = { shape: [1, 2, 3], data: [1, 2, 6, -1, -5, -3] };
  assertEquals(answer(channelPool("mean"), map), [3, -3]);
  assertEquals(answer(channelPool("max"), map), [6, -1]);
  const { code } = onlyProblem(plan(chain(channelPool("max"), conv(1)), [6]));
  assertEquals(code, "map-needed", "what comes of a pool without a map is unknown, and told once");
});

Deno.test("a position pool takes the mean or the largest of a channel's positions, and stays a map", () => {
  const map = { shape: [2, 1, 3], data: [1, 2, 6, -1, -5, -2] };
  assertEquals(answer(positionPool("mean"), map), [0, -1.5, 2]);
  assertEquals(answer(positionPool("max"), map), [1, 2, 6]);
  assertEquals(onlyProblem(plan(positionPool("mean"), [6])).code, "map-needed");
});

Deno.test("a channel convolution sums neighbours, with zeros beyond the ends", () => {
  const vector = { shape: [4], data: [1, 10, 100, 1000] };
  const kernel = { "channelconv1.kernel": [1, 2, 3] };
  assertEquals(answer(channelConv({ kernel: 3 }), vector, kernel), [32, 321, 3210, 2100]);
  const taps = [4, 8, 64, 256, 512, 2048].map((channels) =>
    params(orThrow(plan(channelConv(), [channels]))).trainable
  );
  assertEquals(taps, [1, 3, 3, 5, 5, 7]);
  assertEquals(onlyProblem(plan(channelConv(), [4, 4, 8])).code, "vector-needed");
  for (const kernel of [2, 0, { gamma: 0, beta: 1 }, { gamma: 2 }]) {
    const { code, path } = onlyProblem(plan(channelConv({ kernel } as never), [8]));
    assertEquals([code, path], ["invalid-field", "channelconv1"]);
  }
});

Deno.test("spread adds numbers of channels to numbers of positions", () => {
  const map = rows([1, 2], [3, 5]);
  const net = fork("spread", identity, chain(globalMaxPool(), dense(3, { bias: false })));
  const kernel = { "dense1.kernel": [10, 20, 40] };
  assertEquals(answer(net, map, kernel), [
    ...[51, 101, 201, 52, 102, 202],
    ...[53, 103, 203, 55, 105, 205],
  ]);
  const refused = (a: Net, b: Net) => onlyProblem(plan(fork("spread", a, b), [4, 4, 8])).hint;
  assert(refused(conv(2), globalAveragePool()).includes("channelPool()"));
  assert(refused(conv(1), conv(8)).includes("globalAveragePool()"));
});

Deno.test("coordinate attention tells rows from columns of maps that are not square", () => {
  const parameters = {
    "conv1.kernel": [1],
    "conv1.bias": [0],
    "bn1.gamma": [1],
    "bn1.beta": [0],
    "bn1.mean": [0],
    "bn1.variance": [1 - 1e-5],
    "rows.kernel": [1],
    "rows.bias": [0],
    "columns.kernel": [0],
    "columns.bias": [100],
  };
  const of = Object.fromEntries(
    Object.entries(parameters).map(([name, data]) => [`coordinatemask1.${name}`, data]),
  );
  // Means of rows are 4, 8 and 12; those of columns are without effect.
  const map = rows([3, 5], [6, 10], [12, 12]);
  const factors = [4, 8, 12].map((mean) => 1 / (1 + Math.exp(-mean)));
  const got = answer(coordinateMask({ ratio: 1, least: 1 }), map, of);
  [0, 0, 1, 1, 2, 2].forEach((row, i) =>
    assertAlmostEquals(got[i] ?? NaN, factors[row] ?? NaN, 1e-12)
  );
});
