/** Data sets and augmentations of a user: values given to training and evaluation. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../dsl/problem/throw.ts";
import {
  type Augmentation,
  batches,
  checkDataset,
  cropFlip,
  type Dataset,
  type ImageSource,
  inOrder,
  splitTrain,
} from "../../tasks/data/mod.ts";
import { normalizationOf } from "../../tasks/data/normalize.ts";
import { setBatches } from "../../tasks/data/set_batches.ts";
import { evaluate, resume, train } from "../../tasks/training/mod.ts";
import { resumeOnTorch, trainOnTorch } from "../../tasks/training/torch.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, tinyNet } from "../training/_runs.ts";
import { randomImages } from "./_images.ts";
import { assertProblem } from "./_results.ts";

const recipe = { epochs: 2, batch: 8, validation: 6 };
const { test: _, ...untested } = bands;
const negative = (least: number): Augmentation => ({
  name: "negative",
  options: { least },
  apply: (pixels, [bits]) => bits / 2 ** 32 < least ? pixels : pixels.map((value) => -value),
});

Deno.test("a data set without test images trains; the held out images decide", () =>
  withFolder(async (folder) => {
    const out = join(folder, "run");
    const run = orThrow(await train({ net: tinyNet(), data: untested, out, recipe, engine }));
    assert(run.finished && run.test === undefined && run.best !== undefined);
    const choice = { dataset: untested, backend: "wasm" } as const;
    const refused = await evaluate(out, choice);
    assertEquals(refused._tag === "Left" && refused.left[0]?.code, "no-test-images");
    const held = orThrow(await evaluate(out, { ...choice, split: "validation" }));
    assertEquals(held.images, 6);
    assert(Math.abs(held.top1 - (run.best?.accuracy ?? NaN)) < 1e-6);
  }));

/** Images in memory as those of a source, which counts how often it is asked. */
function sourceOf(images: ReturnType<typeof randomImages>): ImageSource {
  const { count, shape, labels, pixels } = images;
  const size = pixels.length / count;
  const image = (place: number) => [...pixels.subarray(place * size, (place + 1) * size)];
  return {
    count,
    shape,
    labels,
    colours: { mean: Float32Array.of(0.5, 0.4, 0.3), std: Float32Array.of(0.2, 0.2, 0.1) },
    read: (places) => Promise.resolve(Uint8Array.from(places.flatMap(image))),
  };
}

Deno.test("images of a source are those in memory, parts of them too", async () => {
  const images = randomImages(11);
  const source = sourceOf(images);
  const options = {
    size: 4,
    classes: 3,
    key: [3, 4] as const,
    epoch: 1,
    normalization: orThrow(normalizationOf(source)),
    augment: { pad: 1, flip: true },
    shuffle: true,
  };
  const held = { validation: 5, key: [1, 2] as const };
  const parts = [orThrow(splitTrain(images, held)), orThrow(splitTrain(source, held))] as const;
  for (const [whole, read] of [[images, source], [parts[0].train, parts[1].train]] as const) {
    assertEquals(
      await Array.fromAsync(orThrow(setBatches(read, options))),
      [...orThrow(batches(whole, options))],
    );
  }
});

Deno.test("a run on a source; one that fails is a problem", () =>
  withFolder(async (folder) => {
    const data = { ...untested, train: sourceOf(bands.train) };
    const request = { net: tinyNet(), data, recipe };
    const run = await train({ ...request, out: join(folder, "a"), engine });
    assert(orThrow(run).finished);
    const broken = (read: ImageSource["read"]) => ({ ...data, train: { ...data.train, read } });
    for (const read of [() => new Uint8Array(7), () => Promise.reject(new Error("offline"))]) {
      const out = join(folder, crypto.randomUUID());
      const result = await train({ ...request, data: broken(read), out, engine });
      assertEquals(result._tag === "Left" && result.left[0]?.code, "broken-data");
    }
  }));

Deno.test("an augmentation of a user trains, is recorded, and is given again on resume", () =>
  withFolder(async (folder) => {
    const own = inOrder(cropFlip({ pad: 1, flip: true }), negative(0.5));
    const request = { net: tinyNet(), data: bands, recipe: { ...recipe, augment: own } };
    const whole = join(folder, "whole");
    const reference = orThrow(await train({ ...request, out: whole, engine }));
    const { config } = JSON.parse(await Deno.readTextFile(join(whole, "config.json")));
    assertEquals(config.recipe.augment, {
      name: "in-order",
      options: {
        steps: [
          { name: "crop-flip", options: { pad: 1, flip: true } },
          { name: "negative", options: { least: 0.5 } },
        ],
      },
    });
    const out = join(folder, "stopped");
    let steps = 0;
    const interrupted = () => ++steps === 3;
    orThrow(await train({ ...request, out, engine }, { interrupted }));
    const code = async (augment?: Augmentation) => {
      const given = augment === undefined ? {} : { augment };
      const resumed = await resume(out, { engine, dataset: bands, ...given });
      return resumed._tag === "Left" && resumed.left[0]?.code;
    };
    assertEquals(await code(), "augmentation-missing");
    assertEquals(await code(negative(0.5)), "other-augmentation");
    const resumed = orThrow(await resume(out, { engine, dataset: bands, augment: own }));
    assertEquals(
      resumed.epochs.map(({ trainLoss }) => trainLoss),
      reference.epochs.map(({ trainLoss }) => trainLoss),
    );
  }));

Deno.test("PyTorch refuses an augmentation that is a function, and another one than the run's", () =>
  withFolder(async (folder) => {
    const code = (outcome: Awaited<ReturnType<typeof resumeOnTorch>>) =>
      outcome._tag === "Left" && outcome.left[0]?.code;
    const augment = negative(0.5);
    const request = { net: tinyNet(), data: bands };
    const own = { ...recipe, augment };
    const out = join(folder, "own");
    assertEquals(code(await trainOnTorch({ ...request, out, recipe: own })), "not-on-torch");
    orThrow(await train({ ...request, out, recipe: own, engine }));
    assertEquals(code(await resumeOnTorch(out, { dataset: bands })), "not-on-torch");
    assertEquals(code(await resumeOnTorch(out, { dataset: bands, augment })), "not-on-torch");
    const plain = join(folder, "plain");
    orThrow(await train({ ...request, out: plain, recipe, engine }));
    const given = await resumeOnTorch(plain, { dataset: bands, augment });
    assertEquals(code(given), "other-augmentation");
  }));

Deno.test("augmentations in order each draw from a key of their own", () => {
  const images = randomImages(40);
  const seen = (augment: Augmentation | "none") =>
    [
      ...orThrow(batches(images, {
        size: 40,
        classes: 3,
        key: [1, 1],
        epoch: 0,
        normalization: orThrow(normalizationOf(images)),
        augment,
      })),
    ].flatMap((batch) => [...batch.images]);
  assertEquals(seen(inOrder()), seen("none"));
  assertEquals(seen(negative(1)), seen("none"));
  const twice = seen(inOrder(negative(0.5), negative(0.5)));
  assertNotEquals(twice, seen("none"));
  assertEquals(twice.map(Math.abs), seen("none").map(Math.abs));
});

Deno.test("augmentations that do not keep to the rules are problems", () =>
  withFolder(async (folder) => {
    const applies: readonly Augmentation["apply"][] = [
      (pixels) => pixels.subarray(1),
      () => JSON.parse("null"),
    ];
    for (const apply of applies) {
      const augment: Augmentation = { name: "cut", options: {}, apply };
      const out = join(folder, crypto.randomUUID());
      const request = { net: tinyNet(), data: bands, out, recipe: { ...recipe, augment } };
      assertProblem(
        await train({ ...request, engine }),
        "augment.cut (augmentation): an augmentation keeps an image's size",
        "a Float32Array of 192 values",
      );
    }
    for (const augment of ["crop", { name: "x" }, null, 3, { name: "x", options: {}, apply: 1 }]) {
      const from = JSON.parse(JSON.stringify(augment));
      const out = join(folder, crypto.randomUUID());
      const result = await train(
        { net: tinyNet(), data: bands, out, recipe: { ...recipe, augment: from }, engine },
      );
      assertEquals(result._tag, "Left");
    }
  }));

Deno.test("data sets of the wrong types are problems that say what to do", () => {
  const checked = (change: object) => {
    const data: Dataset = JSON.parse("{}");
    return checkDataset(Object.assign(data, bands, change));
  };
  const split = (change: object) => ({ train: { ...bands.train, ...change } });
  assertProblem(checked({ tset: bands.test }), 'did you mean "test"?');
  assertProblem(checked(split({ pixels: new Float32Array(3) })), "bytes from 0 to 255");
  assertProblem(checked(split({ pixels: bands.train.pixels.subarray(1) })), "fill the images");
  assertProblem(checked(split({ labels: [0, 1] })), "Uint8Array.from(labels)");
  assertProblem(checked(split({ labels: bands.train.labels.map(() => 3) })), "label 3 of image 0");
  assertProblem(checked(split({ count: 0.5 })), "train.count");
  assertProblem(checked(split({ shape: [8, 8] })), "train.shape");
  assertProblem(checked({ train: undefined }), "train");
  assertProblem(checked({ train: 3 }), "train");
  assertProblem(checked({ classes: "abc" }), "classes");
  assertProblem(checked({ test: null }), "test");
  const source = sourceOf(bands.train);
  assertProblem(checked({ train: { ...source, read: 3 } }), "train.read");
  assertProblem(checked({ train: { ...source, colours: undefined } }), "train.colours");
});
