/** What options of the emitted script do beyond a recipe, each tried on a run of a few steps. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { groups, orThrow, sgd } from "../../mod.ts";
import type { OptimizerOptions } from "../../dsl/programs/optimizers/options.ts";
import { DEFAULTS } from "../../tasks/train/defaults.ts";
import { optimizerOf } from "../../tasks/train/optimizer.ts";
import { dataFolder } from "../../tasks/training/torch.ts";
import { runPython } from "./_torch.ts";
import { dataset, folderTest, net } from "./_training.ts";

const KINDS = ["sgd", "adamw", "lion", "muon"] as const;

/** All that is recorded of an optimiser: what it is by default, in netfold. */
const RULES: Readonly<Record<(typeof KINDS)[number], OptimizerOptions>> = {
  sgd: { kind: "sgd", momentum: 0.9, nesterov: true, weightDecay: 1e-4, decay: "all" },
  adamw: {
    ...{ kind: "adamw", weightDecay: 0.01, decay: "kernels" },
    ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  },
  lion: { kind: "lion", beta1: 0.9, beta2: 0.99, weightDecay: 0.01, decay: "kernels" },
  muon: {
    ...{ kind: "muon", momentum: 0.95, nesterov: true },
    ...{ iterations: 5, weightDecay: 0, rescale: false },
  },
};

/** What options change of Muon. */
const CHANGES = { momentum: 0.6, iterations: 3, rescale: true };

/** What takes the place of an optimiser, or is taken the place of. */
const MIXED = groups([{ role: "kernel", rate: 0.5 }], sgd());

folderTest("every option of train.py does what it says", async (folder) => {
  const project = join(folder, "project");
  const { config } = projectOf("small", net, dataset.train.shape);
  await Deno.mkdir(project);
  const data = await dataFolder(dataset, folder);
  const settings = { classes: dataset.classes, data };
  orThrow(await writeTorchProject(project, { config: { ...config, data: "shapes" }, settings }));
  const recipes = KINDS.map((kind) => [
    kind,
    { rate: DEFAULTS.rates[kind], optimizer: optimizerOf({ optimizer: kind }, MIXED) },
  ]);
  const own = JSON.stringify({ groups: { optimizer: MIXED }, ...Object.fromEntries(recipes) });
  const script = new URL("./options.py", import.meta.url).pathname;
  const said = await runPython([script, project, folder, own], { env: { OMP_NUM_THREADS: "1" } });
  assertEquals(said.code, 0, said.stderr);
  const found = JSON.parse(said.stdout);
  const { "not finite": broken, pickle, description, ...others } = found;
  const { rate, rates, astray, ...rest } = others;
  assertEquals(rest, {
    // Ended early, without a test; resumed, with one, to the weights of a run that was let alone.
    "stop in test": [false, false, true, true, true],
    "stop in validation": [false, false, true, true, true],
    shards: [true, false],
    seed: true,
    never: [
      "error: --steps is -1; use a number from 0 to 9007199254740991",
      "error: --magnitude is 31; use a number from 0 to 30",
      "error: --profile 2 watches steps after the tenth, and this run has 6; give it 12 or more",
      "error: --milestones is 0.5,2.0; use numbers from 0 to 1",
      "error: --early-stopping looks at images that are held out; hold some out with --validation",
      "error: --images and --test-data are for shards, and --data names none",
      "error: the square that is left empty fits into an image: --cutout is 100 pixels, of images of 32x32; give a smaller square: 16 pixels are much already",
      "error: a mirrored border is narrower than an image: --pad is 32 pixels, of images of 32x32; give a narrower border, or --edge zeros",
      "error: --rate is inf; use a number from 0 to 1000000",
      "error: --sampling takes balanced, or 10 numbers above 0, one for each class, up to 1,000,000",
      "error: a batch of 16 cannot be shared by 1 process in 3 parts; --batch is to be a multiple of 3",
      "error: 5 images do not fill a batch of 16; use a smaller --batch",
      "error: --tensorboard needs tensorboard; install it with: python -m pip install tensorboard",
      "error: --optimizer is rmsprop; use sgd, adamw, lion, muon, own",
      "error: --momentum is a setting of sgd, muon, and the optimizer is adamw; leave it out, or choose another with --optimizer",
      "error: --muon-iterations is a setting of muon, and the optimizer is sgd; leave it out, or choose another with --optimizer",
      "error: --weight-decay is a setting of sgd, adamw, lion, muon, and the optimizer is groups; leave it out, or choose another with --optimizer",
      "error: --fused is for sgd and adamw, which PyTorch has in one kernel; leave it out",
      "error: --muon-iterations is 30; use a number from 1 to 20",
      "error: --beta2 is 1.0; use a number from 0 to below 1",
      "error: --clip is -1.0; use a number from 0 to 1000000000",
      `error: ${folder}/broken.json is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)`,
      `error: ${folder}/empty.json holds no configuration of netfold's; --config takes the config.json of a project or a run`,
      "2",
    ],
    "none made": true,
    help: [[], true, true],
    changed: [0.3, { kind: "clip", norm: 1, of: { ...RULES.muon, ...CHANGES } }, false],
    optimizers: Object.fromEntries(
      KINDS.map((kind) => [kind, [false, true, true, DEFAULTS.rates[kind], RULES[kind]]]),
    ),
    recompute: true,
    measure: [true, true],
    trace: true,
    resumed: [
      "note: --profile watches steps after the tenth, and there were none; no trace is written\n",
      "note: there is no checkpoint in /typo to resume; a new run begins there\n",
    ],
    unbounded: [],
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
  for (const text of [pickle, description]) assertStringIncludes(text, "it would run posix.getcwd");
  assertEquals(rate, [0.025, { kind: "warmup", share: 0.5, from: 0, then: "linear" }]);
  assert(rates.length === 6 && rates[0] === 0 && Math.abs(rates[3] - 0.025) < 1e-9, `${rates}`);
});
