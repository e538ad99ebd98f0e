/** Norms of each sample alone: what they give on numbers that one can check. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { initialParameters, orThrow, plan } from "../../mod.ts";
import { groupNorm, layerNorm, layerScale } from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { answer } from "./_answer.ts";

const EPSILON = 1e-5;

/** A map of one row and two columns of four channels. */
const map = { shape: [1, 2, 4], data: [1, 3, 10, 30, 5, 7, 20, -20] };

/** The entries at these places less their mean, over their deviation. */
function normal(places: readonly number[], epsilon = EPSILON): ReadonlyMap<number, number> {
  const values = places.map((place) => map.data[place] ?? NaN);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return new Map(
    places.map((place, i) => [place, ((values[i] ?? NaN) - mean) / Math.sqrt(variance + epsilon)]),
  );
}

function assertAnswer(got: readonly number[], wanted: readonly ReadonlyMap<number, number>[]) {
  const all = new Map(wanted.flatMap((part) => [...part]));
  assertEquals(got.length, all.size);
  got.forEach((x, i) => assertAlmostEquals(x, all.get(i) ?? NaN, 1e-12));
}

const plain = { scale: false, shift: false } as const;

Deno.test("layer norm normalises the channels of each position", () => {
  assertAnswer(answer(layerNorm(plain), map), [normal([0, 1, 2, 3]), normal([4, 5, 6, 7])]);
});

Deno.test("layer norm over the map is a group norm of one group", () => {
  const whole = [normal([0, 1, 2, 3, 4, 5, 6, 7], 0.5)];
  assertAnswer(answer(layerNorm({ over: "map", epsilon: 0.5, ...plain }), map), whole);
  assertAnswer(answer(groupNorm(1, { epsilon: 0.5, ...plain }), map), whole);
});

Deno.test("group norm normalises each group of channels over the map", () => {
  assertAnswer(answer(groupNorm(2, plain), map), [normal([0, 1, 4, 5]), normal([2, 3, 6, 7])]);
});

Deno.test("norms of vectors normalise features", () => {
  const vector = { shape: [4], data: map.data.slice(0, 4) };
  assertAnswer(answer(layerNorm(plain), vector), [normal([0, 1, 2, 3])]);
  assertAnswer(answer(groupNorm(2, plain), vector), [normal([0, 1]), normal([2, 3])]);
});

Deno.test("gamma and beta belong to channels", () => {
  const parameters = { "ln1.gamma": [2, 2, 0, 0], "ln1.beta": [1, 0, 7, 0] };
  const got = answer(layerNorm(), map, parameters);
  const [first, second] = [normal([0, 1, 2, 3]), normal([4, 5, 6, 7])];
  assertAlmostEquals(got[0] ?? NaN, 2 * (first.get(0) ?? NaN) + 1, 1e-12);
  assertAlmostEquals(got[5] ?? NaN, 2 * (second.get(5) ?? NaN), 1e-12);
  assertEquals(got.slice(2, 4), [7, 0]);
});

Deno.test("groups must divide the channels", () => {
  const { code, got } = onlyProblem(plan(groupNorm(3), [4, 4, 8]));
  assertEquals([code, got], ["groups-do-not-divide", "8 input channels in 3 groups"]);
});

Deno.test("layer scale multiplies each channel by its gamma, which starts small", () => {
  const parameters = { "layerscale1.gamma": [1, 2, 0, -1] };
  assertEquals(answer(layerScale(), map, parameters), [1, 6, 0, -30, 5, 14, 0, 20]);
  const starts = initialParameters(orThrow(plan(layerScale({ start: 0.1 }), [2])), 0);
  assertEquals(starts.get("layerscale1.gamma")?.data, Float32Array.of(0.1, 0.1));
});
