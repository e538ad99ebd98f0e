/** The scaling of a residual by a constant. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { diagram, orThrow, plan, residual } from "../../mod.ts";
import { scale } from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { answer } from "./_answer.ts";

Deno.test("scale() multiplies every element of a map or a vector", () => {
  assertEquals(answer(scale(-0.5), { shape: [1, 1, 2], data: [2, -3] }), [-1, 1.5]);
  assertEquals(answer(scale(3), { shape: [2], data: [2, -3] }), [6, -9]);
});

Deno.test("scale() in a residual leaves the shortcut alone", () => {
  const [a = NaN, b = NaN] = answer(residual(scale(0.1)), { shape: [2], data: [10, -20] });
  assertAlmostEquals(a, 11);
  assertAlmostEquals(b, -22);
});

Deno.test("a diagram shows four digits of a factor", () => {
  const drawn = diagram(orThrow(plan(scale(1 / 192), [3])), { format: "mermaid" });
  assertStringIncludes(drawn, "× 0.005208<");
});

Deno.test("scale() refuses what is no number", () => {
  assertEquals(onlyProblem(plan(scale(NaN), [3])).wanted, "a number that float32 holds");
});
