/** What a run's weights reach on labelled images. */
import { seedKey } from "../../dsl/programs/random.ts";
import { ANYTHING, BOOLEAN, FUNCTION, optional, type WantedOf } from "../../dsl/problem/expect.ts";
import {
  attempt,
  E,
  orThrow,
  pipe,
  type Problem,
  problemAt,
  ProblemError,
  refused,
  type Result,
  right,
  unless,
} from "../fp.ts";
import { showShape } from "../../dsl/net/shape.ts";
import {
  checkDataset,
  type Dataset,
  type Described,
  type ImageSet,
  testOf,
} from "../data/dataset.ts";
import { knownImages } from "../data/known_images.ts";
import { loadDataset } from "../data/load.ts";
import type { OnProgress } from "../data/progress.ts";
import type { RunFolder } from "../files/run_folder.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import { withEngine } from "./engine.ts";
import { labelledImages, type LabelledPixels } from "./image_arrays.ts";
import { type Measurement, openMeter, SHOWING, type Showing } from "./measure.ts";
import { imagesOf } from "./prepare_data.ts";
import { partOf } from "./recipe.ts";
import { runData } from "./run_data.ts";
import { openTrained, type UseOptions } from "./trained.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends UseOptions, Showing {
  /** The images to measure on: `test` by default. */
  readonly split?: "test" | "validation" | "train";
  /** Another data set than the run's own, of as many classes, or its name. */
  readonly dataset?: Dataset<ImageSet> | string | undefined;
  /**
   * Whether the classes of another data set may have other names than the network's, the first of
   * them standing for its first and so on; not by default.
   */
  readonly otherClasses?: boolean;
  /** Images in an array, in the place of a data set. */
  readonly images?: LabelledPixels;
  /** Called as loading the data set proceeds. */
  readonly onProgress?: OnProgress;
}

const SPLITS: readonly string[] = ["test", "validation", "train"];

const OWN: WantedOf<Omit<EvaluateOptions, keyof UseOptions>> = {
  split: ANYTHING,
  dataset: ANYTHING,
  otherClasses: optional(BOOLEAN),
  images: ANYTHING,
  onProgress: optional(FUNCTION),
  ...SHOWING,
};

/** What a run's weights reach. */
export interface Evaluation extends Measurement {
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The run's files. */
  readonly run: RunFolder;
  /** The run's configuration. */
  readonly config: RunConfig;
  /** The name of the data set that was measured on; none of images in an array. */
  readonly data?: string;
  /** The engine, in words. */
  readonly engine: string;
}

/**
 * Measures a run's weights on a split of its data set. Needs `--allow-read`
 * for the run, and what the data set and the backend need.
 */
export async function evaluate(
  folder: string,
  options: EvaluateOptions = {},
): Promise<Result<Evaluation>> {
  return pipe(
    await evaluateShown(folder, options),
    E.map(({ shown: _, ...evaluation }) => evaluation),
  );
}

/** What a run's weights reach, and on which images. */
export interface EvaluationShown extends Evaluation {
  /** The images that were measured on. */
  readonly shown: ImageSet;
}

/** {@link evaluate}, with the images themselves. */
export function evaluateShown(
  folder: string,
  options: EvaluateOptions,
): Promise<Result<EvaluationShown>> {
  return attempt(async () => {
    const { config, checkpoint, plan, run } = await openTrained(folder, options, OWN);
    const { images, ...measuredOn } = await imagesFor(config, checkpoint, options);
    return await withEngine(options, async (engine) => {
      const { normalization, classes, tensors } = checkpoint;
      const meter = openMeter(engine, plan, { batch: partOf(config.recipe), normalization });
      const state = engine.upload(tensors);
      try {
        const measured = orThrow(
          await meter.measure(state, images, { ...options, drawn: options.split === "validation" }),
        );
        const { description } = engine;
        return {
          ...measured,
          ...measuredOn,
          ...{ classes, run, config, engine: description, shown: images },
        };
      } finally {
        engine.free(state);
        meter.dispose();
      }
    });
  });
}

/** What is measured on: an array, a data set that is given or named, or the run's own. */
async function imagesFor(
  config: RunConfig,
  checkpoint: Checkpoint,
  { images, dataset: given, split, otherClasses = false, onProgress = () => {} }: EvaluateOptions,
): Promise<{ readonly images: ImageSet; readonly data?: string }> {
  if (images !== undefined) {
    const beside = Object.entries({ dataset: given, split })
      .filter(([, value]) => value !== undefined).map(([path]) => misplaced(path));
    if (beside.length > 0) throw new ProblemError(beside);
    return { images: orThrow(labelledImages(images, checkpoint)) };
  }
  orThrow(checkSplit(config, split));
  const name = given === undefined ? config.data : given;
  const known = typeof name === "string" ? knownImages(name) : undefined;
  if (known !== undefined) orThrow(checkFit(known, checkpoint));
  const dataset = typeof given === "string"
    ? orThrow(await loadDataset(given, { onProgress }))
    : await runData(config.data, given, { onProgress });
  // Another data set than the network's says more than what follows from it.
  if (isDescribed(dataset)) orThrow(checkFit(dataset, checkpoint));
  const checked = orThrow(checkDataset(dataset));
  const renamed = otherClasses ? undefined : renamedClass(checked, checkpoint);
  if (renamed !== undefined) throw new ProblemError([renamed]);
  return { images: splitOf(config, checked, split ?? "test"), data: checked.name };
}

function isDescribed(dataset: Dataset<ImageSet>): boolean {
  return typeof dataset?.name === "string" && Array.isArray(dataset.classes);
}

function misplaced(path: string): Problem {
  return problemAt({ path, layer: "option", code: "misplaced-option" }, {
    rule: `${path} says which images of a data set are measured on`,
    got: `${path} beside images in an array`,
    wanted: "one of the two",
    hint: `leave ${path} out, or leave images out`,
  });
}

/** Refuses a data set on which the network could not have been trained. */
function checkFit(
  { name, height, width, channels, classes }: Described,
  { input, classes: own }: Checkpoint,
): Result<void> {
  const checks = [{
    rule: "images must have the shape of the network's input",
    got: showShape([height, width, channels]),
    wanted: showShape(input),
    hint: name.startsWith("folder:") ? `say ${name},size=${input[0] ?? ""}` : "",
  }, {
    rule: "there must be a logit for each class",
    got: `${classes.length}`,
    wanted: `${own.length}`,
    hint: "name a data set of the classes that the network was trained on",
  }];
  const problems = checks.filter(({ got, wanted }) => got !== wanted)
    .map((words) => ({ path: name, layer: "data", code: "data-does-not-fit", ...words }));
  return unless(problems, undefined);
}

/** The first class that is called otherwise than the network's; names that import made up are none. */
function renamedClass(
  { name, classes }: Pick<Dataset<ImageSet>, "name" | "classes">,
  { classes: own }: Checkpoint,
): Problem | undefined {
  const at = own.findIndex((label, i) => label !== classes[i]);
  if (at < 0 || own.every((label, i) => label === `class ${i}`)) return undefined;
  return problemAt({ path: name, layer: "data", code: "other-classes" }, {
    rule: "the classes must be those that the network was trained on",
    got: `${JSON.stringify(classes[at])} as class ${at}`,
    wanted: JSON.stringify(own[at]),
    hint: "name a data set of these classes; if they are meant to be the same, say so with " +
      "otherClasses: true, on a command line --other-classes",
  });
}

/** Refuses a split that the run does not have, whatever its images are. */
function checkSplit(
  { recipe: { validation } }: RunConfig,
  split: EvaluateOptions["split"],
): Result<void> {
  const place = { path: "split", layer: "option" };
  if (split !== undefined && !SPLITS.includes(split)) {
    return refused({ ...place, code: "unknown-name" }, {
      rule: "there is no split of this name",
      got: `${split}`,
      wanted: "test, validation or train",
    });
  }
  if (split !== "validation" || validation > 0) return right(undefined);
  return refused({ ...place, code: "no-held-out-images" }, {
    rule: "the run held out no images",
    got: split,
    wanted: "test or train",
    hint: "train with images held out, or evaluate another split",
  });
}

function splitOf(
  config: RunConfig,
  dataset: Dataset<ImageSet>,
  split: NonNullable<EvaluateOptions["split"]>,
): ImageSet {
  if (split === "test") return orThrow(testOf(dataset));
  const { train, validation = train } = orThrow(
    imagesOf(config, dataset, seedKey(config.recipe.seed)),
  );
  return split === "train" ? train : validation;
}
