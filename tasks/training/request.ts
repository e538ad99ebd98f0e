/** What a training is asked for, who watches it, and how it ends. */
import { NET, type Net } from "../../dsl/net/net.ts";
import type { AnyStart } from "../../dsl/programs/initializers.ts";
import type { AnyLoss } from "../../dsl/programs/losses/losses.ts";
import type { AnyOptimizer } from "../../dsl/programs/optimizers/options.ts";
import type { Using } from "../../dsl/plan/language.ts";
import {
  ANYTHING,
  BOOLEAN,
  COUNT,
  FUNCTION,
  hasFields,
  needed,
  NUMBER,
  optional,
  TEXT,
  type Wanted,
  type WantedOf,
} from "../../dsl/problem/expect.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow, type Problem, problemAt, ProblemError } from "../fp.ts";
import type { Augmentation } from "../data/augment.ts";
import type { Dataset, Described, ImageSet } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { type OnProgress, progressText } from "../data/progress.ts";
import type { RunPlace } from "../files/run_folder.ts";
import type { RunLock } from "../files/run_lock.ts";
import type { Recipe, RunConfig, TakenFrom } from "./config.ts";
import { type EngineUse, namedEngine } from "./engine.ts";
import type { StepEvent } from "./loop.ts";
import type { Measurement } from "./measure.ts";
import { adapt, PRESETS } from "./presets.ts";
import type { EpochRecord } from "./record.ts";
import { runData } from "./run_data.ts";
import { versions } from "./versions.ts";
import type { Weights } from "./weights.ts";

/** A new run, and its engine, by name or open; `auto` by default. */
export interface TrainRequest extends EngineUse, Using {
  /** The network; it must end in one logit for each class. */
  readonly net: Net;
  /** Its name, for people; `network` by default. */
  readonly name?: string;
  /** A data set, or the name of one that netfold knows. */
  readonly data: Dataset<ImageSet> | string;
  /** The run folder to make; the next free one of the network's name under `runs` by default. */
  readonly out?: string;
  /** Weights to begin with, whose classifier alone may be of other classes and then starts anew. */
  readonly weights?: Weights;
  /**
   * The number of test pictures whose masks are kept after each epoch, in `masks.jsonl` of the run
   * folder, for the board; none by default. The network must have attention.
   */
  readonly masks?: number;
  /** How to train; what is left out is as in the `quick` preset, with weights to begin with as in `tune`. */
  readonly recipe?: Partial<Recipe>;
}

/** Who watches a run. */
export interface TrainWatch {
  /**
   * Whether to say on the standard error stream how the run goes, beside whatever else watches it;
   * `true` by default.
   */
  readonly log?: boolean;
  /** Called once everything is ready. */
  readonly onStart?: (start: TrainStart) => void;
  /** Called after each step. */
  readonly onStep?: (event: StepEvent) => void;
  /** Called after each epoch. */
  readonly onEpoch?: (record: EpochRecord) => void;
  /** Called with what happens in between, such as the progress of decoding data. */
  readonly onNote?: (text: string) => void;
  /** Called with a file of the data set that could not be read, the first time it is met. */
  readonly onBroken?: (problem: Problem) => void;
  /**
   * Called when the engine is another than the one that `auto` prefers, because that one is
   * unavailable, and when the run is taken over from a process that was killed; without it a line
   * of the log, or `console.warn` where there is none.
   */
  readonly onWarning?: (text: string) => void;
  /** Whether to stop, asked after each step: what is done is then saved. */
  readonly interrupted?: () => boolean | Promise<boolean>;
  /** Seconds after which a checkpoint is saved within an epoch; 60 by default. */
  readonly saveEvery?: number;
  /** Whether to keep TensorBoard's event files in the run folder; as the run did by default, and not in a new one. */
  readonly tensorboard?: boolean;
}

/**
 * How a run is resumed: its engine, where it is another than the run's, and what of the run a
 * configuration cannot hold; `language` is that of its network.
 */
export interface ResumeOptions extends TrainWatch, EngineUse, Using {
  /**
   * The epochs of the whole run, when it is made longer, or shorter than it was to be: its schedule
   * is stretched over them.
   */
  readonly epochs?: number;
  /** The data set, when netfold does not know it by name. */
  readonly dataset?: Dataset<ImageSet>;
  /** The augmentation, when it is not one of netfold's. */
  readonly augment?: Augmentation;
  /** The optimiser, when it is one of your own. */
  readonly optimizer?: AnyOptimizer;
  /** The loss, when it is one of your own. */
  readonly loss?: AnyLoss;
  /** The initialisers, when some are your own. */
  readonly starts?: Readonly<Record<string, AnyStart>>;
}

/** A data set, or the name of one. */
const DATA: Wanted = {
  fits: (value) => TEXT.fits(value) || hasFields(value, ["train"]),
  wanted: "a data set, or the name of one",
  hint: 'such as "cifar10"',
};

/** What a request must hold, whatever is done with it. */
export const REQUEST = { net: NET, data: DATA } as const;
/** What it may hold beside, which is judged where it is used. */
export const OTHERS = [
  ...["name", "recipe", "weights"] as const,
  ...["engine", "backend", "threads", "language"] as const,
] as const;

/** What who watches a training takes, in a run folder or in memory. */
export const EVENTS = {
  onStart: optional(FUNCTION),
  onStep: optional(FUNCTION),
  onEpoch: optional(FUNCTION),
  onNote: optional(FUNCTION),
  onBroken: optional(FUNCTION),
  onWarning: optional(FUNCTION),
  interrupted: optional(FUNCTION),
} as const;

/** What {@link TrainWatch} takes. */
export const WATCH: WantedOf<TrainWatch> = {
  log: optional(BOOLEAN),
  ...EVENTS,
  saveEvery: optional(NUMBER),
  tensorboard: optional(BOOLEAN),
};

/** What {@link ResumeOptions} take; what belongs to the run is judged with the run. */
export const RESUME: WantedOf<ResumeOptions> = {
  ...WATCH,
  engine: ANYTHING,
  backend: ANYTHING,
  threads: ANYTHING,
  language: ANYTHING,
  epochs: optional(COUNT),
  dataset: ANYTHING,
  augment: ANYTHING,
  optimizer: ANYTHING,
  loss: ANYTHING,
  starts: ANYTHING,
};

/** Where a new run has what a run that is resumed is given beside those who watch it. */
const IN_REQUEST: { readonly [K in Exclude<keyof ResumeOptions, keyof TrainWatch>]-?: string } = {
  engine: "{ engine }",
  backend: "{ backend }",
  threads: "{ threads }",
  language: "{ language }",
  epochs: "{ recipe: { epochs } }",
  dataset: "{ data }",
  augment: "{ recipe: { augment } }",
  optimizer: "{ recipe: { optimizer } }",
  loss: "{ recipe: { loss } }",
  starts: "{ recipe: { starts } }",
};

/**
 * Makes sure of who watches a new run.
 *
 * @throws {ProblemError} When an option is wrong or unknown, or belongs to the request.
 */
export function checkWatch<W extends TrainWatch>(watch: W, wanted: WantedOf<W>): void {
  const misplaced = Object.entries(IN_REQUEST)
    .filter(([name]) => Object.hasOwn(Object(watch), name))
    .map(([path, place]) =>
      problemAt({ path, layer: "option", code: "misplaced-option" }, {
        rule: "what is trained and on what belongs to the request of a new run",
        got: `${path} among what watches the run`,
        wanted: `${place} in the request`,
        hint: `write train(${place}), the other options beside it`,
      })
    );
  if (misplaced.length > 0) throw new ProblemError(misplaced);
  needed<object>(watch, wanted);
}

/** How a run begins. */
export interface TrainStart {
  /** What is trained, on what and how. */
  readonly config: RunConfig;
  /** The run folder. */
  readonly folder: string;
  /** The engine, in words. */
  readonly engine: string;
  /** Training images. */
  readonly images: number;
  /** Held out images. */
  readonly validation: number;
  /** Steps done already, when the run is resumed. */
  readonly step: number;
  /** Steps in the run. */
  readonly steps: number;
  /** The weights that it began with, and what started anew. */
  readonly from?: Pick<TakenFrom, "weights" | "anew">;
}

/** How a run ended. */
export interface TrainOutcome {
  /** The run folder. */
  readonly folder: string;
  /** Whether it went to its end, or was asked to stop. */
  readonly finished: boolean;
  /** Every epoch's figures. */
  readonly epochs: readonly EpochRecord[];
  /** The best held out accuracy and its epoch, when images were held out. */
  readonly best?: { readonly epoch: number; readonly accuracy: number };
  /** What the best weights reach on the test images, of a finished run on a data set that has some. */
  readonly test?: Measurement;
  /** The names of the classes. */
  readonly classes: readonly string[];
}

const NAME = "network";

export function configOf(
  request: Omit<TrainRequest, "data" | "out">,
  { name, height, width, channels }: Described,
): RunConfig {
  return {
    name: request.name ?? NAME,
    net: request.net,
    input: [height, width, channels],
    data: name,
    recipe: adapt(
      request.weights === undefined ? PRESETS.quick : PRESETS.tune,
      request.recipe ?? {},
    ),
    ...{ engine: "auto", backend: "auto", ...namedEngine(request) },
    ...defined({ language: request.language, masks: request.masks }),
    versions: versions(),
  };
}

/** Where a new run begins. */
export function placeOf({ out, name }: Pick<TrainRequest, "out" | "name">): RunPlace {
  return out ?? { base: "runs", name: name ?? NAME };
}

/** Tells what is to be known of a run's lock. */
export function noteLock({ notes }: RunLock, { onWarning = console.warn }: TrainWatch): void {
  for (const note of notes) onWarning(note);
}

/** The data set of a new run. */
export async function datasetOf(
  data: Dataset<ImageSet> | string,
  watch: Pick<TrainWatch, "onNote">,
): Promise<Dataset<ImageSet>> {
  return typeof data === "string" ? orThrow(await loadDataset(data, noting(watch))) : data;
}

/** The data set of a run that is resumed. */
export function againOf(
  { data }: RunConfig,
  { dataset, ...watch }: ResumeOptions,
): Promise<Dataset<ImageSet>> {
  return runData(data, dataset, noting(watch));
}

function noting({ onNote }: Pick<TrainWatch, "onNote">): { readonly onProgress: OnProgress } {
  return { onProgress: (progress) => onNote?.(progressText(progress)) };
}
