/** Merges by value, and what they refuse. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { chain, fork, identity, type Net, orThrow, plan, receptiveFields } from "../../mod.ts";
import { conv, dense, globalAveragePool, relu, scale } from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { answer } from "./_answer.ts";

const map = { shape: [1, 2, 2], data: [1, -2, 3, -4] };

Deno.test("subtract takes the second branch from the first", () => {
  assertEquals(answer(fork("subtract", identity, scale(3)), map), [-2, 4, -6, 8]);
});

Deno.test("maximum takes the largest of any number of branches", () => {
  const net = fork("maximum", scale(-1), identity, scale(2));
  assertEquals(answer(net, map), [2, 2, 6, 4]);
  assertEquals(answer(fork("maximum", relu()), map), [1, 0, 3, 0]);
});

Deno.test("modulate multiplies a map by a number for each channel", () => {
  assertEquals(answer(fork("modulate", identity, globalAveragePool()), map), [2, 6, 6, 12]);
  const pointed = conv(2, { kernel: [1, 2], padding: "valid" });
  const kernel = [1, 0, 0, 1, 0, 0, 0, 0];
  assertEquals(
    answer(fork("modulate", identity, pointed), map, { "conv1.kernel": kernel }),
    [1, 4, 3, 8],
  );
});

Deno.test("modulate multiplies a map by a number for each position", () => {
  const sum = { "conv1.kernel": [1, 1] };
  assertEquals(answer(fork("modulate", identity, conv(1)), map, sum), [-1, 2, -3, 4]);
});

Deno.test("modulate repeats nothing else, and says what it takes", () => {
  const refused = (mask: Net, trunk: Net = identity) =>
    onlyProblem(plan(fork("modulate", trunk, mask), [6, 4, 8]));
  for (const mask of [conv(3), chain(globalAveragePool(), dense(7)), conv(8, { stride: 2 })]) {
    const { code, wanted } = refused(mask);
    assertEquals([code, wanted], ["shape-mismatch", "a mask of 8, 1x1x8, 6x4x1"]);
  }
  assertStringIncludes(refused(conv("same")).hint, 'fork("gate", ...)');
  assertStringIncludes(
    refused(globalAveragePool(), globalAveragePool()).hint,
    'fork("multiply", ...)',
  );
  assertEquals(
    onlyProblem(plan(fork("modulate", identity), [6, 4, 8])).code,
    "branch-count",
  );
});

Deno.test("what a mask of channels modulates depends on the whole map", () => {
  const fields = receptiveFields(
    orThrow(plan(fork("modulate", conv(4, { kernel: 3 }), globalAveragePool()), [7, 5, 4])),
  );
  assertEquals(fields.get("modulate1"), [7, 5]);
});
