/** What layers compute, on numbers that one can check. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { chain, channel, mixed, spatial } from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  maxPool,
  relu,
  resize,
  softmax,
  standardize,
} from "../../layers/mod.ts";
import { answer, rows } from "./_answer.ts";

function assertAnswer(
  actual: readonly number[],
  expected: readonly number[],
  within = 1e-12,
): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((x, i) => assertAlmostEquals(actual[i] ?? NaN, x, within));
}

const line = (...data: readonly number[]) => ({ shape: [data.length], data });

Deno.test("conv is a cross-correlation: kernels are not turned over", () => {
  const map = rows([0, 0, 0], [0, 1, 0], [0, 0, 0]);
  const kernel = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  assertEquals(
    answer(conv(1, { kernel: 3 }), map, { "conv1.kernel": kernel }),
    kernel.toReversed(),
  );
});

Deno.test("conv in groups sees its own group of channels alone", () => {
  const pixel = { shape: [1, 1, 4], data: [1, 10, 100, 1000] };
  const kernel = [1, 2, 3, 4, 5, 6, 7, 8];
  // Kernel [1, 1, 2, 4]: outputs 0 and 1 read channels 0 and 1, outputs 2 and 3 the others.
  const net = conv(4, { groups: 2 });
  assertEquals(answer(net, pixel, { "conv1.kernel": kernel }), [51, 62, 7300, 8400]);
});

Deno.test("dense multiplies by its kernel of inputs by outputs and adds its bias", () => {
  const parameters = { "dense1.kernel": [1, 2, 3, 4, 5, 6], "dense1.bias": [10, 20, 30] };
  assertEquals(answer(dense(3), line(1, -1), parameters), [10 - 3, 20 - 3, 30 - 3]);
});

Deno.test("batch norm at inference uses its running statistics", () => {
  const parameters = {
    "bn1.gamma": [2, 1],
    "bn1.beta": [0.5, 0],
    "bn1.mean": [1, -1],
    "bn1.variance": [4 - 1e-5, 1 - 1e-5],
  };
  assertAnswer(answer(batchNorm(), line(5, 3), parameters), [4.5, 4]);
});

Deno.test("bilinear resizing aligns the corners", () => {
  assertAnswer(answer(resize([1, 5]), rows([0, 1, 4])), [0, 0.5, 1, 2.5, 4]);
  assertAnswer(answer(resize([2, 2]), rows([1, 2, 3], [4, 5, 6], [7, 8, 9])), [1, 3, 7, 9]);
  assertAnswer(answer(resize([3, 3]), rows([1, 3], [5, 7])), [1, 2, 3, 3, 4, 5, 5, 6, 7]);
  assertAnswer(answer(resize(3), rows([6])), [6, 6, 6, 6, 6, 6, 6, 6, 6]);
});

Deno.test("flatten reads row by row, channels last", () => {
  assertEquals(answer(flatten(), { shape: [1, 2, 2], data: [1, 2, 3, 4] }), [1, 2, 3, 4]);
});

Deno.test("global average pooling is each channel's mean", () => {
  const map = { shape: [1, 2, 2], data: [1, 10, 3, 30] };
  assertEquals(answer(globalAveragePool(), map), [2, 20]);
});

Deno.test("dropout leaves its input alone at inference", () => {
  assertEquals(answer(dropout(0.9), line(1, 2, 3)), [1, 2, 3]);
});

Deno.test("softmax sums to one and does not care for a common summand", () => {
  const [a = NaN, b = NaN] = answer(softmax(), line(Math.log(1), Math.log(3)));
  assertAnswer([a, b], [0.25, 0.75]);
  assertAnswer(answer(softmax(), line(1000, 1000 + Math.log(3))), [0.25, 0.75], 1e-9);
});

Deno.test("mixed attention f1 is a sigmoid of every element", () => {
  assertAnswer(answer(mixed, line(0, Math.log(3), -Math.log(3))), [0.5, 0.75, 0.25]);
});

Deno.test("channel attention f2 divides by the norm over channels, without a sigmoid", () => {
  const map = { shape: [1, 2, 2], data: [3, -4, 0, 0] };
  assertAnswer(answer(channel, map), [0.6, -0.8, 0, 0], 1e-6);
  assertAnswer(answer(channel, { shape: [1, 1, 1], data: [1e-3] }), [
    1e-3 / Math.sqrt(1e-6 + 1e-6),
  ]);
});

Deno.test("spatial attention f3 standardises each channel over its own map, then a sigmoid", () => {
  // Channel 0 has mean 2 and deviation 1, channel 1 is constant.
  const map = { shape: [1, 2, 2], data: [1, 7, 3, 7] };
  const z = 1 / Math.sqrt(1 + 1e-5);
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  assertAnswer(answer(spatial, map), [logistic(-z), 0.5, logistic(z), 0.5]);
  assertAnswer(answer(standardize(), map), [-z, 0, z, 0]);
});

Deno.test("a network of several layers answers what its layers answer one after the other", () => {
  const net = chain(
    conv(1, { kernel: 2, padding: "valid" }),
    relu(),
    maxPool(2),
    flatten(),
    dense(1),
  );
  const parameters = {
    "conv1.kernel": [1, 0, 0, -1],
    "dense1.kernel": [2],
    "dense1.bias": [0.5],
  };
  const map = rows([1, 2, 0], [0, 4, 1], [3, 1, 9]);
  // Differences along the diagonal: 1 - 4, 2 - 1, 0 - 1, 4 - 9; the largest is 1.
  assertEquals(answer(net, map, parameters), [2.5]);
});
