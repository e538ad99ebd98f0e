import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { orThrow } from "../../dsl/problem/throw.ts";
import { type Labels, limit, splitTrain } from "../../tasks/data/mod.ts";
import { numberedImages, randomImages } from "./_images.ts";
import { assertProblem } from "./_results.ts";

function histogram(labels: Labels): readonly number[] {
  const counts = [0, 0, 0, 0, 0];
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

const parts = fc.integer({ min: 2, max: 250 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    taken: fc.integer({ min: 1, max: count - 1 }),
    classes: fc.integer({ min: 1, max: 5 }),
    key: fc.tuple(fc.nat(), fc.nat()),
  })
);

Deno.test("splitTrain() shares every image out, once, with its label", () =>
  fc.assert(fc.property(parts, ({ count, taken, classes, key }) => {
    const images = numberedImages(count, classes);
    const { train, validation } = orThrow(
      splitTrain(images, { validation: taken, key }),
    );
    assertEquals([train.count, validation.count], [count - taken, taken]);
    const all = [...train.pixels, ...validation.pixels];
    assertEquals(all.toSorted((a, b) => a - b), [...images.pixels]);
    for (const part of [train, validation]) {
      assertEquals(part.labels, part.pixels.map((image) => image % classes));
    }
  })));

Deno.test("splitTrain() and limit() keep the mix of classes", () =>
  fc.assert(fc.property(parts, ({ count, taken, classes, key }) => {
    const images = randomImages(count, { shape: [1, 1, 1], classes });
    const whole = histogram(images.labels);
    const { validation } = orThrow(
      splitTrain(images, { validation: taken, key }),
    );
    const subset = orThrow(limit(images, taken, key));
    assertEquals(subset.count, taken);
    for (const part of [validation, subset]) {
      histogram(part.labels).forEach((got, label) => {
        const share = taken * (whole[label] ?? 0) / count;
        assert(Math.abs(got - share) < 1 + 1e-9, `${got} for ${share}`);
      });
    }
  })));

Deno.test("splitTrain() and limit() are decided by their key", () => {
  const images = numberedImages(200, 5);
  const held = (key: readonly [number, number]) =>
    orThrow(splitTrain(images, { validation: 50, key })).validation.pixels;
  assertEquals(held([1, 2]), held([1, 2]));
  assertNotEquals(held([1, 2]), held([1, 3]));
  assertNotEquals(
    orThrow(limit(images, 50, [1, 2])).pixels,
    orThrow(limit(images, 50, [1, 3])).pixels,
  );
});

Deno.test("limit() of everything is everything", () => {
  const images = randomImages(20);
  assertEquals(orThrow(limit(images, 20, [0, 0])), images);
});

Deno.test("splitTrain() and limit() refuse empty and too large parts", () => {
  const images = randomImages(20);
  for (const validation of [0, 20, 21, 1.5, NaN, -1]) {
    assertProblem(
      splitTrain(images, { validation, key: [0, 0] }),
      `got     ${validation} of 20 training images`,
      "wanted  a whole number from 1 to 19",
      "hint    hold out fewer, or none",
    );
  }
  for (const count of [0, 21, 1.5, NaN]) {
    assertProblem(limit(images, count, [0, 0]), `${count} of 20 images`);
  }
  assertProblem(
    splitTrain(randomImages(1), { validation: 1, key: [0, 0] }),
    "at least 2 training images",
  );
});
