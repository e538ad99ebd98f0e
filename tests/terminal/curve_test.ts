import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { smoothed, Trace } from "../../tasks/charts/trace.ts";
import { curveText } from "../../tasks/terminal/curve.ts";
import { progress } from "../../tasks/terminal/progress.ts";
import { study } from "../../tasks/study/studies.ts";
import { epochText, loweredText } from "../../tasks/training/view/epoch.ts";
import { trainView } from "../../tasks/training/view/view.ts";
import { file, linesOn, screen } from "./_screen.ts";
import { displayWidth } from "../../tasks/terminal/width.ts";

Deno.test("a curve keeps to its size and shows its ends", () => {
  const values = Array.from({ length: 300 }, (_, i) => 2.3 * Math.exp(-i / 80) + Math.sin(i) / 20);
  for (const columns of [20, 72]) {
    const lines = curveText(values, { columns, rows: 6 });
    assertEquals(lines.length, 6);
    assert(lines.every((line) => displayWidth(line) === columns), lines.join("\n"));
  }
  const [first = "", ...rest] = curveText([5, 1], { columns: 20, rows: 3 });
  assert(first.startsWith("5 ⠉") && rest.at(-1)?.startsWith("1 ") && rest.at(-1)?.endsWith("⣄"));
});

Deno.test("there is no curve of nothing, of a point, or in no room", () => {
  assertEquals(curveText([], { columns: 40, rows: 6 }), []);
  assertEquals(curveText([1], { columns: 40, rows: 6 }), []);
  assertEquals(curveText([1, 2], { columns: 9, rows: 6 }), []);
  assertEquals(curveText([2, 2], { columns: 40, rows: 2 }).length, 2);
});

Deno.test("a trace keeps the means of as many numbers as come", () => {
  const trace = new Trace(8);
  for (let i = 0; i < 1000; i++) trace.add(i % 2 === 0 ? 1 : 3);
  trace.add(NaN);
  assert(trace.values.length > 3 && trace.values.length <= 8);
  assertEquals(new Set(trace.values), new Set([2]));
  assertEquals([trace.each, trace.values.length], [128, 7]);
});

Deno.test("a smoothed curve follows what bends slowly, up to its ends, and takes noise away", () => {
  const course = (i: number) => 2.3 * Math.exp(-i / 100);
  const noise = (i: number) => Math.sin(i * i) / 10;
  const values = Array.from({ length: 400 }, (_, i) => course(i) + noise(i));
  const far = smoothed(values).map((value, i) => Math.abs(value - course(i)));
  assert(Math.max(...far) < 0.1, `${Math.max(...far)}`);
  const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / all.length;
  assert(mean(far) < mean(values.map((_, i) => Math.abs(noise(i)))) / 3, `${mean(far)}`);
  assertEquals(smoothed([]), []);
  assertEquals(smoothed([3]), [3]);
  assertEquals(smoothed([3, 1]), [3, 1]);
});

Deno.test("what is drawn above the progress line is erased with it, and only on a terminal", () => {
  for (const isTerminal of [true, false]) {
    let time = 0;
    const terminal = isTerminal ? screen(60) : file();
    const shown = () => linesOn(terminal.written.join(""));
    const above = () => ["curve one", "curve two"];
    const bar = progress({ epochs: 1, terminal, above, now: () => time += 200 });
    for (let step = 1; step < 5; step++) bar.update({ epoch: 1, step, steps: 9, images: step });
    assertEquals(shown().slice(0, 2), isTerminal ? ["curve one", "curve two"] : [""]);
    assertEquals(shown().length, isTerminal ? 3 : 1);
    bar.finish("epoch 1/1");
    assertEquals(shown().filter((line) => line !== ""), ["epoch 1/1"]);
  }
});

Deno.test("a training's curve fits a narrow terminal, so that redrawing leaves nothing behind", () => {
  const terminal = screen(30);
  const view = trainView(terminal);
  const event = { epoch: 1, epochs: 1, batches: 9, steps: 9, accuracy: 0.5, images: 4 };
  for (let step = 1; step <= 9; step++) {
    view.onStep({ ...event, step, batch: step, loss: 3 - step / 9 });
  }
  const lines = linesOn(terminal.written.join(""));
  assertEquals(lines[0], "training loss of this sessio…");
  assertEquals(lines.length, 8);
  assert(lines.every((line) => displayWidth(line) < 30), lines.join("\n"));
});

Deno.test("a rate that is lowered is told once, after the epoch that lowered it", () => {
  const terminal = file();
  const [arm] = study("mask").arms;
  const recipe = { ...arm!.recipe, seed: 1, plateau: { epochs: 1, by: 0.1 } };
  const view = trainView(terminal);
  const config = { ...arm!, recipe, engine: "auto", backend: "auto", versions: {} } as const;
  const start = { config, folder: "runs/a", engine: "cpu", images: 4000, validation: 100 };
  view.onStart({ ...start, step: 0, steps: 45 });
  const figures = { rate: 1, trainLoss: 1, trainAccuracy: 0.5, seconds: 1, imagesPerSecond: 1 };
  [0, 1, 1, 2].forEach((lowered, i) =>
    view.onEpoch({ epoch: i + 1, step: 9, ...figures, lowered })
  );
  const said = terminal.written.join("").split("\n").flatMap((line, i, lines) =>
    line.startsWith("the held out") ? [[lines[i - 1]?.slice(0, 7), line.split(" ").at(-1)]] : []
  );
  assertEquals(said, [["epoch 2", "0.1"], ["epoch 4", "0.01"]]);
});

Deno.test("an epoch that a resumed run ends before its first step is one of all epochs", () => {
  const terminal = file();
  const [arm] = study("mask").arms;
  const recipe = { ...arm!.recipe, batch: 4, seed: 1 };
  const view = trainView(terminal);
  const config = { ...arm!, recipe, engine: "auto", backend: "auto", versions: {} } as const;
  const start = { config, folder: "runs/a", engine: "cpu", images: 41, validation: 0 };
  view.onStart({ ...start, step: 20, steps: 45 });
  const figures = { rate: 1, trainLoss: 1, trainAccuracy: 0.5, seconds: 1, imagesPerSecond: 1 };
  view.onEpoch({ epoch: 2, step: 20, ...figures });
  assertStringIncludes(terminal.written.join(""), "epoch 2/5 ");
});

Deno.test("the line of an epoch fits a narrow terminal, and is whole in a file", () => {
  const figures = { rate: 1, trainLoss: 1.6571, trainAccuracy: 0.56, imagesPerSecond: 1 };
  const held = { validationLoss: 1.45, validationAccuracy: 0.541 };
  const record = { epoch: 3, step: 9, ...figures, ...held, seconds: 83 };
  const whole = "epoch  3/20  loss 1.657, 56.0 %; held out: loss 1.450, 54.1 %; 1 min 23 s";
  for (
    const [terminal, wanted] of [
      [file(), whole],
      [screen(100), whole],
      [screen(whole.length), "epoch  3/20 loss 1.657 56.0 %; held 1.450 54.1 %; 1 min 23 s"],
      [screen(60), "epoch  3/20 loss 1.657 56.0 %; held 1.450 54.1 %"],
      [screen(40), "epoch  3/20 loss 1.657 56.0 %"],
    ] as const
  ) assertEquals(epochText(record, 20, terminal), wanted);
  for (const columns of [50, 60, 100]) {
    const lines = loweredText(0.1, screen(columns)).split("\n");
    assert(lines.every((line) => displayWidth(line) < columns), lines.join("\n"));
  }
});
