/** Layers that make maps larger or put their numbers elsewhere, on numbers that one can check. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fromJSON, type Net, orThrow, plan, toJSON } from "../../mod.ts";
import {
  channelShuffle,
  convTranspose,
  depthToSpace,
  pad,
  resize,
  resizeHalfPixel,
  resizeNearest,
} from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { answer, rows } from "./_answer.ts";

function assertAnswer(got: readonly number[], wanted: readonly number[]): void {
  assertEquals(got.length, wanted.length);
  wanted.forEach((x, i) => assertAlmostEquals(got[i] ?? NaN, x, 1e-12));
}

Deno.test("pad puts a number around a map", () => {
  const map = rows([1, 2], [3, 4]);
  assertAnswer(answer(pad([1, 0, 0, 2], { value: 7 }), map), [7, 7, 7, 7, 1, 2, 7, 7, 3, 4, 7, 7]);
  assertAnswer(answer(pad([0, 1, 1, 0]), map), [0, 1, 2, 0, 3, 4, 0, 0, 0]);
});

Deno.test("pad mirrors a map without its edge", () => {
  const net = pad([0, 0, 2, 1], { mode: "reflect" });
  assertAnswer(answer(net, rows([1, 2, 3])), [3, 2, 1, 2, 3, 2]);
  const { code } = onlyProblem(plan(pad(3, { mode: "reflect" }), [3, 4, 1]));
  assertEquals(code, "mirror-too-small");
});

Deno.test("channel shuffle takes the channels of groups in turn", () => {
  const pixel = { shape: [1, 1, 6], data: [1, 2, 3, 4, 5, 6] };
  assertAnswer(answer(channelShuffle(2), pixel), [1, 4, 2, 5, 3, 6]);
  assertAnswer(answer(channelShuffle(3), { ...pixel, shape: [6] }), [1, 3, 5, 2, 4, 6]);
  assertEquals(onlyProblem(plan(channelShuffle(4), [1, 1, 6])).code, "groups-do-not-divide");
});

Deno.test("depth to space has the order of PyTorch's pixel shuffle", () => {
  // Two channels of a block of two rows and two columns.
  const pixel = { shape: [1, 1, 8], data: [1, 2, 3, 4, 10, 20, 30, 40] };
  assertAnswer(answer(depthToSpace(2), pixel), [1, 10, 2, 20, 3, 30, 4, 40]);
  const two = { shape: [1, 2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8] };
  assertAnswer(answer(depthToSpace(2), two), [1, 2, 5, 6, 3, 4, 7, 8]);
  const { code, hint } = onlyProblem(plan(depthToSpace(2), [4, 4, 6]));
  assertEquals([code, hint.includes("8 channels")], ["channels-do-not-divide", true]);
});

Deno.test("resizing to the nearest copies pixels", () => {
  assertAnswer(answer(resizeNearest([2, 4]), rows([1, 2])), [1, 1, 2, 2, 1, 1, 2, 2]);
  assertAnswer(answer(resizeNearest([1, 3]), rows([1, 2, 3, 4, 5])), [1, 2, 4]);
  assertAnswer(answer(resizeNearest([1, 3]), rows([1, 2])), [1, 1, 2]);
});

Deno.test("resizing by half pixels mixes the pixels beside a place", () => {
  assertAnswer(answer(resizeHalfPixel([1, 4]), rows([0, 4])), [0, 1, 3, 4]);
  assertAnswer(answer(resizeHalfPixel([1, 2]), rows([0, 4, 6, 2])), [2, 4]);
  assertAnswer(answer(resizeHalfPixel([1, 3]), rows([0, 6])), [0, 3, 6]);
  assertAnswer(answer(resizeHalfPixel([1, 2]), rows([0, 4, 6])), [1, 5.5]);
  assertAnswer(answer(resizeHalfPixel([2, 2]), rows([1, 3], [5, 7])), [1, 3, 5, 7]);
});

Deno.test("maps are resized by a factor as to the size that it comes to, rounded down", () => {
  for (const make of [resize, resizeNearest, resizeHalfPixel]) {
    const map = { shape: [2, 3, 1], data: [1, 7, 2, 9, 4, 8] };
    assertEquals(answer(make({ factor: [2, 1.5] }), map), answer(make([4, 4]), map));
    assertEquals(answer(make({ factor: 0.5 }), map), answer(make([1, 1]), map));
    const net = make({ factor: 3 });
    assertEquals(orThrow(fromJSON(toJSON(net))), net);
    const small = onlyProblem(plan(make({ factor: 0.4 }), [2, 9, 1]));
    assertEquals([small.code, small.hint], [
      "nothing-left",
      "use a larger factor, or a size in pixels",
    ]);
    assertEquals(onlyProblem(plan(make({ factor: 2 }), [9])).code, "map-needed");
    for (const factor of [0, -1, NaN, Infinity, 1e300, "2", [2], [2, 0]]) {
      assertEquals(onlyProblem(plan(make({ factor } as never), [4, 4, 1])).code, "invalid-field");
    }
  }
});

const spread = (net: Net, kernel: readonly number[]) =>
  answer(net, rows([1, 10]), { "deconv1.kernel": kernel });

Deno.test("a transposed convolution puts its kernel at every pixel", () => {
  const kernel: [number, number] = [1, 3];
  const stride: [number, number] = [1, 2];
  assertAnswer(spread(convTranspose(1, { kernel, stride, padding: "valid" }), [1, 2, 3]), [
    1,
    2,
    13,
    20,
    30,
  ]);
  // "same" grows by the stride: an odd pixel is cut off the end.
  assertAnswer(spread(convTranspose(1, { kernel, stride }), [1, 2, 3]), [1, 2, 13, 20]);
  // PyTorch's padding 1 with an output padding of 1.
  const cut = convTranspose(1, { kernel, stride, padding: [0, 0, 1, 0] });
  assertAnswer(spread(cut, [1, 2, 3]), [2, 13, 20, 30]);
});

Deno.test("a transposed convolution with a short kernel leaves zeros between its pixels", () => {
  const net = convTranspose(1, { kernel: 1, stride: [1, 3] });
  assertAnswer(spread(net, [2]), [2, 0, 0, 20, 0, 0]);
});

Deno.test("a transposed convolution must leave something", () => {
  const { code } = onlyProblem(plan(convTranspose(4, { padding: 2 }), [1, 1, 3]));
  assertEquals(code, "nothing-left");
});
