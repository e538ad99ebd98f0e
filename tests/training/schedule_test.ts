/** Learning rates at the steps where they matter. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { learningRate, SCHEDULES } from "../../tasks/training/mod.ts";

const at = (schedule: typeof SCHEDULES[number], step: number, total = 1000): number =>
  learningRate(schedule, { step, total, peak: 0.4 });

Deno.test("learningRate() stays at the peak when constant", () => {
  for (const step of [0, 500, 999]) assertEquals(at("constant", step), 0.4);
});

Deno.test("learningRate() falls to a tenth at 40 % and to a hundredth at 60 %", () => {
  const rates = [0, 399, 400, 599, 600, 999].map((step) => at("step", step));
  assertEquals(rates, [0.4, 0.4, 0.04, 0.04, 0.004, 0.004]);
});

Deno.test("learningRate() divides at the paper's 64,000 and 96,000 of 160,000 steps", () => {
  const rates = [63_999, 64_000, 95_999, 96_000].map((step) => at("step", step, 160_000));
  assertEquals(rates, [0.4, 0.04, 0.04, 0.004]);
});

Deno.test("learningRate() follows half a cosine", () => {
  assertEquals(at("cosine", 0), 0.4);
  assertAlmostEquals(at("cosine", 250), 0.2 * (1 + Math.SQRT1_2));
  assertAlmostEquals(at("cosine", 500), 0.2);
  assert(at("cosine", 999) < 1e-6 * 4);
});

Deno.test("learningRate() of one cycle rises from a tenth over a quarter, then ends near 0", () => {
  assertAlmostEquals(at("one-cycle", 0), 0.04);
  assertAlmostEquals(at("one-cycle", 125), 0.22);
  assertAlmostEquals(at("one-cycle", 250), 0.4);
  assertAlmostEquals(at("one-cycle", 625), 0.2);
  assert(at("one-cycle", 999) < 1e-5);
});

Deno.test("learningRate() lies above 0 and at most at the peak on every schedule", () => {
  const steps = fc.integer({ min: 1, max: 1e6 })
    .chain((total) => fc.record({ total: fc.constant(total), step: fc.nat(total - 1) }));
  fc.assert(fc.property(steps, fc.constantFrom(...SCHEDULES), (where, schedule) => {
    const rate = learningRate(schedule, { ...where, peak: 0.1 });
    assert(rate > 0 && rate <= 0.1, `${rate}`);
  }));
});
