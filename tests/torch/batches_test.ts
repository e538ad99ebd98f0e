/**
 * PyTorch's script sees the batches that every engine sees, to the last bit: images and targets, of
 * any recipe. The share of mixup comes of powers and cosines, which are not those of JavaScript to
 * the last bit.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { cropFlip, cutout, inOrder } from "../../tasks/data/mod.ts";
import { setBatches } from "../../tasks/data/set_batches.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { batchOptions } from "../../tasks/training/batch_options.ts";
import { configToJson } from "../../tasks/training/config.ts";
import { prepare } from "../../tasks/training/prepare.ts";
import { PRESETS, type Recipe } from "../../tasks/training/mod.ts";
import { dataFolder } from "../../tasks/training/torch.ts";
import { runPython } from "./_torch.ts";
import { dataset, folderTest, net } from "./_training.ts";

const RECIPES: readonly Partial<Recipe>[] = [
  { augment: { pad: 3, flip: true } },
  {
    augment: inOrder(
      cropFlip({ pad: 2, flip: "alternating", edge: "reflect" }),
      cutout({ size: 9 }),
    ),
    sizes: [{ size: 24, until: 0.3 }],
  },
  { augment: cutout({ size: 8 }), mixup: 0.4, cutmix: 1 },
  { augment: "none", classWeights: "balanced", sampling: "balanced", labelSmoothing: 0.2 },
  {
    augment: "none",
    classWeights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    sampling: [9, 0.5, 1, 1, 1, 2, 1, 3, 1, 1],
    mixup: 1,
  },
];

const EPOCH = 1;

folderTest("PyTorch's script makes the batches of every recipe as netfold does", async (folder) => {
  const project = join(folder, "project");
  const { config: plain } = projectOf("small", net, dataset.train.shape);
  await Deno.mkdir(project);
  orThrow(await writeTorchProject(project, { config: { ...plain, data: "imagenet" } }));
  const data = await dataFolder(dataset, folder);
  const configs = RECIPES.map((changes) => {
    const recipe = { ...PRESETS.quick, epochs: 2, batch: 16, validation: 32, ...changes };
    return { ...plain, data: "shapes", recipe };
  });
  await Deno.writeTextFile(
    join(folder, "configs.json"),
    JSON.stringify(configs.map((config) => configToJson(config))),
  );
  const { stderr, code } = await runPython([
    "-c",
    `import array, dataclasses, json, math, sys, torch
sys.path.insert(0, ${JSON.stringify(project)})
from data import RawData
from options import own_of, settings_of
from train import Settings, parts_of
for i, config in enumerate(json.load(open(${JSON.stringify(join(folder, "configs.json"))}))):
    settings = dataclasses.replace(Settings(), own=own_of(config["recipe"]), **settings_of(config))
    settings = dataclasses.replace(settings, data=${JSON.stringify(data)})
    data = RawData(settings, config["input"], torch.device("cpu"))
    data.know(10, settings)
    data.parts = parts_of(settings, 2 * (data.count // settings.batch))
    with open(${JSON.stringify(join(folder, "batches"))} + str(i), "wb") as file:
        for images, labels in data.batches(${EPOCH}, 0, settings.batch, 0, 1):
            targets = labels if labels.is_floating_point() else torch.eye(10)[labels]
            for tensor in (images.permute(0, 2, 3, 1), targets):
                array.array("f", tensor.flatten().tolist()).tofile(file)`,
  ]);
  assertEquals(code, 0, stderr);
  for (const [i, config] of configs.entries()) {
    const prepared = orThrow(prepare(config, dataset));
    const found = new Float32Array((await Deno.readFile(join(folder, `batches${i}`))).buffer);
    let at = 0;
    const options = batchOptions(config.recipe, prepared, {
      classes: dataset.classes.length,
      position: { epoch: EPOCH, batch: 0, step: EPOCH * prepared.stepsPerEpoch },
    });
    for await (const { images, targets } of orThrow(setBatches(prepared.train, options))) {
      for (const wanted of [images, targets]) {
        const own = found.subarray(at, at += wanted.length);
        const off = wanted.reduce((most, x, j) => Math.max(most, Math.abs(x - (own[j] ?? NaN))), 0);
        assert(
          off <= (config.recipe.mixup === undefined ? 0 : 1e-6),
          `recipe ${i} is off by ${off}`,
        );
      }
    }
    assertEquals(at, found.length);
  }
});
