import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { checkDataset, type Images, shapes } from "../../tasks/data/mod.ts";
import { assertProblem } from "./_results.ts";

Deno.test("shapes() makes a sound, balanced data set of ten classes", () => {
  const data = orThrow(shapes({ count: 30, testCount: 20 }));
  orThrow(checkDataset(data));
  assertEquals(data.classes.length, 10);
  assertEquals([...data.test.labels].filter((label) => label === 7).length, 2);
});

Deno.test("shapes() depends on its seed alone, and a larger set begins with the smaller", () => {
  const small = orThrow(shapes({ count: 20, testCount: 10, seed: 5 }));
  const large = orThrow(shapes({ count: 40, testCount: 20, seed: 5 }));
  const other = orThrow(shapes({ count: 20, testCount: 10, seed: 6 }));
  assertEquals(
    large.train.pixels.subarray(0, small.train.pixels.length),
    small.train.pixels,
  );
  assertNotEquals(other.train.pixels, small.train.pixels);
  assertNotEquals(
    small.test.pixels,
    small.train.pixels.subarray(0, small.test.pixels.length),
  );
});

Deno.test("shapes() refuses counts that are not counts", () => {
  assertProblem(
    shapes({ count: 0, testCount: 1.5, seed: -1 }),
    "shapes.count (option)",
    "shapes.testCount (option)",
    "got     1.5",
    "shapes.seed (option)",
  );
});

/** Each image as numbers around 0. */
function rows(images: Images): readonly Float64Array[] {
  return Array.from(
    { length: images.count },
    (_, i) =>
      Float64Array.from(
        images.pixels.subarray(i * 3072, (i + 1) * 3072),
        (byte) => byte / 255 - 0.5,
      ),
  );
}

Deno.test("shapes() cannot be told apart by a linear map of the pixels", () => {
  const { train, test } = orThrow(shapes({ count: 1000, testCount: 500 }));
  // Nearest class mean: the linear classifier that needs no training.
  const means = Array.from({ length: 10 }, () => new Float64Array(3072));
  rows(train).forEach((row, i) => {
    const mean = means[train.labels[i] ?? 0] ?? row;
    row.forEach((value, k) => mean[k] = (mean[k] ?? 0) + value / 100);
  });
  let right = 0;
  rows(test).forEach((row, i) => {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, k) => sum + (value - (row[k] ?? 0)) ** 2, 0)
    );
    const nearest = distances.indexOf(Math.min(...distances));
    if (nearest === test.labels[i]) right++;
  });
  assert(right / test.count < 0.25, `${right} of ${test.count}`);
});
