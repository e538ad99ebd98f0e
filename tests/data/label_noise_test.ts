import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { chain } from "../../dsl/net/combinators.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { seedKey } from "../../dsl/programs/random.ts";
import { dense, flatten } from "../../layers/mod.ts";
import { noisyLabels, shapes } from "../../tasks/data/mod.ts";
import { adapt, PRESETS } from "../../tasks/training/presets.ts";
import { imagesOf } from "../../tasks/training/prepare_data.ts";

const COUNT = 60_000;
const CLASSES = 10;

Deno.test("noisy labels are wrong at the level's rate, evenly over the other classes", () => {
  const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % CLASSES);
  for (const level of [0.1, 0.3, 0.5, 0.7]) {
    const noisy = noisyLabels(labels, { level, classes: CLASSES, key: seedKey(1) });
    const counts = new Uint32Array(CLASSES * CLASSES);
    labels.forEach((label, i) => counts[label * CLASSES + (noisy[i] ?? 0)]!++);
    const each = COUNT / CLASSES;
    for (let truth = 0; truth < CLASSES; truth++) {
      for (let label = 0; label < CLASSES; label++) {
        const rate = truth === label ? 1 - level : level / (CLASSES - 1);
        const deviation = Math.sqrt(each * rate * (1 - rate));
        const got = counts[truth * CLASSES + label] ?? 0;
        assert(Math.abs(got - each * rate) < 4.5 * deviation, `${truth} as ${label}: ${got}`);
      }
    }
  }
});

Deno.test("noise is drawn once from the seed, image by image", () => {
  const labels = new Uint8Array(500);
  const noise = { level: 0.5, classes: 300, key: seedKey(7) };
  const wide = noisyLabels(Uint16Array.from(labels), noise);
  assertEquals(wide, noisyLabels(Uint16Array.from(labels), noise));
  assertEquals(
    wide.subarray(0, 100),
    noisyLabels(Uint16Array.from(labels.subarray(0, 100)), noise),
  );
  assertNotEquals(wide, noisyLabels(Uint16Array.from(labels), { ...noise, key: seedKey(8) }));
  assert(wide.some((label) => label > 255));
});

Deno.test("a run's noise is in its training labels only, held out ones included", () => {
  const dataset = orThrow(shapes({ count: 600, testCount: 50 }));
  const before = dataset.test.labels.slice();
  const config = (labelNoise: number) => ({
    name: "noise",
    net: chain(flatten(), dense(10)),
    input: [32, 32, 3],
    data: "shapes",
    recipe: adapt(PRESETS.quick, { limit: 400, validation: 100, labelNoise }),
    engine: "auto",
    backend: "cpu",
    versions: {},
  });
  const wrong = (level: number) => {
    const { train, validation } = orThrow(imagesOf(config(level), dataset, seedKey(3)));
    const parts = [train, validation].filter((part) => part !== undefined && "pixels" in part);
    assertEquals(parts.length, 2);
    const truth = new Map<string, number>();
    const bytes = 32 * 32 * 3;
    const { pixels, labels, count } = dataset.train;
    for (let i = 0; i < count; i++) {
      truth.set(pixels.subarray(i * bytes, (i + 1) * bytes).join(), labels[i] ?? 0);
    }
    return parts.map((part) => {
      let different = 0;
      for (let i = 0; i < part.count; i++) {
        const image = part.pixels.subarray(i * bytes, (i + 1) * bytes).join();
        if (truth.get(image) !== part.labels[i]) different++;
      }
      return different / part.count;
    });
  };
  assertEquals(wrong(0), [0, 0]);
  for (const share of wrong(0.5)) assert(share > 0.35 && share < 0.65, `${share}`);
  assertEquals(dataset.test.labels, before);
});
