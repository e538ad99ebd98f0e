/** What a network sees in picture files: those of a run's data set, of any size, broken, and many. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Engine } from "../../dsl/engines/engine.ts";
import { orThrow } from "../../mod.ts";
import type { Images } from "../../tasks/data/mod.ts";
import { folder as folderOf } from "../../tasks/data/mod.ts";
import { predict, train } from "../../tasks/training/mod.ts";
import { predictInParts, type Prediction } from "../../tasks/training/predict.ts";
import { makePng } from "../data/_make_png.ts";
import { assertProblem } from "../data/_results.ts";
import { png, withFolder as withPictures } from "../data/_pictures.ts";
import { problemsOf } from "../_problems.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, tinyNet, trainTiny } from "./_runs.ts";

/** Writes an image as a PNG file. */
async function writePng(path: string, { pixels, shape }: Images, index: number): Promise<void> {
  const [height, width, channels] = shape;
  const row = (y: number) => {
    const start = (index * height + y) * width * channels;
    return [...pixels.subarray(start, start + width * channels)];
  };
  const rows = Array.from({ length: height }, (_, y) => row(y));
  await Deno.writeFile(path, await makePng({ width, height, depth: 8, colourType: 2, rows }));
}

Deno.test("predict() sees in files what measuring saw in the same images", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const { test, classes } = await trainTiny(out, { recipe: { epochs: 1 } });
    const paths = Array.from(bands.test.labels, (_, i) => join(folder, `${i}.png`));
    for (const [i, path] of paths.entries()) await writePng(path, bands.test, i);
    const live = engine.liveTensors();
    const predictions = orThrow(await predict(out, paths, { backend: "wasm" }));
    assertEquals(engine.liveTensors(), live);
    assertEquals(predictions.map(({ path }) => path), paths);
    assertEquals(
      predictions.map(({ guesses }) => guesses[0]?.name),
      Array.from(test?.predictions ?? [], (index) => classes[index]),
    );
    for (const { guesses } of predictions) {
      const probabilities = guesses.map(({ probability }) => probability);
      assertEquals(guesses.map(({ name }) => name).sort(), [...bands.classes].sort());
      assertEquals(probabilities, probabilities.toSorted((a, b) => b - a));
      assertAlmostEquals(probabilities.reduce((a, b) => a + b), 1, 1e-6);
    }
    const losses = predictions.map(({ guesses }, i) =>
      -Math.log(
        guesses.find(({ name }) => name === classes[bands.test.labels[i] ?? -1])?.probability ??
          NaN,
      )
    );
    assertAlmostEquals(losses.reduce((a, b) => a + b) / losses.length, test?.loss ?? NaN, 1e-5);
  });
});

Deno.test("predict() sees of a folder's pictures what measuring saw: their middles", async () => {
  const files = Object.fromEntries(
    ["train", "val"].flatMap((part) =>
      ["a", "b", "c"].flatMap((name, hue) =>
        [0, 1, 2].map((i) => [`${part}/${name}/${i}.png`, png(21 + 5 * i, 12, { hue })])
      )
    ),
  );
  await withPictures(files, async (root) => {
    const data = orThrow(await folderOf(root, { size: 8 }));
    const [out, recipe] = [join(root, "run"), { epochs: 4, batch: 3, rate: 0.05, validation: 0 }];
    const run = orThrow(await train({ net: tinyNet(), data, out, recipe, backend: "wasm" }));
    const paths = ["a", "b", "c"].flatMap((name) =>
      [0, 1, 2].map((i) => `${root}/val/${name}/${i}.png`)
    );
    const losses = orThrow(await predict(out, paths, { backend: "wasm" })).map(
      ({ guesses, path }) => {
        const truth = path.split("/").at(-2);
        return -Math.log(guesses.find(({ name }) => name === truth)?.probability ?? NaN);
      },
    );
    const mean = losses.reduce((a, b) => a + b) / losses.length;
    assertAlmostEquals(mean, run.test?.loss ?? NaN, 1e-5);
  });
});

Deno.test("predict() takes images of any size", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out);
    const path = join(folder, "large.png");
    const line = (y: number) => Array.from({ length: 40 * 3 }, () => y < 9 ? 200 : 100);
    const rows = Array.from({ length: 24 }, (_, y) => line(y));
    await Deno.writeFile(
      path,
      await makePng({ width: 40, height: 24, depth: 8, colourType: 2, rows }),
    );
    const [seen] = orThrow(await predict(out, [path], { backend: "wasm" }));
    assertEquals(seen?.guesses[0]?.name, "first");
  });
});

Deno.test("predict() reports every file that is no image, and computes nothing", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const [text, none] = [join(folder, "text.png"), join(folder, "none.png")];
    await Deno.writeTextFile(text, "not an image");
    assertProblem(await predict(out, [text, none], { backend: "wasm" }), text, none);
  });
});

Deno.test("files in parts are seen as all at once, by a program that is loaded once", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const paths = Array.from(bands.test.labels, (_, i) => join(folder, `${i}.png`));
    for (const [i, path] of paths.entries()) await writePng(path, bands.test, i);
    let loaded = 0;
    const counting: Engine = {
      ...{ description: engine.description, backend: engine.backend },
      load: (graph) => (loaded++, engine.load(graph)),
      upload: (tensors) => engine.upload(tensors),
      download: (state) => engine.download(state),
      free: (state) => engine.free(state),
      liveTensors: () => engine.liveTensors(),
      dispose: () => {},
    };
    const parts: (readonly Prediction[])[] = [];
    const onPart = (part: readonly Prediction[]) => void parts.push(part);
    const live = engine.liveTensors();
    orThrow(await predictInParts(out, paths, { engine: counting, atOnce: 5, onPart }));
    assertEquals([loaded, engine.liveTensors() - live], [1, 0]);
    assertEquals(parts.map(({ length }) => length), [5, 5, 3]);
    const whole = orThrow(await predict(out, paths, { engine }));
    assertEquals(
      parts.flat().map(({ path, label }) => [path, label]),
      whole.map(({ path, label }) => [path, label]),
    );
    parts.flat().forEach(({ logits }, i) =>
      logits.forEach((logit, c) => assertAlmostEquals(whole[i]?.logits[c] ?? NaN, logit, 1e-5))
    );
  });
});

Deno.test("files that are not there are told of before an engine is opened", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const there = join(folder, "there.png");
    await writePng(there, bands.test, 0);
    const missing = ["a.png", "b.png"].map((name) => join(folder, name));
    const given = { engine: "none" as never, atOnce: 2, onPart: () => {} };
    const refused = await predictInParts(out, [there, ...missing], given);
    assertEquals(problemsOf(refused).map(({ path }) => path), missing);
    assertProblem(await predictInParts(out, [there], given), "none");
  });
});
