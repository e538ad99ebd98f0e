/** Grad-CAM against what it comes to where the network's head is simple enough to say. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { outputsOf, withLoaded } from "../../dsl/engines/loaded.ts";
import {
  batchNorm,
  conv,
  dense,
  flatten,
  globalAveragePool,
  maxPool,
  relu,
} from "../../layers/mod.ts";
import { chain, initialParameters, type Net, orThrow, plan, probe } from "../../mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { gradCams, lastMap } from "../../tasks/masks/grad_cam.ts";

const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
const [HEIGHT, WIDTH, CHANNELS, CLASSES] = [5, 4, 6, 3];
const POSITIONS = HEIGHT * WIDTH;
const body = chain(conv(CHANNELS, { kernel: 3 }), batchNorm(), relu());
const picture = Float32Array.from({ length: POSITIONS * 2 }, (_, i) => Math.sin(i * i));

/** A network with weights, what its last map is for the picture, and the kernel of its classifier. */
async function seen(net: Net) {
  const planned = orThrow(plan(net, [HEIGHT, WIDTH, 2]));
  const tensors = initialParameters(planned, 3);
  const tap = { name: "map", part: lastMap(planned) ?? planned, side: "output" } as const;
  const outputs = await withLoaded(
    engine,
    probe(planned, 1, [tap]),
    tensors,
    (loaded) => outputsOf(loaded, { images: picture }),
  );
  const kernel = tensors.get("dense1.kernel")?.data ?? new Float32Array();
  const network = { plan: planned, checkpoint: { tensors } };
  const cams = await gradCams(network, { values: picture, classes: [2, 0] }, engine);
  return { map: outputs.get("map") ?? new Float32Array(), kernel, cams };
}

/** The sum over channels of a map, each weighed, where it is positive. */
function weighed(map: Float32Array, weight: (channel: number) => number): readonly number[] {
  return Array.from({ length: POSITIONS }, (_, at) => {
    const terms = Array.from(
      { length: CHANNELS },
      (_, k) => weight(k) * (map[at * CHANNELS + k] ?? NaN),
    );
    return Math.max(0, terms.reduce((a, b) => a + b));
  });
}

function assertCams(
  { map, cams }: Awaited<ReturnType<typeof seen>>,
  weightOf: (name: number) => (channel: number) => number,
): void {
  for (const [i, name] of [2, 0].entries()) {
    const wanted = weighed(map, weightOf(name));
    const { height, width, channels, data = [] } = cams[i] ?? {};
    assertEquals([height, width, channels, data.length], [HEIGHT, WIDTH, 1, POSITIONS]);
    wanted.forEach((value, at) => assertAlmostEquals(data[at] ?? NaN, value, 1e-6));
    assert(wanted.some((value) => value > 1e-3), "something speaks for the class");
  }
}

Deno.test("behind a global average pool Grad-CAM is CAM: the classifier's row over the positions", async () => {
  const found = await seen(chain(body, globalAveragePool(), dense(CLASSES)));
  const { kernel } = found;
  assertEquals(kernel.length, CHANNELS * CLASSES);
  assertCams(found, (name) => (k) => (kernel[k * CLASSES + name] ?? NaN) / POSITIONS);
});

Deno.test("behind a classifier of all positions Grad-CAM weighs a channel by the mean of its weights", async () => {
  const found = await seen(chain(body, flatten(), dense(CLASSES)));
  const { kernel } = found;
  assertEquals(kernel.length, POSITIONS * CHANNELS * CLASSES);
  assertCams(found, (name) => (k) => {
    let total = 0;
    for (let at = 0; at < POSITIONS; at++) {
      total += kernel[(at * CHANNELS + k) * CLASSES + name] ?? NaN;
    }
    return total / POSITIONS;
  });
});

Deno.test("the last map is the last of more than one position; a network without has no Grad-CAM", async () => {
  const pooled = orThrow(plan(chain(conv(4), maxPool(2), maxPool(2), conv(8)), [4, 4, 3]));
  assertEquals(lastMap(pooled)?.output, [2, 2, 4]);
  const attention = orThrow(plan(attention20(), [32, 32, 3]));
  assertEquals(lastMap(attention)?.output.slice(0, 2), [8, 8]);
  const flat = orThrow(plan(chain(flatten(), dense(2)), [1, 1, 3]));
  assertEquals(lastMap(flat), undefined);
  const network = { plan: flat, checkpoint: { tensors: initialParameters(flat, 1) } };
  const asked = { values: new Float32Array(3), classes: [0] };
  assertEquals(await gradCams(network, asked, engine), []);
});
