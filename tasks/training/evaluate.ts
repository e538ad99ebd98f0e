/** Evaluating and using what a run has learnt: its accuracy on a split, its view of images. */
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import { initialParameters } from "../../dsl/programs/initial.ts";
import { inference } from "../../dsl/programs/programs.ts";
import { equal } from "../../dsl/net/net.ts";
import { type Plan, plan } from "../../dsl/plan/plan.ts";
import { seedKey } from "../../dsl/programs/random.ts";
import { attempt, orThrow, ProblemError } from "../../dsl/problem/throw.ts";
import type { Result } from "../../dsl/problem/result.ts";
import { showShape } from "../../dsl/net/shape.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { asMeasured } from "../data/as_measured.ts";
import { readImage } from "../data/image_file.ts";
import { loadDataset } from "../data/load.ts";
import { prepareImage } from "../data/prepare_image.ts";
import type { OnProgress } from "../data/progress.ts";
import { openRun, type RunFolder } from "../files/run_folder.ts";
import { type Checkpoint, loadCheckpoint, misfit } from "./checkpoint.ts";
import { configFromJson, type RunConfig } from "./config.ts";
import { type EngineSource, withEngine } from "./engine.ts";
import {
  logitsOf,
  type Measurement,
  openMeter,
  ranking,
  type Showing,
  softmax,
} from "./measure.ts";
import { imagesOf } from "./prepare.ts";

/** Which weights of a run to use, and who computes; `auto` by default, whoever trained them. */
export interface UseOptions extends EngineChoice {
  /** `best` by default, or `last`. */
  readonly weights?: "best" | "last";
  /**
   * Called when another engine computes than the one that `auto` prefers,
   * because that one cannot be had; `console.warn` by default.
   */
  readonly onWarning?: (text: string) => void;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends UseOptions, Showing {
  /** The images to measure on: `test` by default. */
  readonly split?: "test" | "validation" | "train";
  /** Another data set than the run's own, of as many classes, or its name. */
  readonly dataset?: Dataset<ImageSet> | string;
  /** Is told of the progress of loading the data set. */
  readonly onProgress?: OnProgress;
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

/** Where the engine comes from that uses a run's weights. */
export function sourceOf(options: UseOptions): EngineSource {
  return { choice: options, onWarning: options.onWarning };
}

/** A run with its weights. */
export interface Trained {
  /** Its files. */
  readonly run: RunFolder;
  /** Its configuration. */
  readonly config: RunConfig;
  /** Its weights, with what belongs to them. */
  readonly checkpoint: Checkpoint;
  /** Its network on its input. */
  readonly plan: Plan;
}

/**
 * Opens a run with its weights, checked against its network.
 *
 * @throws {ProblemError} When the run or its weights cannot be used.
 */
export async function openTrained(
  folder: string,
  { weights = "best" }: Pick<UseOptions, "weights">,
): Promise<Trained> {
  const { run, config } = orThrow(await openRun(folder, configFromJson));
  const path = run[weights];
  const checkpoint = orThrow(await loadCheckpoint(path));
  const { net, input, tensors, classes } = checkpoint;
  if (!equal(net, config.net)) {
    throw new ProblemError([{
      path,
      layer: "checkpoint",
      code: "other-network",
      rule: "the checkpoint belongs to another network",
      got: "a network that differs from config.json's",
      wanted: "the network of the run",
      hint: "restore the run's own files",
    }]);
  }
  const planned = orThrow(plan(net, input));
  orThrow(misfit(path, tensors, initialParameters(planned, 0)));
  if (planned.output.join() !== `${classes.length}`) {
    throw new ProblemError([{
      path,
      layer: "checkpoint",
      code: "class-count",
      rule: "the network must give one logit for each class",
      got: `${planned.output.join("x")} for ${classes.length} classes`,
      wanted: `${classes.length}`,
      hint: "use a file that a training run saved",
    }]);
  }
  return { run, config, checkpoint, plan: planned };
}

/**
 * Measures a run's weights on a split of its data set. Needs `--allow-read`
 * for the run, and what the data set and the backend need.
 */
export function evaluate(
  folder: string,
  options: EvaluateOptions = {},
): Promise<Result<Evaluation>> {
  return attempt(async () => {
    const { config, checkpoint, plan, run } = await openTrained(folder, options);
    const { dataset: given = config.data, onProgress = () => {} } = options;
    const dataset = typeof given === "string"
      ? orThrow(await loadDataset(given, { onProgress }))
      : given;
    checkFit(dataset, checkpoint);
    const images = splitOf(config, dataset, options.split ?? "test");
    return await withEngine(sourceOf(options), async (engine) => {
      const { normalization, classes, tensors } = checkpoint;
      const meter = openMeter(engine, plan, { batch: config.recipe.batch, normalization });
      const state = engine.upload(tensors);
      try {
        const measured = orThrow(await meter.measure(state, images, options));
        return { ...measured, classes, run, config, engine: engine.description };
      } finally {
        engine.free(state);
        meter.dispose();
      }
    });
  });
}

/** Whether a data set is one that the network could have been trained on. */
function checkFit(
  { name, height, width, channels, classes }: Dataset<ImageSet>,
  { input, classes: own }: Checkpoint,
): void {
  const refuse = (rule: string, got: string, wanted: string, hint: string): ProblemError =>
    new ProblemError([{
      path: name,
      layer: "data",
      code: "data-does-not-fit",
      rule,
      got,
      wanted,
      hint,
    }]);
  const [got, wanted] = [showShape([height, width, channels]), showShape(input)];
  if (got !== wanted) {
    const hint = name.startsWith("folder:") ? `say ${name},size=${input[0] ?? ""}` : "";
    throw refuse("images must have the shape of the network's input", got, wanted, hint);
  }
  if (classes.length !== own.length) {
    const hint = "name a data set of the classes that the network was trained on";
    throw refuse(
      "there must be a logit for each class",
      `${classes.length}`,
      `${own.length}`,
      hint,
    );
  }
}

function splitOf(config: RunConfig, dataset: Dataset<ImageSet>, split: string): ImageSet {
  if (split === "test") return dataset.test;
  const { train, validation } = orThrow(
    imagesOf(config, dataset, seedKey(config.recipe.seed)),
  );
  if (split === "train") return train;
  if (validation !== undefined) return validation;
  throw new ProblemError([{
    path: "split",
    layer: "option",
    code: "no-held-out-images",
    rule: "the run held out no images",
    got: "validation",
    wanted: "test or train",
    hint: "train with images held out, or evaluate another split",
  }]);
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
export function predict(
  folder: string,
  images: readonly string[],
  options: UseOptions = {},
): Promise<Result<readonly Prediction[]>> {
  return attempt(async () => {
    const { checkpoint, config, plan } = await openTrained(folder, options);
    const { input: [height = 0, width = 0, depth], normalization, classes } = checkpoint;
    const channels = depth === 1 ? 1 : 3;
    const read = await Promise.all(images.map(async (path) => {
      const image = await readImage(path);
      if (image._tag === "Left") return image;
      const picture = asMeasured(image.right, config.data, { height, width });
      return prepareImage(picture, { height, width, channels, normalization });
    }));
    const problems = read.flatMap((image) => image._tag === "Left" ? image.left : []);
    if (problems.length > 0) throw new ProblemError(problems);
    const pixels = read.map(orThrow);
    return await withEngine(sourceOf(options), async (engine) => {
      const program = engine.load(inference(plan, 1));
      const state = engine.upload(checkpoint.tensors);
      try {
        const predictions: Prediction[] = [];
        for (const [i, image] of pixels.entries()) {
          const logits = orThrow(await logitsOf(engine, { program, state, images: image }));
          predictions.push({ path: images[i] ?? "", guesses: guess(logits, classes) });
        }
        return predictions;
      } finally {
        engine.free(state);
        program.dispose();
      }
    });
  });
}

function guess(logits: Float32Array, classes: readonly string[]): readonly Guess[] {
  const probabilities = softmax(logits);
  return ranking(logits).slice(0, 5).map((index) => ({
    name: classes[index] ?? "",
    probability: probabilities[index] ?? NaN,
  }));
}
