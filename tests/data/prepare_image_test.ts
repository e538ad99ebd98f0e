import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { orThrow } from "../../dsl/problem/throw.ts";
import {
  batches,
  type Normalization,
  perChannel,
  perPixelMean,
  prepareImage,
  type RgbImage,
} from "../../tasks/data/mod.ts";
import { randomImages } from "./_images.ts";
import { assertProblem } from "./_results.ts";

/** Leaves values as they are, from 0 to 1. */
const plain: Normalization = {
  kind: "per-channel",
  mean: new Float32Array(3),
  std: new Float32Array(3).fill(1),
};

function random(width: number, height: number, seed = 1): RgbImage {
  const { pixels } = randomImages(1, { shape: [height, width, 3], seed });
  return { width, height, pixels };
}

/** A grey image with these brightnesses. */
function grey(width: number, height: number, values: readonly number[]): RgbImage {
  return { width, height, pixels: Uint8Array.from(values.flatMap((v) => [v, v, v])) };
}

/** The brightnesses, 0 to 255, of a grey image made ready. */
function shades(
  image: RgbImage,
  size: { height: number; width: number; fit?: "crop" | "stretch" },
): readonly number[] {
  const input = orThrow(prepareImage(image, { ...size, normalization: plain }));
  return [...input].filter((_, i) => i % 3 === 0).map((value) => Math.round(value * 2550) / 10);
}

Deno.test("prepareImage() gives the numbers of a batch for an image of the right size", () => {
  const images = randomImages(3, { shape: [6, 5, 3] });
  for (
    const normalization of [
      orThrow(perPixelMean(images)),
      orThrow(perPixelMean(images, { divide: true })),
      orThrow(perChannel(images)),
    ]
  ) {
    const [batch] = orThrow(batches(images, {
      size: 3,
      classes: 3,
      key: [0, 0],
      epoch: 0,
      normalization,
    }));
    for (let i = 0; i < 3; i++) {
      const pixels = images.pixels.subarray(i * 90, (i + 1) * 90);
      const input = orThrow(
        prepareImage({ width: 5, height: 6, pixels }, { width: 5, height: 6, normalization }),
      );
      assertEquals(input, batch?.images.subarray(i * 90, (i + 1) * 90));
    }
  }
});

Deno.test("prepareImage() averages areas when an image shrinks", () => {
  const image = grey(4, 2, [0, 10, 100, 200, 20, 30, 100, 0]);
  assertEquals(shades(image, { height: 1, width: 2 }), [15, 100]);
  // Three columns into two: the middle one counts half on each side.
  assertEquals(shades(grey(3, 1, [30, 60, 90]), { height: 1, width: 2 }), [40, 80]);
});

Deno.test("prepareImage() interpolates linearly when an image grows", () => {
  assertEquals(
    shades(grey(2, 1, [0, 100]), { height: 1, width: 4 }),
    [0, 25, 75, 100],
  );
  assertEquals(shades(grey(1, 1, [7]), { height: 2, width: 3 }), [7, 7, 7, 7, 7, 7]);
});

Deno.test("prepareImage() keeps a uniform image uniform and the mean of a shrunk one", () =>
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 20 }),
    fc.nat(255),
    (width, height, toWidth, toHeight, value) => {
      const to = { width: toWidth, height: toHeight };
      const flat = grey(width, height, new Array(width * height).fill(value));
      assertEquals(new Set(shades(flat, to)), new Set([value]));
      if (toWidth > width || toHeight > height) return;
      const image = random(width, height, value + 1);
      const input = orThrow(prepareImage(image, { ...to, normalization: plain }));
      const mean = (values: ArrayLike<number>) =>
        Array.from(values).reduce((a, b) => a + b, 0) / values.length;
      assertAlmostEquals(mean(input), mean(image.pixels) / 255, 1e-6);
    },
  )));

Deno.test("prepareImage() stretches other proportions, or cuts the middle out", () => {
  const wide = grey(4, 2, [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(shades(wide, { height: 2, width: 2 }), [1.5, 3.5, 5.5, 7.5]);
  assertEquals(shades(wide, { height: 2, width: 2, fit: "crop" }), [2, 3, 6, 7]);
  const high = grey(1, 3, [1, 2, 3]);
  assertEquals(shades(high, { height: 1, width: 1, fit: "crop" }), [2]);
});

Deno.test("prepareImage() refuses sizes that do not fit", () => {
  const image = random(4, 4);
  assertProblem(
    prepareImage({ ...image, width: 5 }, { height: 2, width: 2, normalization: plain }),
    "48 bytes for 5x4, to become 2x2",
    "60 bytes",
  );
  assertProblem(
    prepareImage(image, { height: 0, width: 2, normalization: plain }),
    "to become 2x0",
  );
  assertProblem(
    prepareImage(image, {
      height: 2,
      width: 2,
      normalization: orThrow(perPixelMean(randomImages(2))),
    }),
    "a mean for 4x5x3, images of 2x2x3",
  );
  const two: Normalization = {
    kind: "per-channel",
    mean: Float32Array.of(0, 0),
    std: Float32Array.of(1, 1),
  };
  assertProblem(
    prepareImage(image, { height: 2, width: 2, normalization: two }),
    "a mean for 2x2x2, images of 2x2x3",
    "use images of as many channels as the mean has",
  );
});
