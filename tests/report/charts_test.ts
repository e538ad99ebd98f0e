import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { comparisonSvg } from "../../tasks/charts/comparison_chart.ts";
import { confusionSvg } from "../../tasks/charts/confusion_chart.ts";
import { confusionOf } from "../../tasks/charts/confusion.ts";
import { type CurvePoint, curvesSvg } from "../../tasks/charts/curves.ts";
import { runsSvg } from "../../tasks/charts/runs_chart.ts";
import { seriesSvg } from "../../tasks/charts/series_chart.ts";

function run(epochs: number): readonly CurvePoint[] {
  return Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 2 / (i + 1),
    validationLoss: 2.2 / (i + 1),
    trainAccuracy: i / epochs,
    validationAccuracy: i / (epochs + 1),
    rate: 0.1,
  }));
}

/** The texts of a drawing. */
function textsOf(svg: string): readonly string[] {
  return Array.from(svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g), ([, text]) => text ?? "");
}

Deno.test("curvesSvg() draws loss, accuracy and learning rate with a legend, whatever the epochs", async () => {
  for (const epochs of [1, 2, 200]) {
    const svg = orThrow(await curvesSvg(run(epochs), { title: "attention-56" }));
    const texts = textsOf(svg);
    for (
      const text of [
        "attention-56",
        "loss",
        "accuracy",
        "learning rate",
        "epoch",
        "training",
        "validation",
      ]
    ) {
      assert(texts.includes(text), `${text} in ${texts}`);
    }
    assert(!svg.includes("NaN"));
  }
});

Deno.test("curvesSvg() has whole epochs on its axis", async () => {
  for (const epochs of [1, 2, 3]) {
    const texts = textsOf(
      orThrow(await curvesSvg([{ epoch: epochs, trainLoss: 1 }, { epoch: 1, trainLoss: 2 }])),
    );
    const ticks = texts.slice(0, texts.indexOf("epoch")).filter((text) => /^\d+$/.test(text));
    assertEquals(ticks.length, new Set(ticks).size);
  }
});

Deno.test("curvesSvg() has powers of ten beside a learning rate that falls in steps, and no others", async () => {
  const ticksOf = async (rates: readonly number[]) => {
    const points = rates.map((rate, i) => ({ epoch: i + 1, rate }));
    return textsOf(orThrow(await curvesSvg(points)));
  };
  const steps = await ticksOf([0.1, 0.1, 0.01, 0.001]);
  for (const text of ["0.1", "0.01", "0.001"]) assert(steps.includes(text), `${steps}`);
  // Two epochs of a rate that rises and falls once.
  const fading = await ticksOf([0.0756, 4.5e-6]);
  assert(fading.includes("0") && !fading.includes("0.0001"), `${fading}`);
});

Deno.test("curvesSvg() draws every step, its true rate and the epochs at their places", async () => {
  const steps = Array.from({ length: 600 }, (_, i) => ({
    step: i + 1,
    loss: 2 - i / 600,
    rate: i < 300 ? i / 3000 : 0.1 - (i - 300) / 3000,
    gradientNorm: 3,
  }));
  // Two epochs of 240 steps and what is left of a third.
  const points = [1, 2, 3].map((epoch) => ({
    epoch,
    step: Math.min(600, epoch * 240),
    validationLoss: 1.5,
  }));
  const svg = orThrow(await curvesSvg(points, { steps, note: "a word on them" }));
  const texts = textsOf(svg);
  for (
    const text of ["pale: means of 2 steps; bold: smoothed", "a word on them", "gradient norm"]
  ) {
    assert(texts.includes(text), `${text} in ${texts}`);
  }
  // The rate rises to its peak in the middle, which no epoch's end shows.
  assert(texts.includes("0.1") && !texts.includes("accuracy"), `${texts}`);
  const marks = [...svg.matchAll(/translate\(([\d.]+),[\d.]+\)" d="M3/g)];
  const across = marks.map(([, x]) => Math.round(Number(x)));
  assertEquals(across, [256, 512, 640]);
  const note =
    "a note that is longer than a narrow page is wide, so that it takes more than a line";
  assertLegible(orThrow(await curvesSvg(points, { steps, note, width: "narrow" })));
  const running = textsOf(orThrow(await curvesSvg([], { steps })));
  assert(running.includes("step") && running.includes("no epoch has ended yet"), `${running}`);
});

/** A telephone of 390 pixels has 358 beside the margins of a page; a wider picture shrinks to them. */
function assertLegible(svg: string): void {
  assert(Number(/width="(\d+)"/.exec(svg)?.[1]) <= 358);
  const sizes = [...svg.matchAll(/font-size[=:]"?(\d+)/g)].map(([, size]) => Number(size));
  assert(sizes.length > 0 && Math.min(...sizes) >= 11, `${sizes}`);
}

Deno.test("runs side by side are legible on a telephone", async () => {
  const epochs = [{ epoch: 1, step: 20, trainLoss: 2e-4 }, { epoch: 2, step: 40, trainLoss: 1e-4 }];
  const runs = ["a", "a_name_that_is_very_long_".repeat(3)].map((title) => ({
    title,
    steps: [],
    epochs,
  }));
  assertLegible(orThrow(await runsSvg(runs, "narrow")));
});

Deno.test("long names that differ only at their end, or in the middle, are told apart in charts", async () => {
  const long = "a_name_that_is_very_long_".repeat(3);
  const epochs = [{ epoch: 1, step: 20, trainLoss: 2 }, { epoch: 2, step: 40, trainLoss: 1 }];
  for (const names of [[`${long}1`, `${long}2`], [`${long}1${long}`, `${long}2${long}`]]) {
    const runs = names.map((title) => ({ title, steps: [], epochs }));
    const arms = names.map((title) => ({ title, errors: [1], mean: 1 }));
    const series = names.map((title) => ({ title, points: [{ x: 1, mean: 2 }], paper: [] }));
    const words = { title: "", subtitle: [] };
    const drawn = [
      await runsSvg(runs),
      await runsSvg(runs, "narrow"),
      await comparisonSvg(arms, words),
      await seriesSvg(series, { ...words, x: "x", y: "y" }),
      await confusionSvg(confusionOf([0, 1], [0, 1], 2), names),
    ];
    for (const svg of drawn.map(orThrow)) {
      const labels = textsOf(svg).filter((text) => text.includes("…"));
      assertEquals(new Set(labels).size, 2, labels.join("\n"));
    }
  }
});

Deno.test("charts are dark on dark pages, and only what is no data changes its colour", async () => {
  const svg = orThrow(await curvesSvg(run(3)));
  assertStringIncludes(svg, "prefers-color-scheme:dark");
  const matrix = confusionOf([0, 0, 1, 1], [0, 1, 1, 1], 2);
  const cells = orThrow(await confusionSvg(matrix, ["cat", "dog"]));
  const changed = [...cells.matchAll(/\[fill="([^"]+)"\]/g)].map(([, color]) => color);
  const texts = [...cells.matchAll(/fill="([^"]+)"[^>]*>(?:50|100)</g)].map(([, color]) => color);
  assert(texts.length === 3 && !texts.some((color) => changed.includes(color)), `${texts}`);
});

Deno.test("curvesSvg() names the best epoch", async () => {
  const points = [0.5, 0.75, 0.75, 0.6].map((validationAccuracy, i) => ({
    epoch: i + 1,
    validationAccuracy,
  }));
  const texts = textsOf(orThrow(await curvesSvg(points)));
  assert(texts.includes("best validation accuracy 75.00 %, epoch 2"));
});

Deno.test("curvesSvg() leaves out what was not measured", async () => {
  const points = [{ epoch: 1, trainLoss: 2, validationLoss: null }, { epoch: 2, trainLoss: NaN }];
  const svg = orThrow(await curvesSvg(points));
  const texts = textsOf(svg);
  assert(!texts.includes("accuracy") && !texts.includes("validation"));
  assert(!svg.includes("NaN"));
  assert(textsOf(orThrow(await curvesSvg([]))).includes("no epoch has ended yet"));
});

Deno.test("charts are the same each time they are drawn", async () => {
  assertEquals(await curvesSvg(run(5)), await curvesSvg(run(5)));
});

Deno.test("confusionSvg() writes shares into the cells and the accuracy into the title", async () => {
  const matrix = confusionOf([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1], 2);
  const texts = textsOf(orThrow(await confusionSvg(matrix, ["cat", "dog"])));
  for (const text of ["75", "25", "100", "cat", "dog", "Accuracy 83.33 %", "6 images, 2 classes"]) {
    assert(texts.includes(text), text);
  }
});

Deno.test("confusionSvg() keeps classes of one name apart, and escapes names", async () => {
  const matrix = confusionOf([0, 1, 2], [0, 1, 2], 3);
  const svg = orThrow(await confusionSvg(matrix, ["crane", "crane", '<b> & "c"']));
  assertEquals(textsOf(svg).filter((text) => text === "crane").length, 4);
  assertEquals(textsOf(svg).filter((text) => text === "100").length, 3);
  assert(!svg.includes("<b>"));
  assertStringIncludes(svg, "&lt;b&gt; &amp; ");
});

Deno.test("confusionSvg() leaves out the numbers of a hundred classes, and draws classes without images", async () => {
  const names = Array.from({ length: 100 }, (_, i) => `class ${i}`);
  const svg = orThrow(await confusionSvg(confusionOf([5, 6], [5, 7], 100), names));
  assertEquals(textsOf(svg).filter((text) => /^\d+$/.test(text)), []);
  assert(!svg.includes("NaN"));
  assertThrows(() => confusionSvg(confusionOf([], [], 2), ["cat"]), RangeError);
});

Deno.test("charts need no permission and no network", async () => {
  const module = new URL("../../tasks/charts/curves.ts", import.meta.url).href;
  const code = `import { curvesSvg } from ${JSON.stringify(module)};
    const svg = await curvesSvg([{ epoch: 1, trainLoss: 1 }]);
    console.log(svg._tag);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-lock",
      "--no-check",
      "--cached-only",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      `data:text/typescript,${encodeURIComponent(code)}`,
    ],
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "Right\n", new TextDecoder().decode(stderr));
});

Deno.test("comparisonSvg() keeps the paper's errors off the axis of runs that are not to be compared", async () => {
  const arms = [{ title: "one", errors: [60, 62], mean: 61, deviation: 1.4, paper: 5.52 }];
  const words = { title: "Learning", subtitle: [] };
  const own = "the paper's test error, %";
  const apart = textsOf(orThrow(await comparisonSvg(arms, { ...words, apart: true })));
  const ticks = apart.slice(0, apart.indexOf("test error, %")).map(Number);
  assert(ticks.every((tick) => !(tick < 50)) && apart.includes(own), `${apart}`);
  assert(!textsOf(orThrow(await comparisonSvg(arms, words))).includes(own));
});
