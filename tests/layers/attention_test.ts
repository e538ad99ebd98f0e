/** What forks compute: sums, products, and the paper's two ways to apply a mask. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  arl,
  chain,
  cost,
  fork,
  identity,
  matchSize,
  type Merge,
  nal,
  orThrow,
  plan,
  residual,
} from "../../mod.ts";
import { averagePool, conv, maxPool, relu, sigmoid } from "../../layers/mod.ts";
import { answer, rows } from "./_answer.ts";

const pixel = { shape: [1, 1, 2], data: [2, -3] };
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

Deno.test("residual adds what the body makes of its input to the input", () => {
  assertEquals(answer(residual(relu()), pixel), [4, -3]);
});

Deno.test("add and multiply take any number of branches", () => {
  assertEquals(answer(fork("add", identity, identity, relu()), pixel), [6, -6]);
  assertEquals(answer(fork("multiply", identity, identity, identity), pixel), [8, -27]);
  assertEquals(answer(fork("add", relu()), pixel), [2, 0]);
});

Deno.test("concat joins along the channels, in the order of the branches", () => {
  assertEquals(answer(fork("concat", relu(), identity), pixel), [2, 0, 2, -3]);
});

Deno.test("arl is (1 + M) T and nal is M T", () => {
  const [m, n] = [logistic(2), logistic(-3)];
  const [a = NaN, b = NaN] = answer(arl(identity, sigmoid()), pixel);
  assertAlmostEquals(a, (1 + m) * 2);
  assertAlmostEquals(b, (1 + n) * -3);
  const [c = NaN, d = NaN] = answer(nal(identity, sigmoid()), pixel);
  assertAlmostEquals(c, m * 2);
  assertAlmostEquals(d, n * -3);
});

Deno.test("match resizes to the map of its input, and leaves alone what has that size", () => {
  const map = rows([1, 1, 5], [1, 1, 5], [9, 9, 13]);
  assertEquals(answer(matchSize(relu()), map), map.data);
  const pooled = chain(maxPool(2, { stride: 1 }));
  // The pooled map is 1 5, 9 13; its middle is half way between its corners.
  assertEquals(answer(matchSize(pooled), map), [1, 3, 5, 5, 7, 9, 9, 11, 13]);
});

Deno.test("match takes its size alone from its first branch, its channels from the second", () => {
  const map = rows([2, 4], [6, 8]);
  const net = fork("match", identity, chain(averagePool(2), conv(2)));
  assertEquals(answer(net, map, { "conv1.kernel": [1, 10] }), [5, 50, 5, 50, 5, 50, 5, 50]);
});

Deno.test("merges cost what they do to each element of their output", () => {
  const flops = (merge: Merge, branches: number) =>
    cost(orThrow(plan(fork(merge, ...Array.from({ length: branches }, () => identity)), [2, 3, 4])))
      .flops / 24;
  assertEquals([flops("add", 1), flops("add", 2), flops("add", 4)], [0, 1, 3]);
  assertEquals([flops("multiply", 2), flops("multiply", 3)], [1, 2]);
  assertEquals([flops("attend", 2), flops("gate", 2)], [2, 1]);
  assertEquals([flops("concat", 3), flops("match", 2)], [0, 7]);
});
