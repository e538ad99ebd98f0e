/** What options of the emitted script do beyond a recipe, each tried on a run of a few steps. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { orThrow } from "../../mod.ts";
import { dataFolder } from "../../tasks/training/torch.ts";
import { runPython } from "./_torch.ts";
import { dataset, folderTest, net } from "./_training.ts";

folderTest("every option of train.py does what it says", async (folder) => {
  const project = join(folder, "project");
  const { config } = projectOf("small", net, dataset.train.shape);
  await Deno.mkdir(project);
  const data = await dataFolder(dataset, folder);
  const settings = { classes: dataset.classes, data };
  orThrow(await writeTorchProject(project, { config: { ...config, data: "shapes" }, settings }));
  const script = new URL("./options.py", import.meta.url).pathname;
  const said = await runPython([script, project, folder], { env: { OMP_NUM_THREADS: "1" } });
  assertEquals(said.code, 0, said.stderr);
  const found = JSON.parse(said.stdout);
  const { "not finite": broken, "in memory": refused, pickle, description, ...others } = found;
  const { rate, rates, astray, ...rest } = others;
  assertEquals(rest, {
    // Ended early, without a test; resumed, with one, to the weights of a run that was let alone.
    "stop in test": [false, false, true, true, true],
    "stop in validation": [false, false, true, true, true],
    shards: [true, false],
    never: [
      "error: --steps is -1; use a number from 0 on",
      "error: --milestones is 0.5,2.0; use numbers from 0 to 1",
      "error: --early-stopping looks at images that are held out; hold some out with --validation",
      "error: --images and --test-data are for shards, and --data names none",
      "error: the square that is left empty fits into an image: --cutout is 100 pixels, of images of 32x32; give a smaller square: 16 pixels are much already",
      "error: --rate is inf; use a number from 0 on",
      "error: --sampling takes balanced, or 10 numbers above 0, one for each class",
      "error: a batch of 16 cannot be shared by 1 process in 3 parts; --batch is to be a multiple of 3",
      "error: 5 images do not fill a batch of 16; use a smaller --batch",
      "error: --tensorboard needs tensorboard; install it with: python -m pip install tensorboard",
      `error: ${folder}/broken.json is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)`,
      `error: ${folder}/empty.json holds no configuration of netfold's; --config takes the config.json of a project or a run`,
      "2",
    ],
    "none made": true,
    help: [[], true, true],
    // All of it, for netfold's defaults of another rule are its own.
    adamw: {
      ...{ kind: "adamw", weightDecay: 1e-4, decay: "all" },
      ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    },
    recompute: true,
    measure: [true, true],
    trace: true,
    wandb: ["mine", "end", true],
    arithmetic: true,
    repeats: true,
    varied: [true, false],
    cifar: [true, true],
    deterministic: [true, true],
  });
  assertStringIncludes(broken[0], "is not finite; lower the learning rate");
  assertEquals(broken[1], false);
  assertStringIncludes(astray[0], "stands at step 14, not within this run of 3 steps");
  assertStringIncludes(astray[0], "ask for more: --epochs ");
  assertStringIncludes(astray[1], "begin another run with --out");
  assertStringIncludes(refused, "--erasing are for images from files");
  for (const text of [pickle, description]) assertStringIncludes(text, "it would run posix.getcwd");
  assertEquals(rate, [0.025, { kind: "warmup", share: 0.5, from: 0, then: "linear" }]);
  assert(rates.length === 6 && rates[0] === 0 && Math.abs(rates[3] - 0.025) < 1e-9, `${rates}`);
});
