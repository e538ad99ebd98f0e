/** What cannot be trained is refused with its reason before anything is written. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { chain, focal, groups, muon, type Net } from "../../mod.ts";
import { conv, dense, flatten } from "../../layers/mod.ts";
import {
  cropFlip,
  cutout,
  type Dataset,
  type Images,
  inOrder,
  type TestedDataset,
} from "../../tasks/data/mod.ts";
import { resume, train, type TrainRequest } from "../../tasks/training/mod.ts";
import { assertProblem } from "../data/_results.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { bands, engine, recipe, tinyNet, trainTiny } from "./_runs.ts";

const withTrain = (change: Partial<Images>): Dataset => ({
  ...bands,
  train: { ...bands.train, ...change },
});

const withTest = (change: Partial<Images>): TestedDataset => ({
  ...bands,
  test: { ...bands.test, ...change },
});

const nothing = { count: 0, pixels: new Uint8Array(), labels: new Uint8Array() };

interface Bad {
  readonly name: string;
  readonly change: Partial<TrainRequest>;
  readonly parts: readonly string[];
}

const withNet = (net: Net) => ({ net });

const BAD: readonly Bad[] = [
  {
    name: "labels outside the classes",
    change: { data: withTrain({ labels: bands.train.labels.map((label) => label + 1) }) },
    parts: ["bands.train", "every label is the index of a class", "label 3 of image 2"],
  },
  {
    name: "test labels outside the classes",
    change: { data: withTest({ labels: bands.test.labels.map(() => 9) }) },
    parts: ["bands.test", "label 9 of image 0"],
  },
  {
    name: "no training images",
    change: { data: withTrain(nothing) },
    parts: ["bands: train.count", "a split holds an image"],
  },
  {
    name: "no test images",
    change: { data: withTest(nothing) },
    parts: ["bands: test.count", "a split holds an image"],
  },
  {
    name: "every image held out",
    change: { recipe: { ...recipe, validation: 43 } },
    parts: ["validation (option)", "43 of 43 training images"],
  },
  {
    name: "as many images held out as the limit leaves",
    change: { recipe: { ...recipe, limit: 8 } },
    parts: ["validation (option)", "8 of 8 training images"],
  },
  {
    name: "a limit above the images there are",
    change: { recipe: { ...recipe, limit: 44 } },
    parts: ["limit (option)", "44 of 43 images"],
  },
  {
    name: "fewer images than a batch",
    change: { recipe: { ...recipe, batch: 36 } },
    parts: ["batch (option)", "35 images, batches of 36"],
  },
  {
    name: "more classes in the network than in the data",
    change: withNet(chain(flatten(), dense(10))),
    parts: ["bands (data set)", "one logit for each class", "got     10", "wanted  3"],
  },
  {
    name: "a network that does not end in logits",
    change: withNet(conv(3)),
    parts: ["one logit for each class", "8x8x3"],
  },
  {
    name: "a network too deep for the images",
    change: withNet(chain(conv(4, { kernel: 9, padding: "valid" }), flatten(), dense(3))),
    parts: ["conv1 (conv)"],
  },
  {
    name: "an unknown data set",
    change: { data: "cifar100" },
    parts: ["cifar100", "cifar10"],
  },
  {
    name: "smaller images for a network whose parameters depend on their size",
    change: { recipe: { ...recipe, sizes: [{ size: 4, until: 0.5 }] } },
    parts: ["sizes (option)", "other parameters on 4x4x3", "global pooling"],
  },
  {
    name: "images that are to be larger at first",
    change: { recipe: { ...recipe, sizes: [{ size: 9, until: 0.5 }] } },
    parts: ["sizes (option)", "got     9 pixels, of images of 8x8", "wanted  8 pixels at most"],
  },
  {
    name: "a square that is larger than images",
    change: {
      recipe: {
        ...recipe,
        augment: inOrder(cropFlip({ pad: 1, flip: true }), cutout({ size: 9 })),
      },
    },
    parts: ["cutout (option)", "got     9 pixels, of images of 8x8", "a smaller square: 4 pixels"],
  },
  {
    name: "a mirrored border as wide as images",
    change: {
      recipe: {
        ...recipe,
        augment: inOrder(cutout({ size: 2 }), cropFlip({ pad: 8, flip: true, edge: "reflect" })),
      },
    },
    parts: [
      "augment.pad (option)",
      "got     8 pixels, of images of 8x8",
      "wanted  7 pixels at most",
    ],
  },
  {
    name: "a group of parameters that the network does not have",
    change: { recipe: { ...recipe, optimizer: groups([{ path: "none", rate: 2 }], muon()) } },
    parts: ["optimizer.groups (option)", '{"path":"none"}'],
  },
  {
    name: "a recipe out of its range",
    change: { recipe: { ...recipe, epochs: 0, rate: -1 } },
    parts: ["epochs (option)", "rate (option)"],
  },
];

for (const { name, change, parts } of BAD) {
  Deno.test(`train() refuses ${name} and leaves nothing behind`, async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "runs", "first");
      const live = engine.liveTensors();
      const request = { net: tinyNet(), data: bands, out, recipe, ...change };
      assertProblem(await train({ ...request, engine }), ...parts);
      assertEquals(await namesIn(folder), []);
      assertEquals(engine.liveTensors(), live);
    });
  });
}

const CHOICES: readonly (readonly [choice: object, ...parts: readonly string[]])[] = [
  [{ backend: "cuda" }, "backend (option)", "cuda", "wasm"],
  [{ engine: "onnxx", threads: 2 }, "engine (option)", 'did you mean "onnx"?'],
  [{ engine: "onnx", backend: "wasm" }, "backend belongs to the engine tfjs"],
  [
    { backend: "webgpu", threads: 2 },
    "threads belongs to the engine onnx and the backend wasm",
    "the backend is webgpu",
  ],
  [{ backend: "cpu", threads: 2 }, "threads belongs to the engine onnx", "the backend is cpu"],
  [{ threads: 0 }, "threads (option)", "at least 1"],
  [{ threads: 1.5 }, "threads (option)", "got     1.5"],
];

Deno.test("train() refuses engines that there are not and options that do not go together, and leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const request = { net: tinyNet(), data: bands, out: join(folder, "run"), recipe };
    for (const [choice, ...parts] of CHOICES) {
      assertProblem(await train({ ...request, ...choice }), ...parts);
    }
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("train() refuses among what watches what belongs to the request", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const request = { net: tinyNet(), data: bands, out, recipe };
    const loose: (request: unknown, watch: unknown) => ReturnType<typeof train> = train as never;
    const refused = async (watch: object, ...words: readonly string[]) => {
      assertProblem(await loose(request, watch), ...words);
      assertEquals(await namesIn(folder), []);
    };
    await refused(
      { engine, loss: focal() },
      "{ engine } in",
      "{ recipe: { loss } } in the request",
    );
    await refused({ dataset: bands }, "{ data } in the request");
    for (const name of ["optimizer", "augment", "starts", "language", "backend", "threads"]) {
      await refused({ [name]: undefined }, name, "belongs to the request of a new run");
    }
    await refused({ onStp: () => {} }, 'did you mean "onStep"?');
    assertProblem(await train({ ...request, engine, backend: "cpu" }), "leave backend out");
    assertProblem(await loose({ ...request, engine: {} }, {}), "one that is open");
  });
});

Deno.test("train() does not write over a run or into a folder that is in use", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const files = async () =>
      await Promise.all((await namesIn(out)).map((name) => Deno.readFile(join(out, name))));
    const before = await files();
    const again = { net: tinyNet(), data: bands, recipe };
    const refused = await train({ ...again, out, engine });
    assertProblem(refused, "a run must not be written over", "--resume");
    assertEquals(await files(), before);
    assertProblem(
      await train({ ...again, out: folder, engine }),
      "the folder of a new run must be empty",
    );
    assertEquals(await namesIn(folder), ["run"]);
  });
});

Deno.test("train() says when the run folder cannot be made", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "in the way");
    const request = { net: tinyNet(), data: bands, recipe };
    assertProblem(await train({ ...request, out: join(file, "run"), engine }), "(folder)");
    assertProblem(await train({ ...request, out: file, engine }), "(folder)");
    assertEquals(await Deno.readTextFile(file), "in the way");
    assertEquals(await namesIn(folder), ["file"]);
  });
});

Deno.test("resume() refuses a folder that is no run, and a run whose configuration is damaged", async () => {
  await withFolder(async (folder) => {
    const watch = { engine, dataset: bands };
    assertProblem(await resume(folder, watch), "the folder must be that of a run");
    assertProblem(await resume(join(folder, "none"), watch), "the folder must be that of a run");
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const config = join(out, "config.json");
    const text = await Deno.readTextFile(config);
    const damages = [
      [text.slice(0, 200), "config.json"],
      [text.replace(`"batch": 8`, `"batch": 0`), "config.recipe.batch"],
      [
        text.replace(`"format": 1`, `"format": 2`),
        "config.json: format",
        "got     2",
        "use the version of netfold that wrote the run",
      ],
      ["[]", "config.json: format", `wanted  "format"`, `wanted  "config"`],
      ["{}", "config.json: format", `wanted  "format"`, `wanted  "config"`],
    ] as const;
    for (const [damaged, ...parts] of damages) {
      await Deno.writeTextFile(config, damaged);
      assertProblem(await resume(out, watch), ...parts);
    }
    await Deno.writeTextFile(config, text.replace(`"backend": "auto"`, `"backend": "wasn"`));
    assertProblem(await resume(out, { dataset: bands }), `"wasn"`, `"wasm"`);
    await Deno.writeTextFile(config, text);
    assertProblem(await resume(out, { engine }), "bands");
  });
});

Deno.test("resume() with images of another size or other classes is refused", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    const shape = [4, 16, 3] as const;
    const dataset = {
      ...bands,
      height: 4,
      width: 16,
      train: { ...bands.train, shape },
      test: { ...bands.test, shape },
    };
    assertProblem(await resume(out, { engine, dataset }), "the images' size", "4x16x3", "8x8x3");
    const classes = [...bands.classes, "fourth"];
    const more = await resume(out, { engine, dataset: { ...bands, classes } });
    assertProblem(more, "one logit for each class");
  });
});
