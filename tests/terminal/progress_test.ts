import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { progress, type ProgressStep } from "../../tasks/terminal/progress.ts";
import { progressLine } from "../../tasks/terminal/progress_line.ts";
import { displayWidth } from "../../tasks/terminal/width.ts";
import { file, screen } from "./_screen.ts";

const VIEW = {
  title: "epoch   3/200",
  done: 0.421,
  rate: 1234.4,
  loss: 1.23456,
  accuracy: 0.4533,
  secondsLeft: 8070,
};

/** The 64 images of step `step`, of 100 in each epoch. */
function at(step: number, epoch = 1): ProgressStep {
  return { epoch, step, steps: 100, images: step * 64, loss: 2, accuracy: 0.5 };
}

Deno.test("progressLine() shows everything where there is room", () => {
  assertEquals(
    progressLine(VIEW, { columns: 120, color: false }),
    "epoch   3/200  [===========>                ]   42 %  1,234 images/s  " +
      "loss 1.2346  accuracy 45.3 %  2 h 15 min left",
  );
});

Deno.test("progressLine() shows everything in 80 columns, in shorter words", () => {
  assertEquals(
    progressLine(VIEW, { columns: 80, color: false }),
    "epoch   3/200 [==>    ]  42 % 1,234 img/s loss 1.235 acc 45.3 % 2 h 15 min left",
  );
});

Deno.test("progressLine() leaves out the rate, then more, where there is less room", () => {
  const line = (columns: number): string => progressLine(VIEW, { columns, color: false });
  assertStringIncludes(line(70), "% loss 1.235 acc 45.3 % 2 h 15 min left");
  assert(!line(70).includes("img/s"));
  assert(!line(50).includes("acc"));
  assertEquals(line(20), "epoch   3/200 42 %");
});

Deno.test("progressLine() never reaches the last column, with colours or without", () => {
  const view = fc.record({
    title: fc.string({ unit: "grapheme", maxLength: 20 }),
    done: fc.double({ min: -1, max: 2, noNaN: true }),
    rate: fc.option(fc.nat(1e6), { nil: undefined }),
    loss: fc.option(fc.double(), { nil: undefined }),
    accuracy: fc.option(fc.double({ min: 0, max: 1 }), { nil: undefined }),
    secondsLeft: fc.option(fc.nat(), { nil: undefined }),
  });
  fc.assert(
    fc.property(view, fc.integer({ min: 1, max: 200 }), fc.boolean(), (shown, columns, color) => {
      assert(displayWidth(progressLine(shown, { columns, color })) < columns);
    }),
  );
});

Deno.test("progress() redraws one line on a terminal, ten times a second at most", () => {
  const terminal = screen(100);
  let time = 0;
  const shown = progress({ epochs: 2, terminal, now: () => time });
  for (let step = 1; step <= 100; step++) {
    time += 10;
    shown.update(at(step));
  }
  assertEquals(terminal.written.length, 11);
  for (const text of terminal.written) {
    assert(text.startsWith("\r\x1b[K") && !text.slice(1).includes("\r"));
    assert(!text.includes("\n"));
  }
  shown.finish("epoch 1/2: done");
  assertEquals(terminal.written.slice(-2), ["\r\x1b[K", "epoch 1/2: done\n"]);
});

Deno.test("progress() writes plain lines to a file, every 30 seconds and at each finish", () => {
  const terminal = file();
  let time = 0;
  const shown = progress({ epochs: 2, terminal, now: () => time });
  for (let step = 1; step <= 100; step++) {
    time += 1000;
    shown.update(at(step));
  }
  shown.finish("epoch 1/2: done");
  shown.clear();
  assertEquals(terminal.written, [
    "epoch 1/2   31 %  64 images/s  loss 2.0000  accuracy 50.0 %  2 min 49 s left\n",
    "epoch 1/2   61 %  64 images/s  loss 2.0000  accuracy 50.0 %  2 min 19 s left\n",
    "epoch 1/2   91 %  64 images/s  loss 2.0000  accuracy 50.0 %  1 min 49 s left\n",
    "epoch 1/2: done\n",
  ]);
});

Deno.test("progress() leaves the pause between epochs out of the rate, not out of the time left", () => {
  const terminal = screen(120);
  let time = 0;
  const shown = progress({ epochs: 2, terminal, now: () => time });
  for (let step = 1; step <= 100; step++, time += 100) shown.update(at(step));
  shown.finish("validated");
  time += 9900;
  for (let step = 1; step <= 51; step++, time += 100) shown.update(at(step, 2));
  const line = terminal.written.at(-1) ?? "";
  assertStringIncludes(line, "640 images/s");
  assertStringIncludes(line, "8.1 s left");
});

Deno.test("progress() starts from where a run was resumed", () => {
  const terminal = screen(120);
  let time = 0;
  const shown = progress({ epochs: 2, terminal, now: () => time });
  for (let step = 1; step <= 50; step++, time += 1000) shown.update(at(step, 2));
  assertStringIncludes(terminal.written.at(-1) ?? "", "50 s left");
});

Deno.test("progress() shows no rate and no time before it knows them", () => {
  const terminal = screen(120);
  progress({ epochs: 1, terminal, title: "evaluating", now: () => 0 }).update(at(1));
  const [line = ""] = terminal.written;
  assertStringIncludes(line, "evaluating  [");
  assert(!line.includes("images/s") && !line.includes("left"));
});
