/** Convolution and pooling on every backend over geometries drawn at random. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Engine } from "../../dsl/engines/engine.ts";
import type { Padding, Pair } from "../../dsl/graph/op.ts";
import { testBackends } from "./_backends.ts";
import { type Case, single, tied } from "./_case.ts";
import { faults } from "./_compare.ts";
import { convolution, type ConvolutionCase, type PoolCase, pooling } from "./_geometries.ts";

const upTo = (largest: number, least = 1): fc.Arbitrary<number> =>
  fc.integer({ min: least, max: largest });
const pair = (largest: number): fc.Arbitrary<Pair> => fc.tuple(upTo(largest), upTo(largest));
const padding = (largest: number): fc.Arbitrary<Padding> =>
  fc.tuple(upTo(largest, 0), upTo(largest, 0), upTo(largest, 0), upTo(largest, 0));

const convolutions: fc.Arbitrary<ConvolutionCase> = fc.record({
  n: upTo(3),
  map: pair(9),
  taps: pair(4),
  stride: pair(3),
  dilation: pair(2),
  padding: padding(3),
  groups: upTo(3),
  channels: pair(5),
}).filter(({ map, taps, dilation, padding: [top, bottom, left, right] }) =>
  map[0] + top + bottom > (taps[0] - 1) * dilation[0] &&
  map[1] + left + right > (taps[1] - 1) * dilation[1]
).map(({ n, map, taps, channels: [inner, outer], groups, ...geometry }) =>
  convolution(
    `${n}x${map}x${inner * groups}, kernel ${taps} to ${outer * groups}, ` +
      JSON.stringify({ groups, ...geometry }),
    [[n, ...map, inner * groups], [...taps, inner, outer * groups]],
    { groups, ...geometry },
  )
);

/** Whether every window holds a pixel of the map, along one axis. */
function touches(
  [size, window, stride]: readonly [number, number, number],
  [before, after]: Pair,
): boolean {
  if (size + before + after < window || before >= window) return false;
  const last = Math.floor((size + before + after - window) / stride);
  return last * stride - before < size;
}

const pools: fc.Arbitrary<PoolCase> = fc.record({
  n: upTo(2),
  map: pair(9),
  channels: upTo(5),
  window: pair(4),
  stride: pair(3),
  padding: padding(3),
}).filter(({ map, window, stride, padding: [top, bottom, left, right] }) =>
  touches([map[0], window[0], stride[0]], [top, bottom]) &&
  touches([map[1], window[1], stride[1]], [left, right])
).map(({ n, map, channels, ...geometry }) =>
  pooling(`${n}x${map}x${channels}, ${JSON.stringify(geometry)}`, [n, ...map, channels], geometry)
);

function convolutionCases({ name, x, y, kernel, geometry }: ConvolutionCase): readonly Case[] {
  return [
    single(`conv2d ${name}`, { op: "conv2d", activation: "relu", ...geometry }, [
      x,
      kernel,
      kernel.slice(-1),
    ]),
    single(
      `conv2dInputGrad ${name}`,
      { op: "conv2dInputGrad", inputShape: x, ...geometry },
      [y, kernel],
    ),
    single(
      `conv2dFilterGrad ${name}`,
      { op: "conv2dFilterGrad", kernelShape: kernel, ...geometry },
      [x, y],
    ),
  ];
}

function poolCases({ name, x, y, geometry }: PoolCase): readonly Case[] {
  const image = { shape: x, fill: tied };
  return [
    single(`maxPool ${name}`, { op: "maxPool", ...geometry }, [x]),
    single(`averagePool ${name}`, { op: "averagePool", ...geometry }, [x]),
    single(
      `averagePoolGrad ${name}`,
      { op: "averagePoolGrad", inputShape: x, ...geometry },
      [y],
    ),
    // A map of one value ties everywhere; its maxima are that value too.
    single(
      `maxPoolGrad ${name}`,
      { op: "maxPoolGrad", ...geometry },
      [y, { ...image, fill: (n) => new Float32Array(n) }, {
        shape: y,
        fill: (n) => new Float32Array(n),
      }],
    ),
  ];
}

/** Draws geometries; fewer where each costs the compilation of shaders. */
async function check<A>(
  engine: Engine,
  geometries: fc.Arbitrary<A>,
  cases: (geometry: A) => readonly Case[],
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(geometries, async (geometry) => {
      for (const one of cases(geometry)) assertEquals(await faults(engine, one), []);
    }),
    { numRuns: engine.backend === "webgpu" ? 15 : 60, seed: 1 },
  );
}

testBackends(
  "convolution is right for any geometry",
  (engine) => check(engine, convolutions, convolutionCases),
);

testBackends("pooling is right for any geometry", (engine) => check(engine, pools, poolCases));
