import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { orThrow } from "../../dsl/problem/throw.ts";
import {
  batches,
  cifar10,
  type Images,
  type Normalization,
  normalizationFromJson,
  normalizationToJson,
  perChannel,
  perPixelMean,
} from "../../tasks/data/mod.ts";
import { randomImages } from "./_images.ts";
import { assertProblem } from "./_results.ts";

const images = randomImages(40, { shape: [3, 2, 3] });

/** All images, normalised. */
function normalized(of: Images, normalization: Normalization): Float32Array {
  const [batch] = orThrow(batches(of, {
    size: of.count,
    classes: 3,
    key: [0, 0],
    epoch: 0,
    normalization,
  }));
  return batch?.images ?? new Float32Array();
}

function moments(values: readonly number[]): readonly [number, number] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / values.length)];
}

Deno.test("perPixelMean() brings every pixel and channel to mean 0", () => {
  const out = normalized(images, orThrow(perPixelMean(images)));
  for (let i = 0; i < 18; i++) {
    const values = [...out].filter((_, k) => k % 18 === i);
    assertAlmostEquals(moments(values)[0], 0, 1e-6);
  }
  assertAlmostEquals(
    (out[0] ?? 0) - (out[18] ?? 0),
    ((images.pixels[0] ?? 0) - (images.pixels[18] ?? 0)) / 255,
    1e-6,
  );
});

Deno.test("perChannel() brings every channel to mean 0 and deviation 1", () => {
  const out = normalized(images, orThrow(perChannel(images)));
  for (let c = 0; c < 3; c++) {
    const [mean, deviation] = moments([...out].filter((_, k) => k % 3 === c));
    assertAlmostEquals(mean, 0, 1e-6);
    assertAlmostEquals(deviation, 1, 1e-6);
  }
});

Deno.test("perPixelMean() can divide by each channel's deviation", () => {
  const out = normalized(
    images,
    orThrow(perPixelMean(images, { divide: true })),
  );
  for (let c = 0; c < 3; c++) {
    const [, deviation] = moments([...out].filter((_, k) => k % 3 === c));
    assertAlmostEquals(deviation, 1, 1e-6);
  }
});

Deno.test("perChannel() refuses a channel that never changes", () => {
  const flat = { ...images, pixels: new Uint8Array(images.pixels.length) };
  assertProblem(perChannel(flat), "channel 0 is the same in all images");
  assertProblem(perPixelMean(flat, { divide: true }), "channel 0");
});

Deno.test("perChannel() finds the known figures of CIFAR-10", async () => {
  const { train } = orThrow(await cifar10());
  const { mean, std } = orThrow(perChannel(train));
  [0.4914, 0.4822, 0.4465].forEach((value, c) => assertAlmostEquals(mean[c] ?? 0, value, 1e-4));
  [0.2470, 0.2435, 0.2616].forEach((value, c) => assertAlmostEquals(std[c] ?? 0, value, 1e-4));
});

Deno.test("normalizations survive JSON to the last bit", () =>
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, min: 0, max: 1 }), {
        minLength: 6,
        maxLength: 6,
      }),
      (values) => {
        const mean = Float32Array.from(values);
        const std = Float32Array.of(1 / 3, 0.1, 7);
        for (
          const normalization of [
            { kind: "per-pixel-mean", shape: [1, 2, 3], mean },
            { kind: "per-pixel-mean", shape: [1, 2, 3], mean, std },
            { kind: "per-channel", mean: mean.slice(0, 3), std },
          ] as const
        ) {
          const text = JSON.stringify(normalizationToJson(normalization));
          assertEquals(
            orThrow(normalizationFromJson(JSON.parse(text))),
            normalization,
          );
        }
      },
    ),
  ));

Deno.test("normalizationFromJson() says what is wrong", () => {
  const read = (value: unknown) => normalizationFromJson(value);
  assertProblem(read(null), "got     null", "wanted  an object");
  assertProblem(read({ kind: "other", mean: [] }), 'got     "other"', '"per-pixel-mean"');
  const field = (name: string) => `normalization: ${name} (checkpoint)`;
  assertProblem(read({ kind: "per-channel", mean: "x" }), field("mean"), "wanted  a list");
  const pixel = { kind: "per-pixel-mean", mean: [0] };
  assertProblem(read({ ...pixel, shape: [1, 1] }), field("shape.2"), "wanted  a number");
  assertProblem(read({ ...pixel, shape: [1, 1, 3] }), "height x width x channels means");
  const std = { kind: "per-channel", mean: [0, 0] };
  assertProblem(read({ ...std, std: [1, 0] }), field("std.1"), "got     0");
  assertProblem(read({ ...std, std: [1] }), "as many deviations as means");
  assertProblem(read({ ...std, mean: [0, NaN], std: [1, 1] }), field("mean.1"), "got     NaN");
});
