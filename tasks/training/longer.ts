/**
 * Runs that are made longer, or shorter than they were to be. The length is a part of the recipe:
 * the schedule, and all else that is a share of the run, is stretched over the new length, as in a
 * run that was begun with it. The configuration tells which steps were done by an earlier length, so
 * that the run can be done again.
 */
import { learningRate } from "../../dsl/programs/schedule.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { rewriteConfig, type RunFolder } from "../files/run_folder.ts";
import { attempt, orThrow, refused, type Result, right } from "../fp.ts";
import type { Checkpoint, Position } from "./checkpoint.ts";
import { configToJson, type Recipe, type RunConfig } from "./config.ts";
import { isStale } from "./patience.ts";
import { prepare, type Prepared } from "./prepare.ts";
import type { ResumeOptions } from "./request.ts";

/** The length that a run is resumed with. */
export interface Length {
  /** The run's configuration with it: the very same when no other length is asked for. */
  readonly config: RunConfig;
  /** What is to be said of another length. */
  readonly note?: string;
}

/**
 * The length of a run that is resumed for another number of epochs in all; the run's own when no
 * epochs are asked for. Nothing is written: {@link keepLength} does that, once the whole run is judged.
 */
export function lengthened(
  { config, dataset, last }: {
    readonly config: RunConfig;
    readonly dataset: Dataset<ImageSet>;
    readonly last: Result<Checkpoint>;
  },
  { epochs }: Pick<ResumeOptions, "epochs">,
): Promise<Result<Length>> {
  return attempt(() => {
    const { recipe } = config;
    const isSame = epochs === recipe.epochs && recipe.steps === undefined;
    if (epochs === undefined || isSame) return { config };
    const { step } = last._tag === "Right" ? orThrow(notStale(last.right, recipe)) : { step: 0 };
    const before = orThrow(prepare(config, dataset));
    const longer = orThrow(withEpochs(config, epochs, { step, ...before }));
    const { totalSteps } = orThrow(prepare(longer, dataset));
    return { config: longer, note: lengthNote(config, step, [before.totalSteps, totalSteps]) };
  });
}

/** Writes a run's configuration into its folder when its length is another now. */
export async function keepLength(run: RunFolder, { config, note }: Length): Promise<Result<void>> {
  return note === undefined ? right(undefined) : await rewriteConfig(run, configToJson(config));
}

/** Says what there is to say of another length. */
export function tellLength(
  { note }: Length,
  { onWarning = console.warn }: Pick<ResumeOptions, "onWarning">,
): void {
  if (note !== undefined) onWarning(note);
}

/** Where a run stands, unless it ended early: more epochs would not change that. */
function notStale({ position }: Checkpoint, recipe: Recipe): Result<Position> {
  if (position.batch > 0 || !isStale(position, recipe)) return right(position);
  return refused({ path: "epochs", layer: "option", code: "ended-early" }, {
    rule: "a run that ended early, for it got no better, is not made longer",
    got: `an end after ${position.epoch} epochs, ${recipe.earlyStopping} of them no better`,
    wanted: "a run without early stopping, or one that still gets better",
    hint: "begin a new run with its weights: --from RUN, in a script { weights }",
  });
}

/** The configuration with other epochs, which then alone decide the length, and what was until here. */
function withEpochs(
  config: RunConfig,
  epochs: number,
  { step, stepsPerEpoch }: Pick<Prepared, "stepsPerEpoch"> & { readonly step: number },
): Result<RunConfig> {
  if (epochs * stepsPerEpoch <= step) {
    return refused({ path: "epochs", layer: "option", code: "run-too-short" }, {
      rule: "a run goes on beyond what is done of it",
      got: `${epochs} epochs of ${stepsPerEpoch} steps, and ${step} steps are done`,
      wanted: `at least ${Math.floor(step / stepsPerEpoch) + 1} epochs in all`,
      hint: "epochs are those of the whole run, from its beginning on",
    });
  }
  const { steps, ...recipe } = config.recipe;
  const { earlier = [] } = config;
  const isKnown = step === (earlier.at(-1)?.until ?? 0);
  const former = { until: step, epochs: recipe.epochs, ...defined({ steps }) };
  return right({
    ...config,
    recipe: { ...recipe, epochs },
    ...(isKnown ? {} : { earlier: [...earlier, former] }),
  });
}

function lengthNote(
  { recipe: { schedule, rate: peak } }: RunConfig,
  step: number,
  [then, now]: readonly [then: number, now: number],
): string {
  const length = `the run is ${now} steps long, in place of ${then}`;
  if (step === 0) return length;
  const [was, is] = [[step - 1, then], [step, now]].map(([step = 0, total = 0]) =>
    Number(learningRate(schedule, { step, total, peak }).toPrecision(3))
  );
  return `${length}; its schedule is stretched over all of them: the learning rate, ` +
    `${was} at the last step, goes on at ${is}`;
}
