/** What `deno task show` shows of a data set: the very batches of training, and what is in it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decode } from "fast-png";
import { orThrow } from "../../mod.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { cropFlip, cutout, type Images, inOrder } from "../../tasks/data/mod.ts";
import { pictured } from "../../tasks/data/pictured.ts";
import { shownBatches } from "../../tasks/show/batches.ts";
import { oddities, partCounts } from "../../tasks/show/counts.ts";
import { batchesSheet } from "../../tasks/show/sheet.ts";
import { presetFor, type Recipe } from "../../tasks/training/mod.ts";
import { randomImages } from "../data/_images.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { inFolder, run } from "../tasks/_task.ts";
import { bands, engine, recipe as tiny, trainTiny } from "../training/_runs.ts";

/** The usual engine, which keeps what it trains on. */
function listening(heard: Float32Array[]): Engine {
  return {
    description: engine.description,
    backend: engine.backend,
    load: (graph) => {
      const program = engine.load(graph);
      return {
        graph: program.graph,
        run: (state, inputs) => {
          const { images, targets } = inputs;
          if (images !== undefined && targets !== undefined) heard.push(images, targets);
          return program.run(state, inputs);
        },
        trace: (state, inputs) => program.trace(state, inputs),
        dispose: () => program.dispose(),
      };
    },
    upload: (tensors) => engine.upload(tensors),
    download: (state) => engine.download(state),
    free: (state) => engine.free(state),
    liveTensors: () => engine.liveTensors(),
    dispose: () => {},
  };
}

const { steps: _, ...quick } = presetFor("network", "quick");

Deno.test("the batches that are shown are those of training, to the last bit", async () => {
  const augment = inOrder(cropFlip({ pad: 1, flip: true }), cutout({ size: 3 }));
  const changes = {
    ...tiny,
    epochs: 2,
    augment,
    mixup: 0.4,
    sampling: "balanced",
    seed: 5,
  } as const;
  const heard: Float32Array[] = [];
  await withFolder(async (folder) => {
    await trainTiny(`${folder}/run`, { recipe: changes, watch: { engine: listening(heard) } });
  });
  const recipe: Recipe = { ...quick, ...changes };
  for (const epoch of [1, 2]) {
    const { batches } = orThrow(await shownBatches(recipe, bands, { epoch, batches: 4 }));
    const shown = batches.flatMap(({ images, targets }) => [images, targets]);
    assertEquals(shown, heard.slice((epoch - 1) * 8, epoch * 8));
  }
  assertEquals(heard.length, 16);
  const more = await shownBatches(recipe, bands, { batches: 5 });
  assertProblem(more, "the batches are those of one epoch", "wanted  1 to 4");
});

const plain: Recipe = { ...quick, batch: 4, validation: 0, augment: "none" };

/** A data set of these images, of three classes. */
const datasetOf = (train: Images) => ({
  name: "some <data>",
  classes: ["a <b>", "second", "third"],
  height: train.shape[0],
  width: train.shape[1],
  channels: train.shape[2],
  train,
});

Deno.test("pictures that nothing is done to are those of the data set, byte for byte", async () => {
  for (const shape of [[4, 5, 3], [4, 5, 1]] as const) {
    const images = randomImages(9, { shape });
    const { data, batches: [batch] } = orThrow(await shownBatches(plain, datasetOf(images)));
    const { normalization } = data;
    const pictures = orThrow(pictured(batch!, { shape, normalization }));
    const size = shape[0] * shape[1] * shape[2];
    const all = Array.from(
      { length: images.count },
      (_, i) => images.pixels.slice(i * size, (i + 1) * size),
    );
    for (const [i, picture] of pictures.entries()) {
      const own = picture?.pixels.filter((_, at) => shape[2] === 3 || at % 3 === 0) ?? [];
      const place = all.findIndex((image) => image.join() === own.join());
      assert(place >= 0, `picture ${i}`);
      assertEquals(images.labels[place], batch?.labels[i]);
    }
  }
});

Deno.test("a sheet shows batches with their targets, and is one file", async () => {
  const dataset = datasetOf(randomImages(12, { shape: [4, 8, 3] }));
  const sizes = [{ size: 2, until: 0.5 }];
  const shown = orThrow(
    await shownBatches({ ...plain, mixup: 1, epochs: 2, sizes }, dataset, { batches: 2 }),
  );
  assertEquals(shown.batches.map(({ size, images }) => [size, images.length]), [
    [[2, 2], 4 * 2 * 2 * 3],
    [[2, 2], 4 * 2 * 2 * 3],
  ]);
  const subject = { dataset, made: [], epoch: 1, most: 3 };
  const svg = orThrow(batchesSheet(shown, subject));
  assertStringIncludes(svg, "some &lt;data&gt;");
  assertStringIncludes(svg, "batch 2 of 3: the first 3 of 4 images of 2x2");
  const shares = [...svg.matchAll(/>(\d+) % /g)].map(([, share]) => Number(share));
  assert(shares.length > 0 && shares.every((share) => share > 0 && share < 100), `${shares}`);
  assert(!svg.includes("<b>") && !svg.includes("NaN"));
  const tiles = [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)];
  assertEquals(tiles.length, 6);
  assertEquals(decode(Uint8Array.fromBase64(tiles[0]?.[1] ?? "")).width, 96);
});

Deno.test("classes are counted in each part, and what is odd is said", () => {
  const images = (...labels: readonly number[]): Images => ({
    ...randomImages(labels.length),
    labels: Uint8Array.from(labels),
  });
  const train = images(0, 0, 0, 1);
  const dataset = { ...datasetOf(train), test: images(0, 1, 2) };
  const parts = partCounts(dataset, { train, validation: undefined });
  assertEquals(parts, [
    { name: "training", images: 4, ofClass: [3, 1, 0] },
    { name: "test", images: 3, ofClass: [1, 1, 1] },
  ]);
  assertEquals(oddities(parts, dataset.classes), ["class third without training images"]);
  const uneven = [{ name: "training", images: 9, ofClass: [6, 2, 1] }] as const;
  const [said = ""] = oddities(uneven, dataset.classes);
  assertStringIncludes(said, "a <b> (6), has 6.0 times the images of the smallest, third (1)");
  const even = [{ name: "training", images: 5, ofClass: [2, 2, 1] }] as const;
  assertEquals(oddities(even, dataset.classes), []);
  const [one = ""] = oddities([{ name: "training", images: 5, ofClass: [5] }], ["a"]);
  assertStringIncludes(one, "one class");
});

Deno.test("a data set is shown from the shell", async () => {
  await inFolder(async (folder) => {
    const options = ["--limit=80", "--batch=16", "--pictures=4"];
    const { code, stdout, stderr } = await run(folder, "show", "shapes", ...options);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "class     training  validation   test");
    assertStringIncludes(stdout, "4 of 16 images an epoch, in random order");
    assertStringIncludes(stdout, "crop-flip (pad 2, flip alternating, edge reflect)");
    assertStringIncludes(stdout, "24x24 until step 6 of 12");
    const svg = await Deno.readTextFile(`${folder}/runs/show/shapes.svg`);
    assertEquals(svg.match(/<image /g)?.length, 4);
    const small = [...options, "--validation=20", "--no-augment", "--format=json"];
    const shown = await run(folder, "show", "shapes,count=90,test=30", ...small);
    assertEquals(shown.code, 0, shown.stderr);
    const { data, shape, images, classes, normalization, batches, recipe, notes } = JSON.parse(
      shown.stdout,
    );
    assertEquals([data, shape], ["shapes,count=90,test=30", [32, 32, 3]]);
    assertEquals(images, { training: 60, validation: 20, test: 30, unused: 10 });
    assertEquals(classes.length, 10);
    assertEquals(classes[1], { name: "ring", training: 6, validation: 2, test: 3 });
    assertEquals([normalization.kind, normalization.mean.length], ["per-pixel-mean", 3]);
    assertEquals(batches, { images: 16, anEpoch: 3, inAll: 9 });
    assertEquals([recipe.augment, notes], [[], []]);
  });
});
