/** The splittable generator against the known answers of Random123, and its statistics. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  integer,
  type Key,
  normals,
  permutation,
  seedKey,
  split,
  threefry,
  uniforms,
} from "../../dsl/programs/random.ts";

const hex = (words: Key) => words.map((word) => word.toString(16).padStart(8, "0"));
const mean = (xs: Float32Array) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const moment = (xs: Float32Array, power: number) => mean(xs.map((x) => x ** power));
const correlation = (a: Float32Array, b: Float32Array) => mean(a.map((x, i) => x * (b[i] ?? NaN)));

Deno.test("threefry() gives the known answers of Random123 for 20 rounds", () => {
  const all = 0xffffffff;
  assertEquals(hex(threefry([0, 0], 0, 0)), ["6b200159", "99ba4efe"]);
  assertEquals(hex(threefry([all, all], all, all)), ["1cb996fc", "bb002be7"]);
  assertEquals(
    hex(threefry([0x13198a2e, 0x03707344], 0x243f6a88, 0x85a308d3)),
    ["c4923a9c", "483df7a0"],
  );
});

Deno.test("seedKey() tells all seeds below 2^53 apart", () => {
  const seeds = [0, 1, 2, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  assertEquals(new Set(seeds.map((seed) => hex(seedKey(seed)).join())).size, seeds.length);
});

Deno.test("split() gives the same label the same key and every other label another", () => {
  const labels = ["", "a", "b", "ab", "ba", "a\0", "1", "stage1.conv1.kernel", 0, 1, 2, 2 ** 40];
  const key = seedKey(7);
  const keys = labels.map((label) => hex(split(key, label)).join());
  assertEquals(new Set(keys).size, labels.length);
  assertEquals(keys, labels.map((label) => hex(split(key, label)).join()));
  assertNotEquals(split(key, "a"), split(seedKey(8), "a"));
});

Deno.test("split() gives keys whose draws do not depend on each other or on their parent", () => {
  const key = seedKey(1);
  const count = 20_000;
  const draws = [key, split(key, 0), split(key, 1), split(key, "a"), split(split(key, 0), 0)]
    .map((key) => normals(key, count));
  draws.forEach((a, i) =>
    draws.slice(i + 1).forEach((b) => {
      assertAlmostEquals(correlation(a, b), 0, 5 / Math.sqrt(count));
    })
  );
});

Deno.test("uniforms() lie in [0, 1) with the moments of the uniform distribution", () => {
  const draws = uniforms(seedKey(3), 100_000);
  assert(draws.every((x) => x >= 0 && x < 1));
  assertAlmostEquals(mean(draws), 1 / 2, 0.005);
  assertAlmostEquals(moment(draws, 2), 1 / 3, 0.005);
  assertAlmostEquals(correlation(draws.subarray(1), draws), 1 / 4, 0.005);
});

Deno.test("normals() are finite with the moments of the normal distribution", () => {
  const draws = normals(seedKey(3), 100_000);
  assert(draws.every(Number.isFinite));
  assertAlmostEquals(mean(draws), 0, 0.02);
  assertAlmostEquals(moment(draws, 2), 1, 0.02);
  assertAlmostEquals(moment(draws, 3), 0, 0.06);
  assertAlmostEquals(moment(draws, 4), 3, 0.15);
  assertAlmostEquals(correlation(draws.subarray(1), draws), 0, 0.02);
});

Deno.test("a longer draw begins with the shorter one", () => {
  assertEquals(uniforms(seedKey(5), 101).subarray(0, 7), uniforms(seedKey(5), 7));
  assertEquals(normals(seedKey(5), 101).subarray(0, 7), normals(seedKey(5), 7));
});

Deno.test("integer() draws every number below its bound about equally often", () => {
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 7_000; i++) {
    const draw = integer(split(seedKey(9), i), 7);
    counts[draw] = (counts[draw] ?? NaN) + 1;
  }
  assertEquals(counts.length, 7);
  for (const count of counts) assertAlmostEquals(count, 1_000, 160);
});

Deno.test("permutation() holds every index once", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.nat(200), (seed, count) => {
    const order = permutation(seedKey(seed), count);
    assertEquals([...order].sort((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
  }));
});

Deno.test("permutation() puts every index everywhere about equally often", () => {
  const firsts = new Array<number>(5).fill(0);
  for (let i = 0; i < 5_000; i++) {
    const [first = NaN] = permutation(split(seedKey(2), i), 5);
    firsts[first] = (firsts[first] ?? NaN) + 1;
  }
  for (const count of firsts) assertAlmostEquals(count, 1_000, 150);
});
