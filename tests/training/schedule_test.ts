/** Learning rates at the steps where they matter. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  constant,
  cosine,
  learningRate,
  linear,
  oneCycle,
  points,
  ProblemError,
  type Schedule,
  SCHEDULES,
  steps,
  warmup,
} from "../../mod.ts";
import { isSchedule } from "../../dsl/programs/schedule.ts";

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

/** The named schedules as they were written before they were data. */
const BEFORE: Readonly<Record<typeof SCHEDULES[number], (done: number, peak: number) => number>> = {
  constant: (_, peak) => peak,
  step: (done, peak) => done < 0.4 ? peak : done < 0.6 ? peak / 10 : peak / 100,
  "step-imagenet": (done, peak) =>
    done < 20 / 53 ? peak : done < 40 / 53 ? peak / 10 : done < 50 / 53 ? peak / 100 : peak / 1000,
  cosine: (done, peak) => (1 + Math.cos(Math.PI * done)) / 2 * peak,
  linear: (done, peak) => (1 - done) * peak,
  "one-cycle": (done, peak) =>
    done < 0.25
      ? peak * (0.1 + 0.9 * done / 0.25)
      : (1 + Math.cos(Math.PI * ((done - 0.25) / (1 - 0.25)))) / 2 * peak,
};

const peaks = fc.double({ min: 1e-6, max: 10, noNaN: true });

Deno.test("learningRate() of a name is, to the last bit, what it always was", () => {
  const steps = fc.tuple(fc.nat(160_000), fc.integer({ min: 160_001, max: 530_000 }));
  fc.assert(
    fc.property(steps, peaks, fc.constantFrom(...SCHEDULES), ([step, total], peak, name) => {
      assertEquals(learningRate(name, { step, total, peak }), BEFORE[name](step / total, peak));
    }),
  );
});

const shares = fc.double({ min: 0, max: 0.99, noNaN: true });

const schedules: fc.Arbitrary<Schedule> = fc.letrec<{ readonly any: Schedule }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(constant(), cosine(), linear(), oneCycle(), points([0, 0], [0.5, 1], [1, 0.2])),
    fc.tuple(fc.array(shares), shares).map(([at, by]) => steps(at.toSorted((a, b) => a - b), by)),
    fc.tuple(shares, tie("any"), shares).map(([share, then, from]) => warmup(share, then, from)),
  ),
})).any;

Deno.test("a schedule is plain data, between 0 and the peak, and grows with the peak", () => {
  fc.assert(fc.property(schedules, fc.nat(99), peaks, (schedule, step, peak) => {
    assertEquals(JSON.parse(JSON.stringify(schedule)), schedule);
    assert(isSchedule(schedule));
    const rate = learningRate(schedule, { step, total: 100, peak });
    assert(rate >= 0 && rate <= peak * (1 + 1e-12), `${rate}`);
    assertAlmostEquals(
      learningRate(schedule, { step, total: 100, peak: 2 * peak }),
      2 * rate,
      1e-9,
    );
  }));
});

Deno.test("warmup() of nothing is the schedule itself, and after its share it is that one drawn together", () => {
  const at = (schedule: Schedule, step: number, total: number) =>
    learningRate(schedule, { step, total, peak: 1 });
  fc.assert(fc.property(schedules, fc.nat(99), (schedule, step) => {
    assertEquals(at(warmup(0, schedule), step, 100), at(schedule, step, 100));
    const later = at(warmup(0.5, schedule), 128 + step, 256);
    assertEquals(later, at(schedule, step, 128));
  }));
});

Deno.test("every schedule may have a warmup before it, by its name too", () => {
  for (const name of SCHEDULES) {
    const schedule = warmup(0.2, name);
    assert(isSchedule(schedule));
    const rates = [0, 50, 100].map((step) =>
      learningRate(schedule, { step, total: 500, peak: 0.4 })
    );
    [0, 0.2, at(name, 0)].forEach((rate, i) => assertAlmostEquals(rates[i] ?? NaN, rate));
    const half = learningRate(schedule, { step: 300, total: 500, peak: 0.4 });
    assertAlmostEquals(half, at(name, 500));
  }
});

Deno.test("isSchedule() refuses what is none", () => {
  const bad = [
    "cosine",
    null,
    { kind: "cosin" },
    { kind: "constructor" },
    { kind: "cosine", to: 3 },
    { kind: "steps", at: [0.6, 0.4], by: 0.1 },
    { kind: "steps", at: [0.4], by: -1 },
    { kind: "warmup", share: 1, from: 0, then: { kind: "cosine" } },
    { kind: "warmup", share: 0.1, from: 0, then: "cosin" },
    { kind: "points", at: [[0, 1], [2, 1]] },
    { kind: "points", at: [] },
  ];
  for (const value of bad) assertEquals(isSchedule(value), false, JSON.stringify(value));
});

Deno.test("learningRate() refuses steps outside the run", () => {
  for (const [step, total] of [[1500, 1000], [-1, 1000], [0, 0], [NaN, 10]] as const) {
    assertThrows(() => learningRate(linear(), { step, total, peak: 1 }), ProblemError);
  }
  assertThrows(() => learningRate(linear(), { step: 0, total: 1, peak: -1 }), ProblemError);
});
