/** Evaluating and using what a run has learnt: its accuracy on a split, its view of images. */
import type { Engine } from "../../dsl/engines/engine.ts";
import { tfjsEngine, type TfjsOptions } from "../../dsl/engines/tfjs/mod.ts";
import { initialParameters } from "../../dsl/graph/initial.ts";
import { inference } from "../../dsl/graph/programs.ts";
import { type Plan, plan } from "../../dsl/plan.ts";
import { seedKey } from "../../dsl/random.ts";
import { fail, left, type Result, right } from "../../dsl/result.ts";
import type { Dataset, Images } from "../data/dataset.ts";
import { readImage } from "../data/image_file.ts";
import { loadDataset } from "../data/load.ts";
import { prepareImage } from "../data/prepare_image.ts";
import { openRun, type RunFolder } from "../files/run_folder.ts";
import { type Checkpoint, loadCheckpoint, misfit } from "./checkpoint.ts";
import { configFromJson, type RunConfig } from "./config.ts";
import { type Measurement, openMeter, ranking, softmax } from "./measure.ts";
import { imagesOf } from "./prepare.ts";

/** Which weights of a run to use, and who computes. */
export interface UseOptions {
  /** `best` by default, or `last`. */
  readonly weights?: "best" | "last";
  /** `auto` by default. */
  readonly backend?: TfjsOptions["backend"];
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends UseOptions {
  /** The images to measure on: `test` by default. */
  readonly split?: "test" | "validation" | "train";
  /** The run's data set, when netfold does not know it by name. */
  readonly dataset?: Dataset;
}

/** What a run's weights reach. */
export interface Evaluation extends Measurement {
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The run's files. */
  readonly run: RunFolder;
  /** The run's configuration. */
  readonly config: RunConfig;
  /** The engine, in words. */
  readonly engine: string;
}

interface Trained {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
}

/** Opens a run with its weights, checked against its network. */
async function openTrained(
  folder: string,
  { weights = "best" }: UseOptions,
): Promise<Result<Trained>> {
  const opened = await openRun(folder, configFromJson);
  if (opened._tag === "Left") return opened;
  const { run, config } = opened.right;
  const path = run[weights];
  const checkpoint = await loadCheckpoint(path);
  if (checkpoint._tag === "Left") return checkpoint;
  const { net, input, tensors, classes } = checkpoint.right;
  const planned = plan(net, input);
  if (planned._tag === "Left") return planned;
  const fits = misfit(path, tensors, initialParameters(planned.right, 0));
  if (fits._tag === "Left") return fits;
  if (planned.right.output.join() !== `${classes.length}`) {
    return fail({
      path,
      layer: "checkpoint",
      rule: "the network must give one logit for each class",
      got: `${planned.right.output.join("x")} for ${classes.length} classes`,
      wanted: `${classes.length}`,
      hint: "use a file that a training run saved",
    });
  }
  return right({ run, config, checkpoint: checkpoint.right, plan: planned.right });
}

/**
 * Measures a run's weights on a split of its data set. Needs `--allow-read`
 * for the run, and what the data set and the backend need.
 */
export async function evaluate(
  folder: string,
  options: EvaluateOptions = {},
): Promise<Result<Evaluation>> {
  const trained = await openTrained(folder, options);
  if (trained._tag === "Left") return trained;
  const { config, checkpoint, plan, run } = trained.right;
  const dataset = options.dataset === undefined
    ? await loadDataset(config.data)
    : right(options.dataset);
  if (dataset._tag === "Left") return dataset;
  const images = splitOf(config, dataset.right, options.split ?? "test");
  if (images._tag === "Left") return images;
  return await withEngine(options, async (engine) => {
    const { normalization, classes, tensors } = checkpoint;
    const meter = openMeter(engine, plan, { batch: config.recipe.batch, normalization });
    const state = engine.upload(tensors);
    try {
      const measured = await meter.measure(state, images.right);
      if (measured._tag === "Left") return measured;
      return right({ ...measured.right, classes, run, config, engine: engine.description });
    } finally {
      engine.free(state);
      meter.dispose();
    }
  });
}

function splitOf(config: RunConfig, dataset: Dataset, split: string): Result<Images> {
  if (split === "test") return right(dataset.test);
  const images = imagesOf(config, dataset, seedKey(config.recipe.seed));
  if (images._tag === "Left") return images;
  const { train, validation } = images.right;
  if (split === "train") return right(train);
  return validation !== undefined ? right(validation) : fail({
    path: "split",
    layer: "option",
    rule: "the run held out no images",
    got: "validation",
    wanted: "test or train",
    hint: "train with images held out, or evaluate another split",
  });
}

/** One class that an image may belong to. */
export interface Guess {
  /** The class. */
  readonly name: string;
  /** Its probability, from 0 to 1. */
  readonly probability: number;
}

/** What a network sees in an image. */
export interface Prediction {
  /** The image's file. */
  readonly path: string;
  /** The likeliest classes, at most five, best first. */
  readonly guesses: readonly Guess[];
}

/**
 * What a run's network sees in image files, PNG or JPEG of any size. All files
 * are read before anything is computed, and every unreadable one is reported.
 * Needs `--allow-read` for the run and the images.
 */
export async function predict(
  folder: string,
  images: readonly string[],
  options: UseOptions = {},
): Promise<Result<readonly Prediction[]>> {
  const trained = await openTrained(folder, options);
  if (trained._tag === "Left") return trained;
  const { checkpoint, plan } = trained.right;
  const { input: [height = 0, width = 0], normalization, classes } = checkpoint;
  const read = await Promise.all(images.map(async (path) => {
    const image = await readImage(path);
    return image._tag === "Left"
      ? image
      : prepareImage(image.right, { height, width, normalization });
  }));
  const problems = read.flatMap((image) => image._tag === "Left" ? image.left : []);
  if (problems.length > 0) return left(problems);
  return await withEngine(options, async (engine) => {
    const program = engine.load(inference(plan, 1));
    const state = engine.upload(checkpoint.tensors);
    try {
      const predictions: Prediction[] = [];
      for (const [i, image] of read.entries()) {
        if (image._tag === "Left") continue;
        const { outputs } = program.run(state, { images: image.right });
        const logits = await outputs.logits?.() ?? new Float32Array();
        const probabilities = softmax(logits);
        const guesses = ranking(logits).slice(0, 5).map((index) => ({
          name: classes[index] ?? "",
          probability: probabilities[index] ?? NaN,
        }));
        predictions.push({ path: images[i] ?? "", guesses });
      }
      return right(predictions);
    } finally {
      engine.free(state);
      program.dispose();
    }
  });
}

async function withEngine<A>(
  { backend = "auto" }: UseOptions,
  work: (engine: Engine) => Promise<Result<A>>,
): Promise<Result<A>> {
  const engine = await tfjsEngine({ backend });
  if (engine._tag === "Left") return engine;
  try {
    return await work(engine.right);
  } finally {
    engine.right.dispose();
  }
}
