/** Adaptive average pooling: PyTorch's bins, on numbers that one can check. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { orThrow, plan, receptiveFields } from "../../mod.ts";
import { adaptiveAveragePool } from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { answer, rows } from "./_answer.ts";

function assertAnswer(got: readonly number[], wanted: readonly number[]): void {
  assertEquals(got.length, wanted.length);
  wanted.forEach((x, i) => assertAlmostEquals(got[i] ?? NaN, x, 1e-12));
}

Deno.test("bins of a map that they divide are windows side by side", () => {
  const map = rows([1, 3, 5, 7], [3, 5, 7, 9]);
  assertAnswer(answer(adaptiveAveragePool([1, 2]), map), [3, 7]);
  assertAnswer(answer(adaptiveAveragePool(1), map), [5]);
});

Deno.test("bins of another map share what lies on their borders", () => {
  const line = rows([1, 2, 3, 4, 5]);
  assertAnswer(answer(adaptiveAveragePool([1, 2]), line), [2, 4]);
  assertAnswer(answer(adaptiveAveragePool([1, 3]), line), [1.5, 3, 4.5]);
  assertAnswer(answer(adaptiveAveragePool([1, 3]), rows([1], [2])), [1.5, 1.5, 1.5]);
});

Deno.test("more bins than rows repeat them", () => {
  assertAnswer(answer(adaptiveAveragePool([1, 4]), rows([1, 3])), [1, 1, 3, 3]);
});

Deno.test("a bin sees its rows and columns", () => {
  const fields = receptiveFields(orThrow(plan(adaptiveAveragePool([2, 3]), [8, 10, 3])));
  assertEquals(fields.get("adaptivepool1"), [4, 4]);
});

Deno.test("an adaptive pool needs a map and a size", () => {
  assertEquals(onlyProblem(plan(adaptiveAveragePool(2), [8])).code, "map-needed");
  assertEquals(onlyProblem(plan(adaptiveAveragePool(0), [8, 8, 3])).code, "invalid-field");
});
