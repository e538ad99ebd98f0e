/** What the board makes of runs: the order of its table, and the lines of its charts. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { arranged, COLUMNS } from "../../tasks/board/page/runs/columns.ts";
import { averaged, NOTHING, withRecorded } from "../../tasks/board/page/runs/course.ts";
import { CHARTS, linesOf } from "../../tasks/board/page/runs/lines.ts";
import { thinned } from "../../tasks/board/page/runs/thinned.ts";
import type { BoardRun, Recorded } from "../../tasks/board/wire.ts";

const run = (id: string, more: Partial<BoardRun>): BoardRun => ({
  ...{ id, network: "plain", data: "shapes", state: "stopped", epochs: [1, 2], steps: 4 },
  ...{ seconds: 1, begun: 0, engines: [], settings: {} },
  ...more,
});

const RUNS = [
  run("b", { test: 0.9, parameters: 9, network: "cifar/attention-8" }),
  run("a", { test: 0.1, parameters: 100, state: "running" }),
  run("c", { parameters: 20 }),
];

const order = (title: string, isDown: boolean, filter = "") =>
  arranged(RUNS, { filter, isDown, column: COLUMNS.find((one) => one.title === title) })
    .map(({ id }) => id).join("");

Deno.test("runs are sorted by numbers as numbers, and filtered by every word", () => {
  assertEquals(order("test", true), "bac");
  assertEquals(order("parameters", false), "bca");
  assertEquals(order("run", false), "abc");
  assertEquals(order("", true), "bac");
  assertEquals(order("run", false, " TRAINING shapes"), "a");
  assertEquals(order("run", false, "attention 90"), "b");
  assertEquals(order("run", false, "nothing"), "");
});

const recorded = (steps: readonly number[], more: Partial<Recorded> = {}): Recorded => ({
  ...{ id: "a", at: `-${steps.at(-1)}`, anew: false },
  steps: {
    step: steps,
    loss: steps.map((step) => 1 / step),
    accuracy: steps.map(() => null),
    rate: steps.map(() => 0.1),
  },
  ...more,
});

Deno.test("a course grows by what comes to it; what came twice is there once, and a resumed run begins anew", () => {
  const first = withRecorded(NOTHING, recorded([1, 2]));
  const twice = withRecorded(first, recorded([1, 2, 3]));
  assertEquals(twice.steps, recorded([1, 2, 3]).steps);
  assertEquals(withRecorded(twice, recorded([1], { anew: true })).steps.step, [1]);
});

Deno.test("averaged() is the mean of neighbours, and keeps what is missing", () => {
  const number = fc.option(fc.integer({ min: -100, max: 100 }));
  fc.assert(fc.property(fc.array(number, { maxLength: 30 }), fc.nat(40), (values, reach) => {
    averaged(values, reach).forEach((mean, i) => {
      const near = values.slice(Math.max(0, i - reach), i + reach + 1).filter((one) =>
        one !== null
      );
      const wanted = values[i] == null ? null : near.reduce((a, b) => a + b, 0) / near.length;
      assert(mean === wanted || Math.abs((mean ?? NaN) - (wanted ?? NaN)) < 1e-9);
    });
  }));
});

Deno.test("a run without steps is drawn by its epochs, one without anything not at all", () => {
  const [loss] = CHARTS;
  const given = { id: "a", colour: "#000", smoothing: 0.1 };
  assertEquals(linesOf(loss, { ...given, course: NOTHING }), []);
  const record = {
    ...{ epoch: 1, step: 5, rate: 0.1, trainLoss: 2, trainAccuracy: 0.5, validationLoss: 3 },
    ...{ seconds: 1, imagesPerSecond: 1 },
  };
  const lines = linesOf(loss, { ...given, course: { ...NOTHING, epochs: [record] } });
  assertEquals(lines.map(({ steps, lines: [line] }) => [steps, line?.kind, line?.values]), [
    [[5], "smoothed", [2]],
    [[5], "held out", [3]],
  ]);
});

Deno.test("a long line keeps what stands out, and all of a part that is short", () => {
  const steps = Array.from({ length: 100_000 }, (_, i) => i + 1);
  const values = steps.map((step) => step === 77_777 ? 9 : step === 33_333 ? -9 : step % 7);
  const line = { id: "a", colour: "", kind: "measured" } as const;
  const long = { steps, lines: [{ ...line, values }, { ...line, values: values.map(() => null) }] };
  const all = thinned(long);
  assert(all.steps.length <= 4000, `${all.steps.length}`);
  assertEquals(all.steps, all.steps.toSorted((a, b) => a - b));
  assertEquals([all.steps[0], all.steps.at(-1)], [1, 100_000]);
  const [kept] = all.lines;
  assertEquals([kept?.values.length, new Set(all.steps).size], Array(2).fill(all.steps.length));
  assertEquals(kept?.values[all.steps.indexOf(77_777)], 9);
  assertEquals(kept?.values[all.steps.indexOf(33_333)], -9);
  // A part has a step on either side, where its lines lead to.
  assertEquals(thinned(long, [500, 502.5]).steps, [499, 500, 501, 502, 503, 504]);
  assertEquals(thinned(long, [99_999, 1e9]).steps, [99_998, 99_999, 100_000]);
  assertEquals(thinned({ steps: [], lines: [] }).steps, []);
});
