/**
 * A network as a project for PyTorch: its source, a script that trains it, a
 * configuration, weights when there are any. The script keeps run folders as
 * netfold has them, so that runs go from one engine to the other.
 */
import { usingOf } from "../../dsl/plan/language.ts";
import { join } from "@std/path";
import { torchModule } from "../../layers/bound/torch.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { plan } from "../../layers/bound/plan.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { attempt, E, orThrow, pipe, type Result, unless } from "../fp.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { citationOf } from "../../nets/citations.ts";
import { CIFAR10_CLASSES } from "../data/cifar10.ts";
import { makeFolder, readBytes, writeAtomic } from "../files/atomic.ts";
import { LARGEST } from "../files/regular.ts";
import { loadWeights, withoutChoice } from "../training/missing_weights.ts";
import { configToJson, openRunIn, type RunConfig } from "../training/config.ts";
import { PRESETS } from "../training/presets.ts";
import { versions } from "../training/versions.ts";
import augment from "./torch/augment.py.ts";
import checkpoints from "./torch/checkpoints.py.ts";
import chosen from "./torch/chosen.py.ts";
import cifar from "./torch/cifar.py.ts";
import classes from "./torch/classes.py.ts";
import data from "./torch/data.py.ts";
import datasets from "./torch/datasets.py.ts";
import folder from "./torch/folder.py.ts";
import images from "./torch/images.py.ts";
import keys from "./torch/keys.py.ts";
import learner from "./torch/learner.py.ts";
import mixing from "./torch/mixing.py.ts";
import muon from "./torch/muon.py.ts";
import optimizer from "./torch/optimizer.py.ts";
import jpeg from "./torch/jpeg.py.ts";
import norms from "./torch/norms.py.ts";
import options from "./torch/options.py.ts";
import picture from "./torch/picture.py.ts";
import pictures from "./torch/pictures.py.ts";
import png from "./torch/png.py.ts";
import position from "./torch/position.py.ts";
import processor from "./torch/processor.py.ts";
import ray from "./torch/ray_train.py.ts";
import recompute from "./torch/recompute.py.ts";
import regular from "./torch/regular.py.ts";
import schedule from "./torch/schedule.py.ts";
import settings from "./torch/settings.py.ts";
import sharded from "./torch/sharded.py.ts";
import shards from "./torch/shards.py.ts";
import slurm from "./torch/slurm.sh.ts";
import state from "./torch/state.py.ts";
import team from "./torch/team.py.ts";
import tell from "./torch/tell.py.ts";
import train from "./torch/train.py.ts";
import views from "./torch/views.py.ts";
import watch from "./torch/watch.py.ts";
import workers from "./torch/workers.py.ts";
import { readme } from "./torch_readme.ts";
import { torchRecipeProblems } from "./torch_recipe.ts";

/** Settings of the emitted script beyond those of a recipe; the script's own head has them all. */
export interface TorchSettings {
  readonly classes?: readonly string[];
  /** The folder of the data, where it is not netfold's cache of a data set it knows. */
  readonly data?: string;
  readonly test_data?: string;
  /** The multiply-accumulates of an image, by which the script tells how fast it computes. */
  readonly macs?: number;
}

export interface TorchProject {
  readonly config: RunConfig;
  readonly settings?: TorchSettings;
  /** A checkpoint's bytes, to begin with or to measure. */
  readonly weights?: Uint8Array;
}

/**
 * The project of a network: the paper's recipe for CIFAR for ten classes of
 * images of 32x32, that for ImageNet for any others.
 */
export function projectOf(
  name: string,
  net: Net,
  input: Shape,
  { language }: Using = {},
): TorchProject {
  const planned = plan(net, input, language && { language });
  const classes = planned._tag === "Left" ? NaN : planned.right.output.at(-1);
  const small = input[0] === 32 && input[1] === 32 && classes === CIFAR10_CLASSES.length;
  const engine = { engine: "auto", backend: "auto", versions: versions() };
  const common = { name, net, input, ...engine, ...defined({ language }) };
  return small
    ? {
      config: { ...common, data: "cifar10", recipe: PRESETS.paper },
      settings: { classes: CIFAR10_CLASSES },
    }
    : { config: { ...common, data: "imagenet", recipe: PRESETS.imagenet } };
}

/** The project of a run: its configuration, its recipe and its best weights. */
export function projectOfRun(path: string, using: Using = {}): Promise<Result<TorchProject>> {
  return attempt(async () => {
    const { run, config: { from: _, earlier: __, ...config } } = orThrow(
      await openRunIn(using, path),
    );
    const { classes } = orThrow(
      withoutChoice(await loadWeights(run, "best", usingOf(config))),
    );
    const weights = orThrow(await readBytes(run.best, { atMost: LARGEST.weights }));
    return { config, settings: { classes }, weights };
  });
}

/**
 * Writes a project into a folder, which is made if it is not there, and gives
 * the names of its files. Files of the same names are replaced.
 */
export function writeTorchProject(
  path: string,
  { config, settings = {}, weights }: TorchProject,
): Promise<Result<readonly string[]>> {
  return attempt(async () => {
    const sources = orThrow(torchSources(config));
    const { macs } = cost(orThrow(plan(config.net, config.input, usingOf(config))));
    const torch: TorchSettings = { macs, ...settings };
    const json = { format: 1, config: { ...configToJson(config), torch } };
    const files: readonly (readonly [string, string | Uint8Array])[] = [
      ...sources,
      ["config.json", `${indented(json)}\n`],
      ["README.md", readme(config, weights !== undefined)],
      ["ray_train.py", ray],
      ["slurm.sh", slurm],
      ...(weights === undefined ? [] : [["weights.safetensors", weights] as const]),
    ];
    orThrow(await makeFolder(path)());
    for (const [name, content] of files) orThrow(await writeAtomic(join(path, name), content));
    return files.map(([name]) => name);
  });
}

/** JSON with a level of indentation for each of its own, and lists of numbers on a line. */
function indented(json: unknown): string {
  return JSON.stringify(json, undefined, 2).replaceAll(
    /\[\n\s+(?:-?[\d.]+(?:e[+-]?\d+)?,?\n\s+)+?\]/g,
    (numbers) => numbers.replaceAll(/\s+/g, " ").replaceAll(/(?<=\[) | (?=\])/g, ""),
  );
}

const SCRIPTS = Object.entries(
  {
    ...{
      train,
      settings,
      options,
      chosen,
      position,
      learner,
      schedule,
      optimizer,
      muon,
      recompute,
      sharded,
      team,
      data,
      images,
      views,
      workers,
      shards,
    },
    ...{
      augment,
      cifar,
      classes,
      datasets,
      keys,
      mixing,
      norms,
      folder,
      state,
      checkpoints,
      tell,
      watch,
    },
    ...{ pictures, picture, png, jpeg, processor, regular },
  },
).map(([name, text]) => [`${name}.py`, text] as const);

/** The Python files that training needs, by name. */
export function torchSources(
  { name, net, input, language, recipe }: Pick<
    RunConfig,
    "name" | "net" | "input" | "language" | "recipe"
  >,
): Result<readonly (readonly [string, string])[]> {
  const described = { name, ...defined({ citation: citationOf(name), language }) };
  return pipe(
    unless(torchRecipeProblems(recipe), undefined),
    E.flatMap(() => torchModule(net, input, described)),
    E.map((model) => [["model.py", model] as const, ...SCRIPTS]),
  );
}
