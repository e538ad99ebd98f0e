/** What a finished run's weights reach and see, from the folder alone. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import type { Images } from "../../tasks/data/mod.ts";
import { picturesAt } from "../../tasks/data/pictured.ts";
import { mistakesSheet, worstMistakes } from "../../tasks/evaluate/mistakes.ts";
import { projectOfRun } from "../../tasks/export/torch.ts";
import { makePage } from "../../tasks/page/make.ts";
import { openWeights } from "../../tasks/training/weights.ts";
import { evaluateShown } from "../../tasks/training/evaluate.ts";
import { evaluate, loadCheckpoint, predict, softmax } from "../../tasks/training/mod.ts";
import { assertProblem } from "../data/_results.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { bands, engine, remainsOf, stripes, trainTiny } from "./_runs.ts";

const used = { dataset: bands, backend: "wasm" } as const;

Deno.test("evaluate() finds on the test images what the run found, bit for bit", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const { test } = await trainTiny(out);
    const before = [await remainsOf(out), await namesIn(out), engine.liveTensors()];
    const { classes, run, config, data, engine: description, ...measured } = orThrow(
      await evaluate(out, used),
    );
    assertEquals(measured, test);
    assertEquals(classes, bands.classes);
    assertEquals(run.folder, out);
    assertEquals([config.name, data], ["network", "bands"]);
    assert(description.startsWith("tfjs wasm"), description);
    assertEquals([await remainsOf(out), await namesIn(out), engine.liveTensors()], before);
  });
});

Deno.test("the worst mistakes are the surest ones, shown by their own pictures", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { dataset: stripes, recipe: { epochs: 1, rate: 1e-5 } });
    const classes = ["<b>", "second", "third"];
    const used = { dataset: stripes, engine, logits: true };
    const found = orThrow(await evaluateShown(out, used));
    const logits = found.logits ?? new Float32Array();
    const wrong = Array.from(stripes.test.labels, (label, image) => {
      const shares = softmax(logits.subarray(image * 3, image * 3 + 3));
      const probability = Math.max(...shares);
      return { image, label, taken: shares.indexOf(probability), probability };
    }).filter(({ label, taken }) => label !== taken)
      .toSorted((a, b) => b.probability - a.probability);
    assert(wrong.length > 2, "a network that has learnt nothing is wrong");
    const worst = worstMistakes({ ...found, classes });
    assertEquals(
      worst.map(({ image, class: own, takenFor }) => [image, own, takenFor]),
      wrong.slice(0, 24).map(({ image, label, taken }) => [image, classes[label], classes[taken]]),
    );
    const [first] = wrong;
    const [picture] = orThrow(await picturesAt(stripes.test, [first?.image ?? 0]));
    const size = stripes.test.pixels.length / stripes.test.count;
    const at = (first?.image ?? 0) * size;
    assertEquals(picture?.pixels, stripes.test.pixels.slice(at, at + size));
    const svg = orThrow(await mistakesSheet({ ...found, classes }));
    assertEquals(svg.match(/<image /g)?.length, worst.length);
    assert(svg.includes(`${wrong.length} of 30 images`) && !svg.includes("<b>"));
  });
});

Deno.test("evaluate() measures the last weights and the other splits when asked", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const { epochs } = await trainTiny(out);
    const held = orThrow(
      await evaluate(out, { ...used, weights: "last", split: "validation" }),
    );
    assertEquals(held.images, 8);
    assertEquals(held.top1, epochs.at(-1)?.validationAccuracy);
    assertEquals(held.loss, epochs.at(-1)?.validationLoss);
    assertEquals(orThrow(await evaluate(out, { ...used, split: "train" })).images, 35);
  });
});

Deno.test("evaluate() averages what a network says of an image mirrored and moved", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { dataset: stripes });
    const { count, pixels, labels, shape: [height, width, channels] } = stripes.test;
    const { mean } = orThrow(await loadCheckpoint(join(out, "best.safetensors"))).normalization;
    const size = height * width * channels;
    const inside = (at: number, side: number) => at < 0 ? -at : at >= side ? 2 * side - 2 - at : at;
    /** The images as the network sees them, each moved by so many pixels, then mirrored. */
    const shown = (by: number, isMirrored: boolean) =>
      Float32Array.from(pixels, (_, i) => {
        const [image, c] = [Math.floor(i / size), i % channels];
        const x = Math.floor(i / channels) % width;
        const row = inside(Math.floor(i % size / width / channels) + by, height);
        const column = inside((isMirrored ? width - 1 - x : x) + by, width);
        const at = (row * width + column) * channels + c;
        return (pixels[image * size + at] ?? NaN) / 255 - (mean[at] ?? NaN);
      });
    const probabilities = async (by: number, isMirrored: boolean) => {
      const images = { values: shown(by, isMirrored), shape: [count, height, width, channels] };
      const seen = orThrow(await predict(out, images, { engine }));
      return seen.flatMap(({ probabilities }) => [...probabilities]);
    };
    const VIEWS = { mirror: [[0, 1]], six: [[0, 2], [-1, 1], [1, 1]] } as const;
    for (const views of ["mirror", "six"] as const) {
      const all = await Promise.all(
        VIEWS[views].flatMap(([by, weight]) =>
          [false, true].map(async (is) => ({ weight, of: await probabilities(by, is) }))
        ),
      );
      const weights = all.reduce((sum, { weight }) => sum + weight, 0);
      const used = { engine, dataset: stripes, views, logits: true } as const;
      const measured = orThrow(await evaluate(out, used));
      measured.logits?.forEach((logit, i) => {
        const wanted = all.reduce((sum, { weight, of }) => sum + weight * (of[i] ?? NaN), 0);
        assertAlmostEquals(Math.exp(logit), wanted / weights, 1e-5);
      });
      assertEquals(measured.images, labels.length);
    }
    const both = { engine, dataset: stripes, views: "mirror", tenCrops: true } as const;
    assertProblem(await evaluate(out, both), "ten crops have the mirror images among them");
  });
});

Deno.test("evaluate() says when no images were held out, and when nothing was trained", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1, validation: 0 } });
    assertProblem(
      await evaluate(out, { ...used, split: "validation" }),
      "the run held out no images",
    );
    // It is said before data are loaded.
    const unread = { dataset: "folder:/nowhere", split: "validation" } as const;
    assertProblem(await evaluate(out, unread), "the run held out no images");
    await Deno.remove(join(out, "best.safetensors"));
    assertProblem(await evaluate(out, used), "best.safetensors", "the file must exist");
    assertProblem(await evaluate(out, used), "hint    use the run's last weights: --weights last");
    assertProblem(await projectOfRun(out), "best.safetensors", "train --resume");
    const last = join(out, "last.safetensors");
    assertProblem(await openWeights(out), `by their file: ${last}`);
    const page = await makePage([out], { measure: true, images: [], onNote: () => {}, engine });
    assertStringIncludes(orThrow(page), "train --resume");
    await Deno.remove(last);
    assertProblem(await evaluate(out, used), "hint    resume the run until its first epoch");
    assertProblem(await evaluate(folder, used), "the folder must be that of a run");
  });
});

Deno.test("evaluate() refuses images that do not fit the network", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const evaluateOn = (test: Images) => evaluate(out, { ...used, dataset: { ...bands, test } });
    const labels = bands.test.labels.map(() => 3);
    assertProblem(await evaluateOn({ ...bands.test, labels }), "label 3 of image 0");
    const empty = { ...bands.test, count: 0, pixels: new Uint8Array(), labels: new Uint8Array() };
    assertProblem(await evaluateOn(empty), "test.count", "a split holds an image");
    assertProblem(await evaluateOn({ ...bands.test, shape: [4, 16, 3] }), "4x16x3");
    const evaluateAs = (changes: Partial<typeof bands>) =>
      evaluate(out, { ...used, dataset: { ...bands, ...changes } });
    assertProblem(await evaluateAs({ classes: ["a", "b"] }), "got     2", "wanted  3");
    assertProblem(await evaluateAs({ name: "folder:a", height: 99 }), "hint    say folder:a,size=");
    assertProblem(await evaluate(out, { ...used, dataset: "no such data" }), "no such data");
    // Of some data sets it is known before they are read.
    const unread = await evaluate(out, { ...used, dataset: "cifar100:/nowhere" });
    assertProblem(unread, "got     32x32x3", "got     100");
  });
});

Deno.test("evaluate() and predict() take arrays, and run on an engine that the caller opened", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const { test } = await trainTiny(out, { recipe: { epochs: 1 } });
    const live = engine.liveTensors();
    const { count, pixels, labels } = bands.test;
    const shape = [count, ...bands.test.shape];
    const images = { pixels, shape, labels: [...labels] };
    const measured = orThrow(await evaluate(out, { engine, images, logits: true }));
    assertEquals([measured.loss, measured.top1], [test?.loss, test?.top1]);
    const seen = orThrow(
      await predict(out, { pixels, shape: bands.test.shape }, { engine, top: 2 }),
    );
    const { mean } = orThrow(await loadCheckpoint(join(out, "best.safetensors"))).normalization;
    const values = Float32Array.from(
      pixels,
      (byte, i) => byte / 255 - (mean[i % mean.length] ?? 0),
    );
    const ready = orThrow(await predict(out, { values, shape }, { engine }));
    const set = orThrow(await predict(out, bands.test, { engine }));
    const data = orThrow(await predict(out, bands, { engine }));
    const classes = bands.classes.length;
    for (const [i, { path, label, guesses, logits, probabilities }] of seen.entries()) {
      assertEquals([path, guesses.length, label], [`image ${i}`, 2, guesses[0]?.name]);
      assertEquals(label, bands.classes[measured.predictions[i] ?? -1]);
      assertAlmostEquals(probabilities.reduce((a, b) => a + b), 1, 1e-9);
      for (const others of [ready, set, data]) {
        logits.forEach((logit, c) => assertAlmostEquals(others[i]?.logits[c] ?? NaN, logit, 1e-4));
      }
      const row = measured.logits?.subarray(i * classes, (i + 1) * classes) ?? [];
      logits.forEach((logit, c) => assertAlmostEquals(row[c] ?? NaN, logit, 1e-4));
    }
    assertEquals([seen, ready, set, data].map(({ length }) => length), [
      count,
      count,
      count,
      count,
    ]);
    assertEquals(engine.liveTensors(), live);
  });
});

Deno.test("evaluate() and predict() say what is wrong with arrays, engines and options, types or no types", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const { pixels, shape } = bands.test;
    const size = shape[0] * shape[1] * shape[2];
    // As a script without types would call it.
    const loose: (
      folder: string,
      images: unknown,
      options?: unknown,
    ) => ReturnType<typeof predict> = predict as never;
    const refused = async (images: unknown, options: object, ...words: readonly string[]) =>
      assertProblem(await loose(out, images, { engine, ...options }), ...words);
    await refused({ pixels: new Float32Array(size), shape }, {}, "Float32Array", "as values");
    await refused({ values: new Uint8Array(size), shape }, {}, "Uint8Array", "as pixels");
    await refused({ pixels, shape: [4, 4, 3] }, {}, "4x4x3", "the shape of the network's input");
    await refused({ pixels }, {}, "the shape of the network's input");
    await refused({ pixels: new Uint8Array(), shape }, {}, "fill at least one image");
    await refused({ pixels: new Uint8Array(size + 1), shape }, {}, `${size + 1} numbers`);
    await refused({ pixels: new Uint8Array(size), shape: [2, ...shape] }, {}, `${2 * size}`);
    for (const nothing of [[], undefined, null, 3, {}]) {
      await refused(nothing, {}, "there is at least one image to look at");
    }
    await refused(bands.test, { top: 0 }, "at least one class is named");
    await refused(bands.test, { engine: {} }, "one that is open");
    await refused(bands.test, { backend: "wasm" }, "leave backend out");
    const labels = [...bands.test.labels].slice(1);
    const images = { pixels, shape, labels };
    assertProblem(await evaluate(out, { engine, images }), "every image has one label");
    const measured = async (options: object, ...words: readonly string[]) =>
      assertProblem(await evaluate(out, { engine, ...options }), ...words);
    await measured({ images: { pixels, shape } }, "no labels");
    await measured({ images: { pixels, shape, lables: [] } }, 'did you mean "labels"?');
    for (const label of ["2", 2.7, -1, 3, NaN, undefined]) {
      const wrong = [...bands.test.labels.subarray(1), label];
      await measured({ images: { pixels, shape, labels: wrong } }, "of image 12", "from 0 to 2");
    }
    const right = { pixels, shape, labels: bands.test.labels };
    await measured({ images: right, dataset: "no-such", split: "tset" }, "leave dataset out");
    await measured({ images: right, split: "test" }, "leave split out");
    for (const dataset of [{}, [], 3, null]) await measured({ dataset }, "(data set)");
    await refused({ values: new Float32Array(size), shape, pixels }, {}, "no such field", "pixels");
    await refused({ pixels, shape, lables: [] }, {}, 'did you mean "labels"?');
    const floats = { ...bands.test, pixels: new Float32Array(pixels) };
    await refused({ ...bands, test: floats }, {}, "bytes from 0 to 255");
    await refused(floats, {}, "Float32Array", "as values");
    assertProblem(
      await evaluate(out, { engine, dataset: bands, split: "all" as never }),
      "there is no split of this name",
    );
  });
});

Deno.test("evaluate() refuses classes of other names than the network's, unless it is told", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out);
    const dataset = { ...bands, name: "other", classes: ["first", "2nd", "third"] };
    const refused = await evaluate(out, { dataset, engine });
    assertProblem(refused, '"2nd" as class 1', "--other-classes");
    const told = orThrow(await evaluate(out, { dataset, engine, otherClasses: true }));
    const own = orThrow(await evaluate(out, { dataset: bands, engine }));
    assertEquals([told.data, own.data, told.top1], ["other", "bands", own.top1]);
  });
});
